import { Loader } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import UTIF from 'utif2';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { type PagesProps, type Place, Sheet, shorterSide } from './sheet.tsx';
import { layOut, type TiffTags } from './tiff-layout.ts';

interface Tiff {
  readonly bytes: ArrayBuffer;
  readonly pages: ReturnType<typeof UTIF.decode>;
}

/** The pages of a TIFF, which browsers do not draw. In a file of its own, because of its library's size. */
export function TiffPages({ file, places, onPick }: PagesProps) {
  const [tiff, setTiff] = useState<Tiff | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    let left = false;
    file
      .arrayBuffer()
      .then((bytes) => ({ bytes, pages: UTIF.decode(bytes).filter(({ t256, t257 }) => t256 && t257) }))
      .then(
        (opened) => left || setTiff(opened),
        (error: unknown) => left || setProblem(error),
      );
    return () => {
      left = true;
    };
  }, [file]);
  if (problem !== null) return <ProblemAlert error={problem} title="The document cannot be shown" />;
  if (tiff === null) return <Loader role="progressbar" aria-label="Loading the document" />;
  return tiff.pages.map((_, index) => (
    <TiffPage
      // biome-ignore lint/suspicious/noArrayIndexKey: the pages of a file do not change
      key={index}
      tiff={tiff}
      number={index + 1}
      places={places.filter(({ page }) => page === index + 1)}
      onPick={onPick}
    />
  ));
}

interface TiffPageProps {
  readonly tiff: Tiff;
  readonly number: number;
  readonly places: readonly Place[];
  readonly onPick: (path: string) => void;
}

function TiffPage({ tiff, number, places, onPick }: TiffPageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: shorterSide, height: 842 });
  const [drawn, setDrawn] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    const page = tiff.pages[number - 1];
    if (canvas.current === null || page === undefined) return;
    try {
      UTIF.decodeImage(tiff.bytes, page);
      const { width, height } = draw(canvas.current, page, UTIF.toRGBA8(page));
      const points = shorterSide / Math.min(width, height);
      setSize({ width: width * points, height: height * points });
    } catch (error) {
      setProblem(error);
    }
    setDrawn(true);
  }, [tiff, number]);
  if (problem !== null) return <ProblemAlert error={problem} title={`Page ${number} cannot be shown`} />;
  return (
    <Sheet {...size} number={number} places={places} onPick={onPick} busy={!drawn}>
      <canvas ref={canvas} role="img" aria-label={`Page ${number} of ${tiff.pages.length}`} />
    </Sheet>
  );
}

/** Draws the pixels upright; how high and wide they are is the sheet's affair, which stretches the canvas. */
function draw(canvas: HTMLCanvasElement, page: TiffTags, rgba: Uint8Array): ReturnType<typeof layOut> {
  const layout = layOut(page);
  const source = document.createElement('canvas');
  source.width = page.width;
  source.height = page.height;
  source.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), page.width, page.height), 0, 0);
  const flat = layout.quarters % 2 === 0;
  canvas.width = flat ? page.width : page.height;
  canvas.height = flat ? page.height : page.width;
  const context = canvas.getContext('2d');
  context?.translate(canvas.width / 2, canvas.height / 2);
  context?.rotate((layout.quarters * Math.PI) / 2);
  context?.drawImage(source, -page.width / 2, -page.height / 2);
  return layout;
}
