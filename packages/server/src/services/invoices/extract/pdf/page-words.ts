import type { PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PageText, Word } from '../page/page-text.ts';
import { isLongTerm, isTerm, plain } from '../printed/lexicon.ts';
import { readGlyphWords } from './glyph-words.ts';
import { matrixOf, multiply } from './matrix.ts';

/** The words of a page's text layer. Text that stands in another direction than most of the page is left out. */
export async function readPageWords(page: PDFPageProxy): Promise<PageText> {
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  const pieces = items.flatMap((item) => ('str' in item ? [item] : []));
  const whole = pieces.some(({ str }) => isTorn(str)) ? await readGlyphWords(page) : pieces;
  const runs = whole.flatMap((item) => runsOf(item, viewport.transform));
  const quarter = commonQuarter(runs);
  const [width, height] = quarter % 2 === 0 ? [viewport.width, viewport.height] : [viewport.height, viewport.width];
  const upright = runs.flatMap((run) => (run.quarter === quarter ? [stood(run, viewport.width, viewport.height)] : []));
  return { number: page.pageNumber, width, height, source: 'text', words: wordsOf(upright) };
}

/** Whether a word of invoices stands there in two pieces: `Zahlbetr ag`. */
function isTorn(text: string): boolean {
  const words = text.split(' ').map(plain);
  return words.some((word, at) => {
    const next = words[at + 1];
    return next !== undefined && word !== '' && next !== '' && isLongTerm(word + next) && !isTerm(`${word} ${next}`);
  });
}

/** A piece of text as pdfjs yields it: where its baseline begins, in the viewport. */
interface Run {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly length: number;
  /** Quarter turns clockwise; `-1` for text that leans. */
  readonly quarter: number;
}

interface Item {
  readonly str: string;
  readonly width: number;
  readonly height: number;
  readonly transform: readonly unknown[];
}

function runsOf(item: Item, viewport: readonly unknown[]): Run[] {
  const text = item.str.normalize('NFC');
  if (text.trim() === '') return [];
  const [a, b, c, d, e, f] = multiply(matrixOf(viewport), matrixOf(item.transform));
  const size = Math.hypot(c, d);
  if (!(size > 1) || !(item.width > 0)) return [];
  const angle = (Math.atan2(b, a) * 180) / Math.PI;
  const nearest = Math.round(angle / 90);
  const quarter = Math.abs(angle - nearest * 90) < 4 ? (nearest + 4) % 4 : -1;
  return [{ text, x: e, y: f, size, length: item.width, quarter }];
}

function commonQuarter(runs: readonly Run[]): number {
  const counts = [0, 0, 0, 0];
  for (const run of runs) if (run.quarter >= 0) counts[run.quarter] = (counts[run.quarter] ?? 0) + run.text.length;
  return counts.indexOf(Math.max(...counts));
}

/** Turns the page so that a run reads from left to right. */
function stood(run: Run, width: number, height: number): Run {
  const { x, y } = run;
  if (run.quarter === 1) return { ...run, x: y, y: width - x };
  if (run.quarter === 2) return { ...run, x: width - x, y: height - y };
  if (run.quarter === 3) return { ...run, x: height - y, y: x };
  return run;
}

const ascent = 0.78;
const descent = 0.22;

function wordsOf(runs: readonly Run[]): Word[] {
  const words: (Word & { glued: boolean })[] = [];
  for (const run of runs) {
    const top = run.y - run.size * ascent;
    const unit = run.length / widthOf(run.text);
    let x = run.x;
    let first = true;
    for (const piece of run.text.split(/(\s+)/)) {
      const width = widthOf(piece) * unit;
      if (piece.trim() !== '') {
        const previous = words.at(-1);
        const touches =
          first &&
          previous?.glued === true &&
          Math.abs(previous.y - top) < run.size * 0.2 &&
          x - (previous.x + previous.width) < run.size * 0.1 &&
          x - (previous.x + previous.width) > -run.size * 0.15;
        if (touches && previous !== undefined) {
          words[words.length - 1] = {
            ...previous,
            text: previous.text + piece,
            width: x + width - previous.x,
            glued: !/\s$/.test(run.text),
          };
        } else {
          words.push({
            text: piece,
            x,
            y: top,
            width,
            height: run.size * (ascent + descent),
            confidence: 1,
            glued: !/\s$/.test(run.text),
          });
        }
      }
      if (piece !== '') first = false;
      x += width;
    }
  }
  return words.map(({ glued: _, ...word }) => word);
}

/** How wide a text is beside others of its run: fonts differ, but digits, narrow and wide letters keep their ratios. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[ .,:;|!'’iljI()[\]/\\-]/.test(character)) width += 0.3;
    else if (/[mwMW@%]/.test(character)) width += 0.86;
    else if (/[A-Z]/.test(character)) width += 0.68;
    else width += 0.55;
  }
  return width || 0.3;
}
