import type { Box } from '../extraction.ts';

/** One word where it stands on its page, in points from the upper left corner. */
export interface Word extends Box {
  readonly text: string;
  /** From 0 to 1: how sure the characters are. */
  readonly confidence: number;
}

/** The words of one page, in no particular order. */
export interface PageText {
  /** From 1. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly source: 'text' | 'ocr';
  readonly words: readonly Word[];
}
