import { Loader, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { findInXml } from './find-in-xml.ts';

/** More of it makes the page slow and shows nobody anything. */
const mostShown = 400_000;

/** An XML invoice as text, with the value in question marked. */
export function XmlText({ file, value }: { readonly file: Blob; readonly value: string | null }) {
  const [text, setText] = useState<string | null>(null);
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    let left = false;
    void file.text().then((read) => left || setText(read));
    return () => {
      left = true;
    };
  }, [file]);
  const shown = text?.slice(0, mostShown) ?? '';
  const found = value === null ? null : findInXml(shown, value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another place is marked
  useEffect(() => mark.current?.scrollIntoView({ block: 'center' }), [found?.start]);
  if (text === null) return <Loader role="progressbar" aria-label="Loading the document" />;
  return (
    <>
      <pre>
        {found === null ? (
          shown
        ) : (
          <>
            {shown.slice(0, found.start)}
            <mark ref={mark}>{shown.slice(found.start, found.end)}</mark>
            {shown.slice(found.end)}
          </>
        )}
      </pre>
      {text.length > mostShown && (
        <Text size="sm">Only the beginning is shown; download the document for all of it.</Text>
      )}
    </>
  );
}
