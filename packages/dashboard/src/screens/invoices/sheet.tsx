import { type ReactNode, useEffect, useRef } from 'react';
import type { Box } from './types.ts';
import './document.css';

/** Where on the pages a value was seen. */
export interface Place {
  readonly path: string;
  readonly label: string;
  readonly page: number | null;
  readonly box: Box;
  readonly active: boolean;
}

/** What a document is drawn by. */
export interface PagesProps {
  readonly file: Blob;
  readonly places: readonly Place[];
  readonly onPick: (path: string) => void;
}

/** The shorter side of a picture is read as that of an A4 page, in points. */
export const shorterSide = 595;

interface SheetProps {
  /** In points, as places are. */
  readonly width: number;
  readonly height: number;
  readonly number: number;
  readonly places: readonly Place[];
  readonly onPick: (path: string) => void;
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** A page with the boxes of its values over it; the one in question is brought into view. */
export function Sheet({ width, height, number, places, onPick, busy = false, children }: SheetProps) {
  return (
    <div className="sheet" style={{ aspectRatio: `${width} / ${height}` }} data-page={number} aria-busy={busy}>
      {children}
      {places.map((place) => (
        <PlaceBox key={place.path} place={place} width={width} height={height} onPick={onPick} />
      ))}
    </div>
  );
}

interface PlaceBoxProps {
  readonly place: Place;
  readonly width: number;
  readonly height: number;
  readonly onPick: (path: string) => void;
}

function PlaceBox({ place: { path, label, box, active }, width, height, onPick }: PlaceBoxProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const scroller = element.current?.closest('.document');
    if (!active || element.current === null || !(scroller instanceof HTMLElement)) return;
    const own = element.current.getBoundingClientRect();
    const seen = scroller.getBoundingClientRect();
    if (own.top < seen.top || own.bottom > seen.bottom) {
      scroller.scrollBy({ top: own.top - seen.top - seen.height / 2, behavior: 'smooth' });
    }
  }, [active]);
  const share = (part: number, whole: number): string => `${(part / whole) * 100}%`;
  return (
    <div
      ref={element}
      className="place"
      data-path={path}
      data-active={active || undefined}
      title={label}
      aria-hidden="true"
      onClick={() => onPick(path)}
      style={{
        left: share(box.x, width),
        top: share(box.y, height),
        width: share(box.width, width),
        height: share(box.height, height),
      }}
    />
  );
}
