import { below } from './below.ts';
import type { DrawStream } from './stream.ts';

/**
 * `count` different integers from 0 to `size` − 1, in the order drawn: the first steps of a Fisher–Yates shuffle of the
 * whole range from its front, `j = i + below(size − i)`. Only displaced entries are kept, so the range may hold 2^32.
 */
export function drawUnique(stream: DrawStream, size: number, count: number): number[] {
  const displaced = new Map<number, number>();
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const j = i + below(stream, size - i);
    values.push(displaced.get(j) ?? j);
    displaced.set(j, displaced.get(i) ?? i);
  }
  return values;
}
