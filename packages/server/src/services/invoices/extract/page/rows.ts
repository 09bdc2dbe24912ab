import type { Box } from '../extraction.ts';
import type { PageText, Word } from './page-text.ts';

/** Words that belong together because no more than a space is between them. */
export interface Cell extends Box {
  readonly text: string;
  readonly words: readonly Word[];
  readonly page: number;
}

/** What stands on one line of a page, from left to right. */
export interface Row extends Box {
  readonly page: number;
  readonly cells: readonly Cell[];
  readonly text: string;
}

/** Rebuilds the lines of a page from its words, from top to bottom. */
export function rowsOf(page: PageText): Row[] {
  const lines: { words: Word[]; middle: number; height: number }[] = [];
  for (const word of [...page.words].sort((a, b) => middleOf(a) - middleOf(b) || a.x - b.x)) {
    const line = lines.findLast(
      (each) => Math.abs(each.middle - middleOf(word)) < 0.45 * Math.min(each.height, word.height),
    );
    if (line === undefined) {
      lines.push({ words: [word], middle: middleOf(word), height: word.height });
      continue;
    }
    line.words.push(word);
    const tallest = Math.max(...line.words.map((each) => each.height));
    line.height = tallest;
    line.middle = line.words.reduce((sum, each) => sum + middleOf(each), 0) / line.words.length;
  }
  return lines
    .sort((a, b) => a.middle - b.middle)
    .map(({ words }) =>
      rowOf(
        words.sort((a, b) => a.x - b.x),
        page.number,
      ),
    );
}

/** The box around all of them. */
export function boxAround(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

export function rightOf(box: Box): number {
  return box.x + box.width;
}

export function bottomOf(box: Box): number {
  return box.y + box.height;
}

/** A cell of some of a cell's words. */
export function cellOf(words: readonly Word[], page: number): Cell {
  return { ...boxAround(words), text: words.map((word) => word.text).join(' '), words, page };
}

function middleOf(word: Word): number {
  return word.y + word.height / 2;
}

function rowOf(words: readonly Word[], page: number): Row {
  const groups: Word[][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && word.x - rightOf(last) < gapOf(last, word)) group.push(word);
    else groups.push([word]);
  }
  const cells = groups.map((group) => cellOf(group, page));
  return { ...boxAround(cells), page, cells, text: cells.map((cell) => cell.text).join('  ') };
}

/** A space is a quarter to a third of the height; columns stand further apart. */
function gapOf(a: Word, b: Word): number {
  return 0.62 * Math.min(a.height, b.height);
}
