import { constants, inflateSync } from 'node:zlib';
import type { ReadingBounds } from '../extraction.ts';
import { ReadingFailure } from '../reading-failure.ts';

/**
 * Refuses, before anything is interpreted, a PDF that unpacks to more than is read. The heap limit of a worker thread
 * does not count what streams unpack to, so this is what holds a decompression bomb. Every stream is tried, whatever
 * its dictionary says, because a filter's name can be written in many ways; unpacked data are tried again, because
 * filters can be stacked.
 */
export function checkPdf(bytes: Uint8Array, bounds: ReadingBounds): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let objects = 0;
  let attachments = 0;
  let unpacked = 0;
  for (const header of positionsOf(file, ' obj')) {
    if (isDigit(file[header - 1])) objects += 1;
    if (objects > bounds.maxObjects) throw tooComplex(`more than ${bounds.maxObjects} objects`);
  }
  for (const start of positionsOf(file, 'stream')) {
    if (file.toString('latin1', start - 3, start) === 'end') continue;
    const dictionary = file.toString('latin1', Math.max(0, start - 512), start);
    objects += Number(/\/N\s+(\d{1,9})\b/.exec(/\/ObjStm/.test(dictionary) ? dictionary : '')?.[1] ?? 0);
    if (objects > bounds.maxObjects) throw tooComplex(`more than ${bounds.maxObjects} objects`);
    if (/\/EmbeddedFile\b(?!s)/.test(dictionary.slice(dictionary.lastIndexOf(' obj')))) attachments += 1;
    if (attachments > maxAttachments) throw tooComplex(`more than ${maxAttachments} attachments`);
    const from =
      start +
      6 +
      (file[start + 6] === 13 ? 1 : 0) +
      (file[start + 6 + (file[start + 6] === 13 ? 1 : 0)] === 10 ? 1 : 0);
    const end = file.indexOf('endstream', from);
    const body = file.subarray(from, end < 0 ? file.length : end);
    unpacked += unpackedSize(body, dictionary, bounds.maxUnpackedBytes - unpacked);
    if (unpacked > bounds.maxUnpackedBytes) throw tooComplex(`unpacks to more than ${bounds.maxUnpackedBytes} bytes`);
  }
}

/** An invoice carries its XML and perhaps a few supporting documents. */
const maxAttachments = 100;

function tooComplex(what: string): ReadingFailure {
  return new ReadingFailure('file.too_complex', `Not read: the PDF has ${what}.`.replace('has unpacks', 'unpacks'));
}

function* positionsOf(file: Buffer, text: string): Generator<number> {
  for (let at = file.indexOf(text); at >= 0; at = file.indexOf(text, at + text.length)) yield at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** What a stream unpacks to through all its layers; more than `room` where it is too much. */
function unpackedSize(body: Buffer, dictionary: string, room: number): number {
  let size = 0;
  let layer: Buffer = body;
  for (let depth = 0; depth < 4; depth++) {
    const next = inflated(layer, room - size);
    if (next === 'too much') return room + 1;
    if (next === undefined) break;
    size += next.length;
    layer = next;
  }
  // The widest that these can grow: a pair of bytes to 128, and a code of nine bits to a table's longest entry.
  if (/\/(RunLengthDecode|RL)\b/.test(dictionary)) size += layer.length * 64;
  if (/\/(LZWDecode|LZW)\b/.test(dictionary)) size += lzwSize(layer);
  return size;
}

function inflated(data: Buffer, room: number): Buffer | 'too much' | undefined {
  if (data.length < 2 || ((data[0] ?? 0) & 0x0f) !== 8 || (((data[0] ?? 0) << 8) | (data[1] ?? 0)) % 31 !== 0) {
    return undefined;
  }
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, room), finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    return error instanceof RangeError ? 'too much' : undefined;
  }
}

/** Counts what LZW unpacks to without unpacking it: each new code is one longer than the code before it. */
function lzwSize(data: Buffer): number {
  const lengths: number[] = [];
  let bits = 0;
  let held = 0;
  let width = 9;
  let next = 258;
  let previous = 0;
  let size = 0;
  for (const byte of data) {
    bits = ((bits << 8) | byte) & 0xffffff;
    held += 8;
    if (held < width) continue;
    held -= width;
    const code = (bits >> held) & ((1 << width) - 1);
    if (code === 257) break;
    if (code === 256) {
      width = 9;
      next = 258;
      previous = 0;
      continue;
    }
    const length = code < 256 ? 1 : code < next ? (lengths[code] ?? 1) : previous + 1;
    if (previous > 0 && next < 4096) lengths[next++] = previous + 1;
    if (next + 1 >= 1 << width && width < 12) width += 1;
    previous = length;
    size += length;
  }
  return size;
}
