import { fileURLToPath } from 'node:url';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import type { PermalinkView } from './permalink-view.ts';
import { shorten, visibleText } from './visible-text.ts';

/**
 * Draws the card that chat programs and social networks show beside a link: a PNG of 1200 by 630.
 *
 * Some 5 ms of a card are spent here, on laying it out; compressing it, some 30 ms, happens on a thread of the pool.
 * One card is drawn at a time, so that a flood of requests takes one core and not the memory of a hundred cards.
 *
 * @param view what it shows; `null` for a link that leads nowhere
 */
export async function drawCard(view: PermalinkView | null): Promise<Uint8Array> {
  const name = JSON.stringify(view === null ? null : [view.mode, view.shortId, view.verified, view.reason]);
  const known = drawn.get(name);
  if (known !== undefined) return known;
  const turn = lastTurn.then(() => drawn.get(name) ?? paint(view));
  lastTurn = turn.catch(() => undefined);
  const png = await turn;
  remember(name, png);
  return png;
}

const width = 1200;
const height = 630;
const margin = 64;

/** Cards are fetched in bursts, by every chat that a link is posted to: 50 of 30 to 110 kB are kept. */
const maxDrawn = 50;
const drawn = new Map<string, Uint8Array>();

function remember(name: string, png: Uint8Array): void {
  drawn.delete(name);
  drawn.set(name, png);
  const [oldest] = drawn.keys();
  if (drawn.size > maxDrawn && oldest !== undefined) drawn.delete(oldest);
}

let lastTurn: Promise<unknown> = Promise.resolve();
let loading: Promise<Canvas> | undefined;

/** With its first card the drawing library takes some 30 MB, so a server that nobody asks for cards never loads it. */
async function loadCanvas(): Promise<Canvas> {
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas');
  const fonts = [
    import.meta.resolve('@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff'),
    import.meta.resolve('@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff'),
  ];
  for (const font of fonts) {
    if (GlobalFonts.registerFromPath(fileURLToPath(font), family) === null) throw new Error(`cannot read ${font}`);
  }
  return createCanvas(width, height);
}

async function paint(view: PermalinkView | null): Promise<Uint8Array> {
  loading ??= loadCanvas().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const canvas = await loading;
  const brush = canvas.getContext('2d');
  brush.reset();
  if (view === null) layOutUnknown(brush);
  else layOut(brush, view);
  return canvas.encode('png');
}

const family = 'Interlock Card';
const paper = '#10151a';
const ink = '#f2f5f8';
const soft = '#a4b0bd';
const good = '#58d493';
const bad = '#ff8d8d';
const yellow = '#ffd21f';
const onYellow = '#1c1500';

function layOut(brush: SKRSContext2D, view: PermalinkView): void {
  const test = view.mode === 'test';
  fill(brush, paper);
  if (test) markAsTest(brush);
  const top = test ? 150 : 84;
  write(brush, view.endpoint, { x: margin, y: top + 40, size: 40, bold: true, color: soft });
  const verdict = view.verified ? 'Verified ✓' : 'Mismatch ✗';
  write(brush, verdict, {
    x: width - margin,
    y: top + 40,
    size: 40,
    bold: true,
    color: view.verified ? good : bad,
    align: 'right',
  });
  if (view.result === null) {
    write(brush, 'Result withheld', { x: margin, y: top + 160, size: 64, bold: true, color: ink });
  } else {
    const { values, sum, clientSeed, nonce } = view.result;
    layOutValues(brush, values, top + 90);
    if (sum !== null) write(brush, sum, { x: margin, y: 452, size: 34, bold: true, color: ink });
    write(brush, `client seed  ${clientSeed}`, { x: margin, y: 504, size: 26, color: soft });
    write(brush, `nonce  ${nonce}`, { x: width - margin, y: 582, size: 22, color: soft, align: 'right' });
  }
  write(brush, `server hash  ${view.serverHash.slice(0, 32)}…`, { x: margin, y: 544, size: 22, color: soft });
  write(brush, view.shortId, { x: margin, y: 582, size: 22, bold: true, color: soft });
}

function layOutUnknown(brush: SKRSContext2D): void {
  fill(brush, paper);
  write(brush, 'Provable randomness', { x: margin, y: 300, size: 72, bold: true, color: ink });
  write(brush, 'Draws that anybody can check afterwards.', { x: margin, y: 370, size: 36, color: soft });
}

/** Text and colour, on every side: a cut-out of the card is still marked. */
function markAsTest(brush: SKRSContext2D): void {
  brush.strokeStyle = yellow;
  brush.lineWidth = 32;
  brush.strokeRect(0, 0, width, height);
  brush.fillStyle = yellow;
  brush.fillRect(0, 0, width, 116);
  write(brush, 'TEST', { x: margin, y: 88, size: 76, bold: true, color: onYellow });
  write(brush, 'drawn with a test key · not a real draw', {
    x: width - margin,
    y: 76,
    size: 34,
    color: onYellow,
    align: 'right',
  });
}

/** The largest size at which the values stand in few lines; what does not fit is counted. */
function layOutValues(brush: SKRSContext2D, values: readonly string[], top: number): void {
  const [only] = values;
  // A single value may be broken anywhere; of several, each stays in one piece.
  const single = values.length === 1 && only !== undefined;
  const texts = single
    ? Array.from(shorten(visibleText(only), 200).text)
    : values.slice(0, 120).map((value) => shorten(visibleText(value), 60).text);
  const sizes = [96, 64, 40];
  for (const size of sizes) {
    brush.font = fontOf(size, true);
    const widths = texts.map((text) => brush.measureText(text).width);
    const gap = single ? 0 : size * 0.7;
    const lines = wrap(widths, gap);
    const most = Math.floor((valuesEnd - top - size) / (size * lineHeight)) + 1;
    const fits = lines.length <= most && widths.every((needed) => needed <= lineWidth);
    if (!fits && size !== sizes.at(-1)) continue;
    let next = 0;
    for (const [index, count] of lines.slice(0, most).entries()) {
      const y = top + size * (1 + index * lineHeight);
      const line = texts.slice(next, next + count);
      let x = margin;
      for (const [at, text] of (single ? [line.join('')] : line).entries()) {
        write(brush, text, { x, y, size, bold: true, color: ink });
        x += (widths[next + at] ?? 0) + gap;
      }
      next += count;
    }
    write(brush, missingNote(single ? null : values.length - next, next < texts.length), {
      x: margin,
      y: 452,
      size: 30,
      color: soft,
    });
    return;
  }
}

function missingNote(values: number | null, cut: boolean): string {
  if (values === null) return cut ? '…' : '';
  return values === 0 ? '' : `… and ${values.toLocaleString('en')} more`;
}

const lineWidth = width - 2 * margin;
const lineHeight = 1.3;
const valuesEnd = 412;

/** How many texts of these widths each line takes. */
function wrap(widths: readonly number[], gap: number): number[] {
  const lines: number[] = [];
  let room = 0;
  for (const needed of widths) {
    const last = lines.length - 1;
    if (last < 0 || needed > room) {
      lines.push(1);
      room = lineWidth - needed - gap;
    } else {
      lines[last] = (lines[last] ?? 0) + 1;
      room -= needed + gap;
    }
  }
  return lines;
}

interface Stroke {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly color: string;
  readonly bold?: boolean;
  readonly align?: 'left' | 'right';
}

/** Writes one line; a text that is too long ends in an ellipsis, and never leaves its line. */
function write(brush: SKRSContext2D, text: string, { x, y, size, color, bold = false, align = 'left' }: Stroke): void {
  brush.save();
  brush.beginPath();
  brush.rect(0, y - size * 1.2, width, size * 1.6);
  brush.clip();
  brush.font = fontOf(size, bold);
  brush.fillStyle = color;
  brush.textAlign = align;
  brush.fillText(
    fit(visibleText(text), (part) => brush.measureText(part).width),
    x,
    y,
  );
  brush.restore();
}

function fit(text: string, widthOf: (text: string) => number): string {
  const whole = shorten(text, 200).text;
  if (widthOf(whole) <= lineWidth) return whole;
  const characters = Array.from(whole);
  let fits = 0;
  let tooMany = characters.length;
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (widthOf(`${characters.slice(0, middle).join('')}…`) <= lineWidth) fits = middle;
    else tooMany = middle;
  }
  return `${characters.slice(0, fits).join('')}…`;
}

function fontOf(size: number, bold: boolean): string {
  return `${bold ? 700 : 400} ${size}px "${family}"`;
}

function fill(brush: SKRSContext2D, color: string): void {
  brush.fillStyle = color;
  brush.fillRect(0, 0, width, height);
}
