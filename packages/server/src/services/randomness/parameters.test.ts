import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { draw } from './draw.ts';
import { canonicalParameters, readClientSeed, readDraw } from './parameters.ts';
import { type DrawRequest, type Endpoint, endpoints } from './request.ts';
import { readToolMeta } from './tool-meta.ts';

function canonical(endpoint: Endpoint, input: Record<string, unknown>): string {
  const reading = readDraw(endpoint, input);
  return reading.ok ? canonicalParameters(reading.request) : `${reading.param}: ${reading.message}`;
}

describe('canonical parameters', () => {
  test.each<[Endpoint, Record<string, unknown>, string]>([
    ['floats', {}, '{"count":1}'],
    ['floats', { count: 3 }, '{"count":3}'],
    ['ints', {}, '{"count":1,"min":1,"max":100}'],
    ['ints', { count: 3, min: 0, max: 4294967295 }, '{"count":3,"min":0,"max":4294967295}'],
    ['ints', { min: -0, unique: false }, '{"count":1,"min":0,"max":100}'],
    ['ints', { count: 100, unique: true }, '{"count":100,"min":1,"max":100,"unique":true}'],
    ['ints', { min: 7, max: 7 }, '{"count":1,"min":7,"max":7}'],
    [
      'ints',
      { min: 9007199254740990, max: 9007199254740991 },
      '{"count":1,"min":9007199254740990,"max":9007199254740991}',
    ],
    ['shuffle', { items: 'a, b ,c' }, '{"items":["a","b","c"]}'],
    ['shuffle', { items: '["a","b","c"]' }, '{"items":["a","b","c"]}'],
    ['shuffle', { items: ['a', 'b', 'c'] }, '{"items":["a","b","c"]}'],
    ['shuffle', { items: ['a,b', '[1]', ' c', ''] }, '{"items":["a,b","[1]"," c",""]}'],
    ['shuffle', { items: '1,2' }, '{"items":["1","2"]}'],
    ['shuffle', { items: '[1, 2.50, null, {"b": 1, "a": [true]}]' }, '{"items":[1,2.5,null,{"b":1,"a":[true]}]}'],
    ['shuffle', { items: 'one' }, '{"items":["one"]}'],
    ['pick', { items: 'a,b' }, '{"items":["a","b"],"weights":null}'],
    ['pick', { items: 'a,b', weights: null }, '{"items":["a","b"],"weights":null}'],
    ['pick', { items: 'a,b,c', weights: '70,25,5' }, '{"items":["a","b","c"],"weights":["70","25","5"]}'],
    ['pick', { items: 'a,b,c', weights: [70, 25, 5] }, '{"items":["a","b","c"],"weights":["70","25","5"]}'],
    ['pick', { items: 'a,b,c', weights: '[70, "25.0", 5e0]' }, '{"items":["a","b","c"],"weights":["70","25","5"]}'],
    ['bytes', {}, '{"count":32,"encoding":"hex"}'],
    ['bytes', { count: 1024, encoding: 'base64' }, '{"count":1024,"encoding":"base64"}'],
    ['dice', { notation: 'd6' }, '{"notation":"1d6"}'],
    ['dice', { notation: '03D06 + 002' }, '{"notation":"3d6+2"}'],
    // A plus that was not escaped in a URL arrives as a space.
    ['dice', { notation: '3d6 2' }, '{"notation":"3d6+2"}'],
    ['dice', { notation: '2d8-0' }, '{"notation":"2d8"}'],
    ['dice', { notation: '100d1000000-1000000' }, '{"notation":"100d1000000-1000000"}'],
    ['gaussian', {}, '{"count":1,"distribution":"normal","mean":0,"stddev":1}'],
    ['gaussian', { mean: -0, stddev: 0.5 }, '{"count":1,"distribution":"normal","mean":0,"stddev":0.5}'],
    [
      'gaussian',
      { mean: -1e12, stddev: 1e-7 },
      '{"count":1,"distribution":"normal","mean":-1000000000000,"stddev":1e-7}',
    ],
    ['gaussian', { lambda: -5, stddev: 2 }, '{"count":1,"distribution":"normal","mean":0,"stddev":2}'],
    ['gaussian', { distribution: 'exponential', stddev: -1 }, '{"count":1,"distribution":"exponential","lambda":1}'],
    [
      'gaussian',
      { distribution: 'exponential', lambda: 1e12 },
      '{"count":1,"distribution":"exponential","lambda":1000000000000}',
    ],
    ['gaussian', { distribution: 'poisson', lambda: 100 }, '{"count":1,"distribution":"poisson","lambda":100}'],
    ['uuid', { count: 100 }, '{"count":100}'],
  ])('%s %o', (endpoint, input, text) => {
    expect(canonical(endpoint, input)).toBe(text);
  });

  test.each([
    ['70', '70'],
    [70, '70'],
    ['070.500', '70.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    [0.1, '0.1'],
    ['1e3', '1000'],
    [1e3, '1000'],
    ['1.5E+2', '150'],
    ['25e-1', '2.5'],
    [1e-7, '0.0000001'],
    ['1e-12', '0.000000000001'],
    ['0.5000000000000', '0.5'],
    ['9007199254740991', '9007199254740991'],
    // More digits than a double tells apart: the double decides, as it does in a JSON body.
    ['9007199254740.991', '9007199254740.99'],
    ['1000000000000000000e-18', '1'],
  ])('writes the weight %o as %s', (weight, text) => {
    expect(canonical('pick', { items: 'a', weights: [weight] })).toBe(`{"items":["a"],"weights":["${text}"]}`);
    expect(canonical('pick', { items: 'a', weights: `[${JSON.stringify(weight)}]` })).toContain(`["${text}"]`);
  });

  test.each([['0', '-0', -0, 0, '0e999999999', '0.000']])(
    'writes a zero weight as 0: %o %o %o %o %o %o',
    (...zeros) => {
      const weights = [1, ...zeros];
      const items = weights.map((_, i) => i);
      expect(canonical('pick', { items, weights })).toContain('"weights":["1","0","0","0","0","0","0"]');
    },
  );
});

describe('refusals name the parameter', () => {
  const longest = 'x'.repeat(254);
  test.each<[Endpoint, Record<string, unknown>, string]>([
    ['floats', { count: 0 }, 'count'],
    ['floats', { count: 101 }, 'count'],
    ['floats', { count: 1.5 }, 'count'],
    ['floats', { count: '3' }, 'count'],
    ['floats', { count: null }, 'count'],
    ['floats', { count: Number.NaN }, 'count'],
    ['floats', { count: Number.POSITIVE_INFINITY }, 'count'],
    ['ints', { min: -1 }, 'min'],
    ['ints', { min: 0, max: 0 }, 'max'],
    ['ints', { min: 101 }, 'min'],
    ['ints', { min: 0, max: 4294967296 }, 'max'],
    ['ints', { max: 9007199254740992 }, 'max'],
    ['ints', { unique: 'true' }, 'unique'],
    ['ints', { min: 1, max: 5, count: 6, unique: true }, 'count'],
    ['shuffle', {}, 'items'],
    ['shuffle', { items: '' }, 'items'],
    ['shuffle', { items: 'a,,b' }, 'items'],
    ['shuffle', { items: 'a,' }, 'items'],
    ['shuffle', { items: '[]' }, 'items'],
    ['shuffle', { items: [] }, 'items'],
    ['shuffle', { items: '[a,b]' }, 'items'],
    ['shuffle', { items: '["a"' }, 'items'],
    ['shuffle', { items: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }, 'items'],
    ['shuffle', { items: '[1e400]' }, 'items'],
    ['shuffle', { items: '["\\ud800"]' }, 'items'],
    ['shuffle', { items: ['a\0'] }, 'items'],
    ['shuffle', { items: [{ 'a\0': 1 }] }, 'items'],
    ['shuffle', { items: { ok: true } }, 'items'],
    ['shuffle', { items: 5 }, 'items'],
    ['shuffle', { items: [undefined] }, 'items'],
    ['shuffle', { items: [new Date(0)] }, 'items'],
    ['shuffle', { items: [`${longest}x`] }, 'items'],
    ['shuffle', { items: ['é'.repeat(128)] }, 'items'],
    ['shuffle', { items: Array.from({ length: 1001 }, () => 1) }, 'items'],
    ['shuffle', { items: [Array.from({ length: 129 }, () => 1)] }, 'items'],
    ['pick', { weights: [1] }, 'items'],
    ['pick', { items: 'a,b', weights: '1' }, 'weights'],
    ['pick', { items: 'a,b', weights: '' }, 'weights'],
    ['pick', { items: 'a,b', weights: '0,0' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,-1' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,x' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,NaN' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,Infinity' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,0x10' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,1e999999999' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,1e-13' }, 'weights'],
    ['pick', { items: 'a,b', weights: '1,0.1234567890123' }, 'weights'],
    ['pick', { items: 'a,b', weights: '9007199254740991,1' }, 'weights'],
    ['pick', { items: 'a,b', weights: '9007199254740991,0.1' }, 'weights'],
    ['pick', { items: 'a,b', weights: [1, null] }, 'weights'],
    ['pick', { items: 'a,b', weights: [1, Number.NaN] }, 'weights'],
    ['pick', { items: 'a,b', weights: [1, [2]] }, 'weights'],
    ['pick', { items: 'a', weights: '9999999999999999.9' }, 'weights'],
    ['bytes', { count: 1025 }, 'count'],
    ['bytes', { encoding: 'HEX' }, 'encoding'],
    ['bytes', { encoding: null }, 'encoding'],
    ['dice', {}, 'notation'],
    ['dice', { notation: '3d6  + 2 ' }, 'notation'],
    ['dice', { notation: '' }, 'notation'],
    ['dice', { notation: '0d6' }, 'notation'],
    ['dice', { notation: '101d6' }, 'notation'],
    ['dice', { notation: '1d1' }, 'notation'],
    ['dice', { notation: '1d1000001' }, 'notation'],
    ['dice', { notation: '1d6+1000001' }, 'notation'],
    ['dice', { notation: '1d6+' }, 'notation'],
    ['dice', { notation: `${'9'.repeat(400)}d6` }, 'notation'],
    ['dice', { notation: 6 }, 'notation'],
    ['gaussian', { distribution: 'cauchy' }, 'distribution'],
    ['gaussian', { mean: 1.1e12 }, 'mean'],
    ['gaussian', { mean: Number.NaN }, 'mean'],
    ['gaussian', { stddev: 0 }, 'stddev'],
    ['gaussian', { stddev: -0 }, 'stddev'],
    ['gaussian', { stddev: -1 }, 'stddev'],
    ['gaussian', { distribution: 'exponential', lambda: 0 }, 'lambda'],
    ['gaussian', { distribution: 'exponential', lambda: 5e-324 }, 'lambda'],
    ['gaussian', { distribution: 'exponential', lambda: Number.POSITIVE_INFINITY }, 'lambda'],
    ['gaussian', { distribution: 'poisson', lambda: 100.5 }, 'lambda'],
    ['uuid', { count: 101 }, 'count'],
  ])('%s %o', (endpoint, input, param) => {
    const reading = readDraw(endpoint, input);
    expect(reading).toMatchObject({ ok: false, param });
    if (!reading.ok) expect(reading.message).toMatch(/^[A-Z"].+\.$/);
  });

  it('lets the largest of everything pass', () => {
    expect(readDraw('shuffle', { items: Array.from({ length: 1000 }, () => longest) }).ok).toBe(true);
    expect(readDraw('shuffle', { items: [Array.from({ length: 127 }, () => 1)] }).ok).toBe(true);
    expect(readDraw('pick', { items: 'a,b', weights: '9007199254740990,1' }).ok).toBe(true);
    expect(readDraw('ints', { min: 1, max: 4294967296 }).ok).toBe(true);
  });
});

describe('any input', () => {
  const member = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.json(),
    fc.array(fc.jsonValue()),
    fc.constantFrom('1d6', '3d6+2', 'hex', 'normal', 'poisson', 'a,b', '1,2', '[1,2]', true),
  );
  const input = fc.record(
    Object.fromEntries(
      [
        'count',
        'min',
        'max',
        'unique',
        'items',
        'weights',
        'encoding',
        'notation',
        'distribution',
        'mean',
        'stddev',
        'lambda',
      ].map((name) => [name, member]),
    ),
    { requiredKeys: [] },
  );

  it('is read or refused, never thrown at, and what is read can be drawn and written as JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom(...endpoints), input, (endpoint, values) => {
        const reading = readDraw(endpoint, values);
        if (!reading.ok) return reading.message.endsWith('.') && reading.param in { ...values, ...required };
        const drawn = draw(reading.request, { serverSeed: 'a', clientSeed: 'b', nonce: 0, cursor: 0 });
        return JSON.stringify(JSON.parse(JSON.stringify(drawn))) === JSON.stringify(drawn);
      }),
      { numRuns: 5000 },
    );
  });

  // A parameter may be refused although only another one was given.
  const required = { items: 0, notation: 0, min: 0, max: 0, count: 0 };

  it('has a canonical form that reads as itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...endpoints), input, (endpoint, values) => {
        const reading = readDraw(endpoint, values);
        if (!reading.ok) return true;
        const text = canonicalParameters(reading.request);
        return canonical(endpoint, JSON.parse(text)) === text && JSON.stringify(JSON.parse(text)) === text;
      }),
      { numRuns: 5000 },
    );
  });
});

describe('spellings of one list', () => {
  const word = fc.stringMatching(/^[a-z0-9é💧]{1,20}$/u);

  it('are one request: a JSON array, its text, a comma list, a repeated parameter', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (items) => {
        const spellings = [items, JSON.stringify(items), items.join(','), items.join(' , ')];
        return new Set(spellings.map((spelling) => canonical('shuffle', { items: spelling }))).size === 1;
      }),
    );
  });

  it('are one request for weights: numbers, texts of them, and both kinds of list', () => {
    const weight = fc.oneof(
      fc.nat(1000),
      fc.nat(10 ** 9).map((n) => n / 10 ** 6),
      fc.constantFrom(1e-7, 0.1, 94.3),
    );
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 20 }), (weights) => {
        const items = weights.map((_, i) => i);
        const spellings = [
          weights,
          weights.map(String),
          JSON.stringify(weights),
          weights.join(','),
          weights.map((w) => `0${w.toFixed(9)}00`),
        ];
        return new Set(spellings.map((spelling) => canonical('pick', { items, weights: spelling }))).size === 1;
      }),
    );
  });

  it('are one weight: a number in a JSON body and its text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (weight) => {
        const asText = canonical('pick', { items: [1], weights: [JSON.stringify(weight)] });
        return asText === canonical('pick', { items: [1], weights: [weight] }) || !Number.isFinite(weight);
      }),
    );
  });
});

describe('weights', () => {
  it('are shown as the numbers they were drawn with', () => {
    const tenths = fc.nat(10 ** 15).map((n) => `${Math.floor(n / 10 ** 6)}.${String(n % 10 ** 6).padStart(6, '0')}`);
    fc.assert(
      fc.property(fc.array(tenths, { minLength: 1, maxLength: 5 }), (weights) => {
        const items = weights.map((_, i) => i);
        const reading = readDraw('pick', { items, weights });
        if (!reading.ok) return true;
        const drawn = draw(reading.request, { serverSeed: 'a', clientSeed: 'b', nonce: 0, cursor: 0 });
        const again = readDraw('pick', { items, weights: 'weights' in drawn ? drawn.weights : null });
        return again.ok && canonicalParameters(again.request) === canonicalParameters(reading.request as DrawRequest);
      }),
    );
  });
});

describe('readClientSeed', () => {
  test.each([
    [undefined, 'test'],
    ['a', 'a'],
    [' round-1:chest 1 ', ' round-1:chest 1 '],
    ['é'.repeat(128), 'é'.repeat(128)],
    ['e\u0301', 'e\u0301'],
    ['💧', '💧'],
  ])('takes %o', (value, clientSeed) => {
    expect(readClientSeed(value)).toEqual({ ok: true, clientSeed });
  });

  test.each([
    null,
    5,
    '',
    'a\nb',
    'a\u007f',
    '\u0085',
    '\0',
    '\ud83d',
    'x\udca7',
    'é'.repeat(129),
    'a'.repeat(257),
    ['a'],
  ])('refuses %o', (value) => {
    expect(readClientSeed(value)).toMatchObject({ ok: false, param: 'clientSeed' });
  });
});

describe('readToolMeta', () => {
  test.each([
    [undefined, undefined],
    ['{"tool":"dice"}', { tool: 'dice' }],
    [{ tool: 'dice' }, { tool: 'dice' }],
    ['{}', {}],
    ['{"a":"\\\\u0000"}', { a: '\\u0000' }],
  ])('takes %o', (value, toolMeta) => {
    expect(readToolMeta(value)).toEqual({ ok: true, toolMeta });
  });

  test.each([
    null,
    5,
    '',
    'dice',
    '[]',
    'null',
    [],
    '{"a":"\\u0000"}',
    { a: '\ud800' },
    { a: 1n },
    { a: 'x'.repeat(510) },
    `{"a":1${' '.repeat(512)}}`,
  ])('refuses %o', (value) => {
    expect(readToolMeta(value)).toMatchObject({ ok: false, param: 'toolMeta' });
  });
});
