import { Button, Group, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { type PagesProps, type Place, Sheet, shorterSide } from './sheet.tsx';
import type { ListedInvoice } from './types.ts';
import { XmlText } from './xml-text.tsx';
import './document.css';

const PdfPages = lazy(() => import('./pdf-pages.tsx').then(({ PdfPages: component }) => ({ default: component })));

const TiffPages = lazy(() => import('./tiff-pages.tsx').then(({ TiffPages: component }) => ({ default: component })));

interface DocumentViewProps {
  readonly invoice: ListedInvoice;
  readonly headers: Readonly<Record<string, string>>;
  readonly places: readonly Place[];
  /** The value in question, to be found in a document without pages. */
  readonly value: string | null;
  readonly onPick: (path: string) => void;
}

/** The document as it was uploaded, with the places of its values. */
export function DocumentView({ invoice, headers, places, value, onPick }: DocumentViewProps) {
  const api = useConsole();
  const { data: file, error } = useQuery({
    queryKey: api.key('invoices', 'file', invoice.id),
    queryFn: () => api.service('invoices').file(`/invoices/${invoice.id}/file`, { headers }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  return (
    <section aria-label="The document">
      <Group justify="space-between" mb="xs">
        <Text size="sm">{invoice.sourceFile}</Text>
        {file !== undefined && (
          <Button size="compact-xs" variant="default" onClick={() => saveFile(file, invoice.sourceFile)}>
            Download
          </Button>
        )}
      </Group>
      <ProblemAlert error={error} title="The document cannot be shown" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="document" aria-label="Pages" tabIndex={0}>
        {file === undefined && error === null && <Loader role="progressbar" aria-label="Loading the document" />}
        {file !== undefined && <Pages {...{ file, places, value, onPick }} />}
      </section>
    </section>
  );
}

function Pages({ file, places, value, onPick }: PagesProps & Pick<DocumentViewProps, 'value'>) {
  const [type = ''] = file.type.split(';', 1);
  if (type === 'application/pdf') {
    return (
      <Suspense fallback={<Loader role="progressbar" aria-label="Loading the document" />}>
        <PdfPages file={file} places={places} onPick={onPick} />
      </Suspense>
    );
  }
  if (type === 'application/xml') return <XmlText file={file} value={value} />;
  if (type === 'image/tiff') {
    return (
      <Suspense fallback={<Loader role="progressbar" aria-label="Loading the document" />}>
        <TiffPages file={file} places={places} onPick={onPick} />
      </Suspense>
    );
  }
  if (type.startsWith('image/')) {
    return <Picture file={file} places={places} onPick={onPick} />;
  }
  return <Text size="sm">Browsers show no {type}; download the document to see it.</Text>;
}

function Picture({ file, places, onPick }: PagesProps) {
  const [url, setUrl] = useState<string | null>(null);
  const [size, setSize] = useState({ width: 595, height: 842 });
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (url === null) return null;
  return (
    <Sheet {...size} number={1} places={places} onPick={onPick}>
      <img
        src={url}
        alt="Page 1 of 1"
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
          const points = shorterSide / Math.min(naturalWidth, naturalHeight);
          setSize({ width: naturalWidth * points, height: naturalHeight * points });
        }}
      />
    </Sheet>
  );
}
