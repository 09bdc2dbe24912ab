import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { below } from './below.ts';
import { type Drawn, draw } from './draw.ts';
import { readDraw } from './parameters.ts';
import type { DrawRequest, Endpoint } from './request.ts';
import { DrawStream } from './stream.ts';

const base = {
  serverSeed: 'aa47ddbf021afd16d64756e7f32b6cea2feebdfddc8fd57f1522641fdf372375',
  clientSeed: 'bba625387fb64d772ff7da0ed6e71b16',
};

function request(endpoint: Endpoint, input: Record<string, unknown>): DrawRequest {
  const reading = readDraw(endpoint, input);
  if (!reading.ok) throw new Error(reading.message);
  return reading.request;
}

function drawAt(nonce: number, endpoint: Endpoint, input: Record<string, unknown> = {}, cursor = 0): Drawn {
  return draw(request(endpoint, input), { ...base, nonce, cursor });
}

describe('the vectors of the specification', () => {
  const fractions = [0.3842179586645216, 0.06329090148210526, 0.9394600219093263, 0.015737906098365784];
  const items = ['a', 'b', 'c', 'd'];
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const unbiased = [1152653875, 189872704, 2818380065, 2488919786, 827778756];

  test.each<[number, Endpoint, Record<string, unknown>, number, number, unknown]>([
    [5, 'floats', { count: 4 }, 400, 0, fractions],
    [6, 'floats', {}, 401, 0, [0.9425638655666262]],
    [8, 'ints', { count: 3, min: 1, max: 6 }, 400, 0, [3, 1, 6]],
    [9, 'ints', { count: 5 }, 400, 0, [39, 7, 94, 2, 52]],
    [10, 'ints', { count: 2, min: 0, max: 4294967295 }, 400, 0, [1650203567, 271832352]],
    [11, 'ints', { count: 5, min: 0, max: 2999999999 }, 400, 0, unbiased],
    [12, 'ints', { count: 2, min: 1, max: 1 }, 400, 0, [1, 1]],
    [13, 'ints', { min: 0, max: 10000 }, 400, 4, [632]],
    [14, 'ints', { min: 0, max: 10000 }, 400, 32, [3328]],
    [15, 'dice', { notation: '3d6+2' }, 400, 0, { notation: '3d6+2', rolls: [3, 1, 6], modifier: 2, total: 12 }],
    [15, 'dice', { notation: '2d20' }, 400, 0, { notation: '2d20', rolls: [8, 2], modifier: 0, total: 10 }],
    [
      15,
      'dice',
      { notation: 'd1000000' },
      400,
      0,
      { notation: '1d1000000', rolls: [384218], modifier: 0, total: 384218 },
    ],
    [16, 'pick', { items: 'common,rare,legendary', weights: '70,25,5' }, 400, 0, 'common'],
    [16, 'pick', { items: 'common,rare,legendary', weights: '70,25,5' }, 401, 0, 'rare'],
    [16, 'pick', { items: 'common,rare,legendary', weights: '70,25,5' }, 403, 0, 'legendary'],
    [17, 'pick', { items: '3star,4star,5star', weights: '94.3,5.1,0.6' }, 405, 0, '4star'],
    [18, 'pick', { items }, 400, 0, 'b'],
    [19, 'shuffle', { items }, 400, 0, ['c', 'd', 'a', 'b']],
    [20, 'shuffle', { items: ten }, 400, 0, [6, 3, 7, 2, 5, 10, 9, 8, 1, 4]],
    [21, 'bytes', { count: 16 }, 400, 0, '625c1baf1033d520f08073b604076640'],
    [21, 'bytes', { count: 16, encoding: 'base64' }, 400, 0, 'YlwbrxAz1SDwgHO2BAdmQA=='],
    [
      22,
      'gaussian',
      { count: 5 },
      400,
      0,
      [1.27521342272, 0.535650351216, 0.351685540547, 0.0348899294754, 0.549021382486],
    ],
    [23, 'gaussian', { count: 2, mean: 100, stddev: 15 }, 400, 0, [119.128201341, 108.034755268]],
    [
      24,
      'gaussian',
      { count: 3, distribution: 'exponential' },
      400,
      0,
      [0.956545286124, 2.76001369294, 0.0624500133042],
    ],
    [
      24,
      'gaussian',
      { count: 3, distribution: 'exponential', lambda: 2 },
      400,
      0,
      [0.478272643062, 1.38000684647, 0.0312250066521],
    ],
    [25, 'gaussian', { count: 6, distribution: 'poisson', lambda: 4 }, 400, 0, [3, 3, 3, 2, 3, 9]],
    [26, 'uuid', {}, 400, 0, ['625c1baf-1033-4520-b080-73b604076640']],
  ])('%i: %s %o at nonce %i, cursor %i', (_row, endpoint, input, nonce, cursor, outcome) => {
    expect(drawAt(nonce, endpoint, input, cursor).outcome).toEqual(outcome);
  });

  // Values of the public reference library, provableio/provable-core (MIT, Copyright (c) 2012-2024 Provable.io).
  it('7: gives the integers that the public reference library publishes, one at each nonce', () => {
    const published = [3842, 9426, 5011, 9503, 1378, 9933, 9048, 9339, 4585, 7847, 2357, 9807, 8488, 5542];
    const drawn = published.map((_, i) => drawAt(400 + i, 'ints', { min: 0, max: 10000 }).outcome);
    expect(drawn).toEqual(published.map((value) => [value]));
  });

  test.each([
    ['rejected words', 3_000_000_000, 5, 28],
    ['a single value', 1, 2, 8],
  ])('consumes the words that the rules say: %s', (_case, size, count, bytes) => {
    const stream = new DrawStream({ ...base, nonce: 400, cursor: 0 });
    for (let i = 0; i < count; i++) below(stream, size);
    expect(stream.word()).toBe(new DrawStream({ ...base, nonce: 400, cursor: bytes }).word());
  });
});

describe('the fields of each generator', () => {
  test.each<[Endpoint, Record<string, unknown>, Record<string, unknown>]>([
    ['floats', { count: 2 }, { count: 2 }],
    ['ints', { count: 2 }, { count: 2, min: 1, max: 100 }],
    ['ints', { count: 2, unique: true }, { count: 2, min: 1, max: 100, unique: true }],
    ['shuffle', { items: 'a,b,c,d' }, { count: 4 }],
    ['pick', { items: 'a,b,c,d' }, { count: 1, index: 1, weights: null }],
    ['pick', { items: 'a,b,c', weights: ['70', 25, '5.0'] }, { count: 1, index: 0, weights: [70, 25, 5] }],
    ['bytes', {}, { count: 32, encoding: 'hex' }],
    ['dice', { notation: '3D6 - 2' }, { count: 3, sides: 6, modifier: -2 }],
    ['gaussian', { lambda: 7 }, { count: 1, distribution: 'normal', mean: 0, stddev: 1 }],
    ['gaussian', { distribution: 'poisson', mean: 3 }, { count: 1, distribution: 'poisson', lambda: 1 }],
    ['uuid', { count: 3 }, { count: 3 }],
  ])('%s %o', (endpoint, input, fields) => {
    const { outcome: _, ...rest } = drawAt(400, endpoint, input);
    expect(rest).toStrictEqual(fields);
  });

  it('never shows a negative zero', () => {
    const drawn = Array.from({ length: 50 }, (_, nonce) => drawAt(nonce, 'gaussian', { count: 100, stddev: 1e-320 }));
    expect(drawn.flatMap(({ outcome }) => outcome as number[]).some((value) => Object.is(value, -0))).toBe(false);
  });
});

describe('unique integers', () => {
  it('are a permutation when all are asked for', () => {
    const { outcome } = drawAt(7, 'ints', { min: 5, max: 104, count: 100, unique: true });
    expect([...(outcome as number[])].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 5));
  });

  it('are the front of a Fisher–Yates shuffle of the written-out range', () => {
    for (let nonce = 0; nonce < 300; nonce++) {
      const size = 1 + (nonce % 60);
      const count = 1 + (nonce % size);
      const stream = new DrawStream({ ...base, nonce, cursor: 0 });
      const range = Array.from({ length: size }, (_, i) => i);
      for (let i = 0; i < count; i++) {
        const j = i + below(stream, size - i);
        [range[i], range[j]] = [range[j] ?? -1, range[i] ?? -1];
      }
      const drawn = drawAt(nonce, 'ints', { min: 0, max: Math.max(1, size - 1), count, unique: true });
      if (size > 1) expect(drawn.outcome).toEqual(range.slice(0, count));
    }
  });

  it('cost nothing for the largest range', () => {
    const { outcome } = drawAt(1, 'ints', { min: 0, max: 4294967295, count: 100, unique: true });
    expect(new Set(outcome as number[]).size).toBe(100);
  });
});

describe('an independent implementation in big integers', () => {
  it('gives the same values for 10,000 random requests', () => {
    const chance = new DrawStream({ serverSeed: 'fixed', clientSeed: 'requests', nonce: 0, cursor: 0 });
    for (let i = 0; i < 10_000; i++) {
      const asked = randomRequest(chance);
      const position = {
        serverSeed: chance.bytes(32).toString('hex'),
        clientSeed: `player:${i}:é`,
        nonce: chance.word(),
        cursor: i % 3 === 0 ? below(chance, 100) : 0,
      };
      expect(draw(asked, position).outcome).toEqual(drawSlowly(asked, position));
    }
  });
});

describe('statistics with a fixed seed, p > 0.001', () => {
  const draws = 1_000_000;
  const stream = () => new DrawStream({ serverSeed: 'statistics', clientSeed: 'fixed', nonce: 0, cursor: 0 });

  test.each([
    [6, 20.515],
    [100, 148.23],
  ])('below(%i) is uniform', (size, critical) => {
    const source = stream();
    const counts = new Array<number>(size).fill(0);
    for (let i = 0; i < draws; i++) tally(counts, below(source, size));
    expect(chiSquare(counts, new Array<number>(size).fill(draws / size))).toBeLessThan(critical);
  });

  it('shuffle gives all 24 orders of 4 as often', () => {
    const counts = new Map<string, number>();
    for (let nonce = 0; nonce < 120_000; nonce++) {
      const order = String(drawAt(nonce, 'shuffle', { items: 'a,b,c,d' }).outcome);
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], new Array<number>(24).fill(5000))).toBeLessThan(49.728);
  });

  it('pick follows its weights', () => {
    const counts = [0, 0, 0];
    const asked = request('pick', { items: 'a,b,c', weights: '70,25,5' });
    for (let nonce = 0; nonce < 200_000; nonce++) {
      const drawn = draw(asked, { ...base, nonce, cursor: 0 });
      if ('index' in drawn) tally(counts, drawn.index);
    }
    expect(chiSquare(counts, [140_000, 50_000, 10_000])).toBeLessThan(13.816);
  });

  it('pick follows weights whose sum needs words of 8 bytes', () => {
    const counts = [0, 0, 0];
    const asked = request('pick', { items: 'a,b,c', weights: '4503599627370495,4503599627370495.0,0' });
    for (let nonce = 0; nonce < 20_000; nonce++) {
      const drawn = draw(asked, { ...base, nonce, cursor: 0 });
      if ('index' in drawn) tally(counts, drawn.index);
    }
    expect(counts[2]).toBe(0);
    expect(chiSquare(counts.slice(0, 2), [10_000, 10_000])).toBeLessThan(10.828);
  });
});

function tally(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1), 0);
}

function randomRequest(chance: DrawStream): DrawRequest {
  const count = 1 + below(chance, 12);
  const items = Array.from({ length: 1 + below(chance, 12) }, (_, i) => i);
  switch (below(chance, 9)) {
    case 0:
      return { endpoint: 'floats', count };
    case 1: {
      const min = below(chance, 1000);
      return { endpoint: 'ints', count, min, max: min + chance.word(), unique: false };
    }
    case 2: {
      const min = below(chance, 1000);
      return { endpoint: 'ints', count, min, max: min + 11 + below(chance, 40), unique: true };
    }
    case 3:
      return { endpoint: 'shuffle', items };
    case 4:
      return { endpoint: 'pick', items, weights: null };
    case 5: {
      const places = below(chance, 4) * 4;
      const weights = items.map(() => plain(below(chance, 2 ** 32), places));
      return { endpoint: 'pick', items, weights: ['1', ...weights.slice(1)] };
    }
    case 6:
      return { endpoint: 'bytes', count: count * 9, encoding: count % 2 === 0 ? 'hex' : 'base64' };
    case 7:
      return { endpoint: 'dice', dice: count, sides: 2 + below(chance, 999_999), modifier: below(chance, 100) - 50 };
    default:
      return { endpoint: 'uuid', count };
  }
}

function plain(digits: number, places: number): string {
  const padded = String(digits).padStart(places + 1, '0');
  const text = `${padded.slice(0, padded.length - places)}.${padded.slice(padded.length - places)}`;
  return text.replace(/0+$/, '').replace(/\.$/, '');
}

/** Written from the specification's text, a byte at a time. */
function drawSlowly(asked: DrawRequest, at: { serverSeed: string; clientSeed: string; nonce: number; cursor: number }) {
  let position = at.cursor;
  const byte = (): number => {
    const message = `${at.clientSeed}:${at.nonce}:${Math.floor(position / 32)}`;
    const block = createHmac('sha256', at.serverSeed).update(message).digest();
    return block[position++ % 32] ?? -1;
  };
  const integer = (bytes: number): bigint => {
    let value = 0n;
    for (let i = 0; i < bytes; i++) value = value * 256n + BigInt(byte());
    return value;
  };
  const under = (n: bigint): bigint => {
    const bytes = n > 1n << 32n ? 8 : 4;
    const all = 1n << BigInt(bytes * 8);
    for (;;) {
      const product = integer(bytes) * n;
      if (product % all >= all % n) return product / all;
    }
  };
  const many = <T>(count: number, value: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => value(i));

  switch (asked.endpoint) {
    case 'floats':
      return many(asked.count, () => Number(integer(4)) / 4294967296);
    case 'ints': {
      const size = BigInt(asked.max - asked.min + 1);
      if (!asked.unique) return many(asked.count, () => asked.min + Number(under(size)));
      const left = many(Number(size), (i) => i);
      return many(asked.count, (i) => {
        const j = i + Number(under(size - BigInt(i)));
        [left[i], left[j]] = [left[j] ?? -1, left[i] ?? -1];
        return asked.min + (left[i] ?? -1);
      });
    }
    case 'shuffle': {
      const order = [...asked.items];
      for (let i = order.length - 1; i >= 1; i--) {
        const j = Number(under(BigInt(i + 1)));
        [order[i], order[j]] = [order[j] ?? null, order[i] ?? null];
      }
      return order;
    }
    case 'pick': {
      if (asked.weights === null) return asked.items[Number(under(BigInt(asked.items.length)))];
      // Twelve places for all: only the proportion of the weights and their common scale matter, so strip it again.
      const places = Math.max(...asked.weights.map((weight) => (weight.split('.')[1] ?? '').length));
      const whole = asked.weights.map((weight) => {
        const [before = '', after = ''] = weight.split('.');
        return BigInt(before + after.padEnd(places, '0'));
      });
      const u = under(whole.reduce((sum, weight) => sum + weight));
      let reached = 0n;
      return asked.items[
        whole.findIndex((weight) => {
          reached += weight;
          return reached > u;
        })
      ];
    }
    case 'bytes':
      return Buffer.from(many(asked.count, byte)).toString(asked.encoding);
    case 'dice': {
      const { dice, sides, modifier } = asked;
      const rolls = many(dice, () => 1 + Number(under(BigInt(sides))));
      const suffix = modifier === 0 ? '' : modifier > 0 ? `+${modifier}` : `${modifier}`;
      const total = rolls.reduce((sum, roll) => sum + roll, modifier);
      return { notation: `${dice}d${sides}${suffix}`, rolls, modifier, total };
    }
    case 'uuid':
      return many(asked.count, () => {
        const value = (integer(16) & ~(0xf000n << 64n) & ~(0xc000n << 48n)) | (0x4000n << 64n) | (0x8000n << 48n);
        return value
          .toString(16)
          .padStart(32, '0')
          .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      });
    case 'gaussian':
      throw new Error('compared through the vectors and the client');
  }
}
