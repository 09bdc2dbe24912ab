import { Compile } from 'typebox/compile';
import { describe, expect, it, test } from 'vitest';
import { draw } from './draw.ts';
import { readDraw } from './parameters.ts';
import { type Endpoint, endpoints } from './request.ts';
import { anyOutcomeSchema, generatorInputs, generatorOutputs } from './schemas.ts';

const examples: Record<Endpoint, readonly Record<string, unknown>[]> = {
  floats: [{}, { count: 100, clientSeed: 'é' }],
  ints: [{}, { count: 2, min: 0, max: 1, unique: true, toolMeta: { tool: 'coin' } }, { toolMeta: '{}' }],
  shuffle: [{ items: 'a,b' }, { items: ['a', 1, null, { b: [] }] }],
  pick: [
    { items: 'a,b' },
    { items: ['a', 'b'], weights: '1,2' },
    { items: ['a'], weights: [0.5] },
    { items: 'a', weights: null },
  ],
  bytes: [{}, { count: 1024, encoding: 'base64' }],
  dice: [{ notation: '3D6 + 2' }, { notation: 'd20' }],
  gaussian: [{}, { distribution: 'poisson', lambda: 4 }, { distribution: 'exponential' }],
  uuid: [{ count: 3 }],
};

const rest = {
  clientSeed: 'a',
  serverHash: 'a'.repeat(64),
  nonce: 0,
  cursor: 0,
  created: 1,
  shortId: 'k7Qm2A9bXz',
  permalink: 'https://host/o/k7Qm2A9bXz',
  mode: 'test',
  receipt: 'b'.repeat(64),
};

describe.each(endpoints)('%s', (endpoint) => {
  const input = Compile(generatorInputs[endpoint]);
  const output = Compile(generatorOutputs[endpoint]);

  test.each(examples[endpoint])('takes %o and answers as declared', (values) => {
    expect([...input.Errors(values)]).toEqual([]);
    const reading = readDraw(endpoint, values);
    if (!reading.ok) throw new Error(reading.message);
    const drawn = draw(reading.request, { serverSeed: 'a', clientSeed: 'a', nonce: 0, cursor: 0 });
    const outcome = { ...rest, endpoint, ...drawn };
    expect([...output.Errors(outcome)]).toEqual([]);
    expect(Compile(anyOutcomeSchema).Check(outcome)).toBe(true);
    const declared = Object.keys(generatorOutputs[endpoint].properties);
    expect(declared).toEqual(expect.arrayContaining(Object.keys(outcome)));
  });

  it('refuses unknown members and wrong types', () => {
    const [values] = examples[endpoint];
    expect(input.Check({ ...values, colour: 'red' })).toBe(false);
    expect(input.Check({ ...values, clientSeed: 5 })).toBe(false);
    expect(input.Check({ ...values, clientSeed: '' })).toBe(false);
    const unit = endpoint === 'dice' ? 'notation' : endpoint === 'shuffle' || endpoint === 'pick' ? 'items' : 'count';
    expect(input.Check({ ...values, [unit]: 1.5 })).toBe(false);
  });

  it('declares the defaults that the reader applies', () => {
    const required = endpoint === 'dice' ? { notation: 'd6' } : { items: 'a,b' };
    const declared = Object.entries(generatorInputs[endpoint].properties).map(([name, schema]) => [
      name,
      (schema as { default?: unknown }).default,
    ]);
    const defaults = Object.fromEntries(declared.filter(([, value]) => value !== undefined));
    expect(readDraw(endpoint, { ...defaults, ...required })).toEqual(readDraw(endpoint, required));
  });
});
