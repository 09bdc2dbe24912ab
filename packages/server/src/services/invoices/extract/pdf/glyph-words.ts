import type { PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { identity, type Matrix, matrixOf, multiply } from './matrix.ts';

/** A piece of text where it begins on its baseline, as pdfjs gives its own. */
export interface TextPiece {
  readonly str: string;
  readonly width: number;
  readonly height: number;
  readonly transform: readonly number[];
}

/**
 * The words of a page put together glyph by glyph. pdfjs takes a gap of a tenth of the letters' size for a space, which
 * tears words whose letters are set apart; it costs a third more time than its own text, so it is for such pages alone.
 */
export async function readGlyphWords(page: PDFPageProxy): Promise<TextPiece[]> {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const { fnArray, argsArray } = await page.getOperatorList();
  const words: Word[] = [];
  const kept: { matrix: Matrix; state: State }[] = [];
  let matrix: Matrix = identity;
  let state: State = { size: 0, charSpacing: 0, wordSpacing: 0, scale: 1, leading: 0, rise: 0 };
  let text: Matrix = identity;
  let line: Matrix = identity;
  for (const [index, operator] of fnArray.entries()) {
    const args = (argsArray[index] ?? []) as unknown[];
    const number = (at: number) => Number(args[at] ?? 0);
    switch (operator) {
      case OPS.save:
        kept.push({ matrix, state });
        break;
      case OPS.paintFormXObjectBegin:
        kept.push({ matrix, state });
        if (args[0]) matrix = multiply(matrix, matrixOf(args[0]));
        break;
      case OPS.restore:
      case OPS.paintFormXObjectEnd: {
        const before = kept.pop();
        if (before !== undefined) ({ matrix, state } = before);
        break;
      }
      case OPS.transform:
        matrix = multiply(matrix, matrixOf(args));
        break;
      case OPS.beginText:
        text = line = identity;
        break;
      case OPS.setTextMatrix:
        text = line = matrixOf(args[0]);
        break;
      case OPS.setLeading:
        state = { ...state, leading: -number(0) };
        break;
      case OPS.setLeadingMoveText:
        state = { ...state, leading: number(1) };
        text = line = multiply(line, [1, 0, 0, 1, number(0), number(1)]);
        break;
      case OPS.moveText:
        text = line = multiply(line, [1, 0, 0, 1, number(0), number(1)]);
        break;
      case OPS.nextLine:
        text = line = multiply(line, [1, 0, 0, 1, 0, state.leading]);
        break;
      case OPS.setFont:
        state = { ...state, size: number(1) };
        break;
      case OPS.setCharSpacing:
        state = { ...state, charSpacing: number(0) };
        break;
      case OPS.setWordSpacing:
        state = { ...state, wordSpacing: number(0) };
        break;
      case OPS.setHScale:
        state = { ...state, scale: number(0) / 100 || 1 };
        break;
      case OPS.setTextRise:
        state = { ...state, rise: number(0) };
        break;
      case OPS.showText:
        text = show(args[0] as readonly (Glyph | number | null)[], multiply(matrix, text), text, state, words);
        break;
    }
  }
  return words.map(({ str, at, end, size }) => ({
    str,
    width: Math.hypot(end[4] - at[4], end[5] - at[5]),
    height: size,
    transform: at,
  }));
}

interface State {
  readonly size: number;
  readonly charSpacing: number;
  readonly wordSpacing: number;
  readonly scale: number;
  readonly leading: number;
  readonly rise: number;
}

interface Glyph {
  readonly unicode?: string;
  readonly width?: number;
  readonly isSpace?: boolean;
}

interface Word {
  str: string;
  readonly at: Matrix;
  end: Matrix;
  readonly size: number;
}

/** Letters further apart than this share of their size are two words: a space takes a quarter and more. */
const apart = 0.19;

function show(
  glyphs: readonly (Glyph | number | null)[],
  place: Matrix,
  text: Matrix,
  { size, charSpacing, wordSpacing, scale, rise }: State,
  words: Word[],
): Matrix {
  const drawn = multiply(place, [size * scale, 0, 0, size, 0, rise]);
  const letters = Math.hypot(drawn[2], drawn[3]);
  let x = 0;
  for (const glyph of glyphs) {
    if (glyph === null) continue;
    if (typeof glyph === 'number') {
      x -= (glyph * size * scale) / 1000;
      continue;
    }
    const width = ((glyph.width ?? 0) * size * scale) / 1000;
    const piece = glyph.unicode ?? '';
    if (piece.trim() !== '') {
      const from = moved(drawn, place, x);
      const to = moved(drawn, place, x + width);
      const last = words.at(-1);
      if (last !== undefined && goesOn(last, from, letters)) {
        last.str += piece;
        last.end = to;
      } else words.push({ str: piece, at: from, end: to, size: letters });
    }
    x += width + (charSpacing + (glyph.isSpace ? wordSpacing : 0)) * scale;
  }
  return multiply(text, [1, 0, 0, 1, x, 0]);
}

function goesOn(word: Word, from: Matrix, letters: number): boolean {
  const along = from[4] - word.end[4];
  const across = from[5] - word.end[5];
  const [a, b] = [
    word.at[0] / (Math.hypot(word.at[0], word.at[1]) || 1),
    word.at[1] / (Math.hypot(word.at[0], word.at[1]) || 1),
  ];
  const gap = along * a + across * b;
  const off = Math.abs(across * a - along * b);
  return (
    off < letters * 0.2 &&
    gap < letters * apart &&
    gap > -letters * 0.4 &&
    Math.abs(word.size - letters) < letters * 0.1
  );
}

function moved(drawn: Matrix, place: Matrix, x: number): Matrix {
  return [drawn[0], drawn[1], drawn[2], drawn[3], drawn[4] + place[0] * x, drawn[5] + place[1] * x];
}
