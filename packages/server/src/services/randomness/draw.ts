import { below } from './below.ts';
import { formatDice } from './dice-notation.ts';
import { sampleGaussian } from './gaussian.ts';
import type { DrawRequest, Json } from './request.ts';
import { DrawStream, type StreamPosition } from './stream.ts';
import { drawUnique } from './unique.ts';
import { indexAt, scaleWeights } from './weights.ts';

/** The fields of an outcome that its generator decides (specification 2.1, 2.2). */
export type Drawn =
  | { readonly outcome: number[]; readonly count: number }
  | {
      readonly outcome: number[];
      readonly count: number;
      readonly min: number;
      readonly max: number;
      readonly unique?: true;
    }
  | { readonly outcome: Json[]; readonly count: number }
  | { readonly outcome: Json; readonly count: 1; readonly index: number; readonly weights: number[] | null }
  | { readonly outcome: string; readonly count: number; readonly encoding: 'hex' | 'base64' }
  | { readonly outcome: DiceOutcome; readonly count: number; readonly sides: number; readonly modifier: number }
  | {
      readonly outcome: number[];
      readonly count: number;
      readonly distribution: 'normal';
      readonly mean: number;
      readonly stddev: number;
    }
  | {
      readonly outcome: number[];
      readonly count: number;
      readonly distribution: 'exponential' | 'poisson';
      readonly lambda: number;
    }
  | { readonly outcome: string[]; readonly count: number };

export interface DiceOutcome {
  readonly notation: string;
  readonly rolls: number[];
  readonly modifier: number;
  readonly total: number;
}

/**
 * Draws: a pure function of the request and the position of its stream (specification 4.4).
 *
 * @example
 * draw({ endpoint: 'ints', count: 2, min: 1, max: 6, unique: false }, { serverSeed, clientSeed: 'alice', nonce: 0, cursor: 0 });
 */
export function draw(request: DrawRequest, position: StreamPosition): Drawn {
  const stream = new DrawStream(position);
  switch (request.endpoint) {
    case 'floats':
      return { outcome: repeat(request.count, () => stream.word() / 2 ** 32), count: request.count };
    case 'ints':
      return drawInts(stream, request);
    case 'shuffle':
      return { outcome: shuffle(stream, request.items), count: request.items.length };
    case 'pick':
      return pick(stream, request);
    case 'bytes':
      return {
        outcome: stream.bytes(request.count).toString(request.encoding),
        count: request.count,
        encoding: request.encoding,
      };
    case 'dice':
      return rollDice(stream, request);
    case 'gaussian':
      return drawGaussian(stream, request);
    case 'uuid':
      return { outcome: repeat(request.count, () => formatUuid(stream.bytes(16))), count: request.count };
  }
}

type Request<E extends DrawRequest['endpoint']> = Extract<DrawRequest, { endpoint: E }>;

function repeat<T>(count: number, next: () => T): T[] {
  const values: T[] = [];
  for (let i = 0; i < count; i++) values.push(next());
  return values;
}

function drawInts(stream: DrawStream, { count, min, max, unique }: Request<'ints'>): Drawn {
  const size = max - min + 1;
  if (unique) {
    return { outcome: drawUnique(stream, size, count).map((value) => min + value), count, min, max, unique };
  }
  return { outcome: repeat(count, () => min + below(stream, size)), count, min, max };
}

function shuffle(stream: DrawStream, items: readonly Json[]): Json[] {
  const order = items.slice();
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(stream, i + 1);
    const held = order[i] ?? null;
    order[i] = order[j] ?? null;
    order[j] = held;
  }
  return order;
}

function pick(stream: DrawStream, { items, weights }: Request<'pick'>): Drawn {
  const index = weights === null ? below(stream, items.length) : weightedIndex(stream, weights);
  return { outcome: items[index] ?? null, count: 1, index, weights: weights?.map(Number) ?? null };
}

function weightedIndex(stream: DrawStream, weights: readonly string[]): number {
  const scaled = scaleWeights(weights);
  if (scaled === null) throw new RangeError('the weights of a request must have been read by readDraw');
  return indexAt(scaled.whole, below(stream, scaled.sum));
}

function rollDice(stream: DrawStream, request: Request<'dice'>): Drawn {
  const { dice, sides, modifier } = request;
  const rolls = repeat(dice, () => 1 + below(stream, sides));
  const total = rolls.reduce((sum, roll) => sum + roll, modifier);
  return { outcome: { notation: formatDice(request), rolls, modifier, total }, count: dice, sides, modifier };
}

function drawGaussian(stream: DrawStream, request: Request<'gaussian'>): Drawn {
  const outcome = sampleGaussian(stream, request);
  const { count } = request;
  if (request.distribution === 'normal') {
    return { outcome, count, distribution: 'normal', mean: request.mean, stddev: request.stddev };
  }
  return { outcome, count, distribution: request.distribution, lambda: request.lambda };
}

/** Version 4 and the RFC 9562 variant are written over the bits where they stand. */
function formatUuid(bytes: Buffer): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
