import type { Reading, ReadingHints } from '../extraction.ts';
import type { PageText, Word } from '../page/page-text.ts';
import { boxAround, type Row, rowsOf } from '../page/rows.ts';
import { type DayOrder, detectDayOrder } from './dates.ts';
import { detectLanguage, type Language, type Lexicon, lexiconOf } from './lexicon.ts';
import { mendedMarks } from './mend-recognised.ts';
import { type DecimalMark, detectDecimalMark, type PrintedNumber, readNumber } from './numbers.ts';

/** The pages as rows, with what their evidence says of how to read them. */
export interface PrintedDocument {
  readonly pages: readonly PageText[];
  /** From the first page's top to the last one's bottom. */
  readonly rows: readonly Row[];
  readonly language: Language;
  readonly languageCertain: boolean;
  readonly lexicon: Lexicon;
  readonly mark: DecimalMark;
  readonly order: DayOrder;
  readonly source: 'text' | 'ocr';
}

export function readLayout(pages: readonly PageText[], hints: ReadingHints): PrintedDocument {
  const rows = pages.flatMap((page) => rowsOf(page));
  const texts = rows.flatMap((row) => row.cells.map((cell) => cell.text));
  const { language, certain } = detectLanguage(texts, hints.language);
  const dollars = texts.some((text) => /\$|\bUSD\b/.test(text)) ? 'USD' : null;
  return {
    pages,
    rows,
    language,
    languageCertain: certain,
    lexicon: lexiconOf(language),
    mark: detectDecimalMark(texts, language === 'en' ? '.' : ','),
    order: detectDayOrder(texts, language, dollars),
    source: pages.some((page) => page.source === 'ocr') ? 'ocr' : 'text',
  };
}

/** A text of the document that is one number and nothing else but its sign, currency or `%`. */
export function numberOf(text: string, { mark, source }: PrintedDocument): PrintedNumber | null {
  return readNumber(source === 'ocr' ? mendedMarks(text, mark) : text, mark);
}

/** A reading of these words. `sure` is how sure their meaning is; the characters have a confidence of their own. */
export function readingOf<T>(
  value: T,
  from: readonly Word[],
  page: number,
  document: PrintedDocument,
  sure: number,
): Reading<T> {
  const characters = from.reduce((least, word) => Math.min(least, word.confidence), 1);
  const box = boxAround(from);
  return {
    value,
    page,
    box: { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) },
    source: document.source,
    confidence: Math.round(sure * characters * 100) / 100,
    verified: false,
  };
}

/** The same, confirmed by arithmetic or a check digit. */
export function confirmed<T>(reading: Reading<T>): Reading<T> {
  return { ...reading, verified: true, confidence: Math.max(reading.confidence, 0.99) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
