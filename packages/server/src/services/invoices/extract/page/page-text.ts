import type { Box } from '../extraction.ts';

/** One word where it stands on its page, in points from the upper left corner. */
export interface Word extends Box {
  readonly text: string;
  /** From 0 to 1: how sure the characters are. */
  readonly confidence: number;
}

/** What was done to a page to put it upright. */
export interface Lie {
  /** Turns clockwise, by quarters. */
  readonly quarters: number;
  /** The slant that was taken off, in degrees, positive where lines sank to the right. */
  readonly slant: number;
}

/** The words of one page, in no particular order. */
export interface PageText {
  /** From 1. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly source: 'text' | 'ocr';
  /** Where it was put upright before it was read. */
  readonly lie?: Lie;
  readonly words: readonly Word[];
}
