import { Loader } from '@mantine/core';
import {
  GlobalWorkerOptions,
  getDocument,
  type PDFDocumentProxy,
  type RenderTask,
  version,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { type PagesProps, type Place, Sheet } from './sheet.tsx';

GlobalWorkerOptions.workerSrc = workerUrl;
const resources = `/assets/pdfjs-${version.replaceAll('.', '_')}/`;

/** The pages of a PDF, each drawn when it comes into view. In a file of its own, because of its library's size. */
export function PdfPages({ file, places, onPick }: PagesProps) {
  const [pdf, setPdf] = useState<PDFDocumentProxy | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    let left = false;
    const opening = file.arrayBuffer().then((data) =>
      getDocument({
        data,
        enableXfa: false,
        standardFontDataUrl: resources,
        cMapUrl: resources,
        wasmUrl: resources,
        iccUrl: resources,
      }),
    );
    opening
      .then(({ promise }) => promise)
      .then(
        (opened) => left || setPdf(opened),
        (error: unknown) => left || setProblem(error),
      );
    return () => {
      left = true;
      void opening.then((task) => task.destroy());
    };
  }, [file]);
  if (problem !== null) return <ProblemAlert error={problem} title="The document cannot be shown" />;
  if (pdf === null) return <Loader role="progressbar" aria-label="Loading the document" />;
  const numbers = Array.from({ length: pdf.numPages }, (_, index) => index + 1);
  return numbers.map((number) => (
    <PdfPage
      key={number}
      pdf={pdf}
      number={number}
      places={places.filter(({ page }) => page === number)}
      onPick={onPick}
    />
  ));
}

/** A4, until a page says what it is. */
const usual = { width: 595, height: 842 };
/** Beyond it a canvas costs memory that no screen shows. */
const mostPixels = 3_000;

interface PdfPageProps {
  readonly pdf: PDFDocumentProxy;
  readonly number: number;
  readonly places: readonly Place[];
  readonly onPick: (path: string) => void;
}

function PdfPage({ pdf, number, places, onPick }: PdfPageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState(usual);
  const [near, setNear] = useState(false);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || near) return;
    const watch = new IntersectionObserver(([seen]) => seen?.isIntersecting === true && setNear(true), {
      rootMargin: '800px',
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [near]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || !near) return;
    let drawing: RenderTask | null = null;
    let left = false;
    void pdf
      .getPage(number)
      .then(async (page) => {
        if (left) return;
        const points = page.getViewport({ scale: 1 });
        setSize({ width: points.width, height: points.height });
        const wanted = Math.max(900, element.clientWidth * window.devicePixelRatio) / points.width;
        const scale = Math.min(wanted, mostPixels / Math.max(points.width, points.height));
        const viewport = page.getViewport({ scale });
        element.width = Math.floor(viewport.width);
        element.height = Math.floor(viewport.height);
        drawing = page.render({ canvas: element, viewport });
        await drawing.promise;
        if (!left) setDrawn(true);
      })
      .catch(() => undefined);
    return () => {
      left = true;
      drawing?.cancel();
    };
  }, [pdf, number, near]);
  return (
    <Sheet {...size} number={number} places={places} onPick={onPick} busy={!drawn}>
      <canvas ref={canvas} role="img" aria-label={`Page ${number} of ${pdf.numPages}`} />
    </Sheet>
  );
}
