import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { type ApiError, coarseRefusal } from './errors.ts';
import { compileInput } from './read-input.ts';

const reader = compileInput(
  Type.Object(
    {
      id: Type.Optional(Type.String({ minLength: 1, maxLength: 5 })),
      count: Type.Integer({ minimum: 1, maximum: 100, default: 1 }),
      rate: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      unique: Type.Boolean({ default: false }),
      mode: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('test')])),
      tags: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 3 })),
      nested: Type.Optional(Type.Object({ at: Type.Integer() }, { additionalProperties: false })),
      notes: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 5 }))),
    },
    { additionalProperties: false },
  ),
);
const defaults = { count: 1, unique: false };

function refusal(work: () => unknown): { param: string | undefined; message: string } {
  try {
    work();
  } catch (error) {
    expect(coarseRefusal((error as ApiError).code)).toBe('invalid_input');
    return { param: (error as ApiError).details.param, message: (error as Error).message };
  }
  throw new Error('it was taken');
}

describe('texts', () => {
  it.each<[Record<string, string | string[]>, object]>([
    [{}, {}],
    [{ count: '7' }, { count: 7 }],
    [{ count: '007' }, { count: 7 }],
    [{ rate: '2.5' }, { rate: 2.5 }],
    [{ rate: '1e-3' }, { rate: 0.001 }],
    [{ rate: '.5' }, { rate: 0.5 }],
    [{ rate: '+2.' }, { rate: 2 }],
    [{ unique: 'true' }, { unique: true }],
    [{ unique: '0' }, { unique: false }],
    [{ mode: 'test' }, { mode: 'test' }],
    [{ tags: 'a' }, { tags: ['a'] }],
    [{ tags: ['a', 'b'] }, { tags: ['a', 'b'] }],
    [{ unknown: 'x', __proto__: 'y' as never }, {}],
    [{ id: '12' }, { id: '12' }],
    [{ 'notes[a]': '1', 'notes.b.c': 'x', 'notes[d[e]]': '' }, { notes: { a: '1', 'b.c': 'x', 'd[e]': '' } }],
    [{ 'notes[__proto__]': 'x' }, { notes: JSON.parse('{"__proto__":"x"}') }],
    [{ notesx: '1' }, {}],
  ])('%j become what the schema says; unknown ones are ignored', (texts, input) => {
    expect(reader.fromTexts(texts)).toEqual({ ...defaults, ...input });
  });

  it.each<[Record<string, string | string[]>, string, RegExp]>([
    [{ count: '' }, 'count', /whole number/],
    [{ count: '1.0' }, 'count', /whole number/],
    [{ count: '1e1' }, 'count', /whole number/],
    [{ count: '0x10' }, 'count', /whole number/],
    [{ count: ' 1' }, 'count', /whole number/],
    [{ count: '+1' }, 'count', /whole number/],
    [{ count: '٣' }, 'count', /whole number/],
    [{ count: '9007199254740993' }, 'count', /whole number/],
    [{ count: '-1' }, 'count', /-1 was sent/],
    [{ count: '-0' }, 'count', /0 was sent/],
    [{ count: '101' }, 'count', /101 was sent/],
    [{ count: ['1', '2'] }, 'count', /given 2 times/],
    [{ rate: 'NaN' }, 'rate', /finite/],
    [{ rate: 'Infinity' }, 'rate', /finite/],
    [{ rate: '1e999' }, 'rate', /finite/],
    [{ rate: '1_000' }, 'rate', /finite/],
    [{ rate: '0' }, 'rate', /0 was sent/],
    [{ unique: 'yes' }, 'unique', /true or false/],
    [{ unique: 'TRUE' }, 'unique', /true or false/],
    [{ mode: 'sandbox' }, 'mode', /"live" or "test"; "sandbox" is not/],
    [{ id: '' }, 'id', /was sent/],
    [{ id: '123456' }, 'id', /was sent/],
    [{ tags: ['a', ''] }, 'tags[1]', /was sent/],
    [{ tags: ['a', 'b', 'c', 'd'] }, 'tags', /a list was sent/],
    [{ count: 'x'.repeat(500) }, 'count', /x{40}…/],
    [{ 'notes[a]': ['1', '2'] }, 'notes.a', /given more than once/],
    [{ 'notes[a]': '1', 'notes.a': '1' }, 'notes.a', /given more than once/],
    [{ 'notes[a': '1' }, 'notes', /names no key/],
    [{ 'notes[]': '1' }, 'notes', /names no key/],
    [{ notes: 'a' }, 'notes', /"a" was sent/],
    [{ 'notes[a]': '123456' }, 'notes.a', /was sent/],
  ])('%.60j are refused, naming %j', (texts, param, message) => {
    const refused = refusal(() => reader.fromTexts(texts));
    expect(refused.param).toBe(param);
    expect(refused.message).toMatch(message);
    expect(refused.message.length).toBeLessThan(200);
  });
});

describe('a body', () => {
  it('takes its types as they are, and path parameters win', () => {
    expect(reader.fromBody({ id: 'path' }, { id: 'body', count: 3 })).toEqual({ ...defaults, id: 'path', count: 3 });
    expect(reader.fromBody({}, { nested: { at: 1 } })).toEqual({ ...defaults, nested: { at: 1 } });
  });

  it.each<[Record<string, unknown>, string, RegExp]>([
    [{ count: '3' }, 'count', /"3" was sent/],
    [{ count: 1.5 }, 'count', /1\.5 was sent/],
    [{ count: null }, 'count', /was sent/],
    [{ count: true }, 'count', /true was sent/],
    [{ unique: 1 }, 'unique', /1 was sent/],
    [{ unique: 'true' }, 'unique', /"true" was sent/],
    [{ tags: 'a' }, 'tags', /"a" was sent/],
    [{ tags: [1] }, 'tags[0]', /1 was sent/],
    [{ nested: {} }, 'nested.at', /is missing/],
    [{ nested: { at: 1, to: 2 } }, 'nested.to', /is not a field/],
    [{ nested: [] }, 'nested', /was sent/],
    [{ unknown: 1 }, 'unknown', /is not a field/],
    [{ mode: null }, 'mode', /"live" or "test"/],
    [{ id: {} }, 'id', /an object was sent/],
  ])('%j is refused, naming %j', (body, param, message) => {
    const refused = refusal(() => reader.fromBody({}, body));
    expect(refused.param).toBe(param);
    expect(refused.message).toMatch(message);
  });

  it('that lacks what is required says so', () => {
    const strict = compileInput(Type.Object({ text: Type.String(), other: Type.String() }));
    expect(refusal(() => strict.fromBody({}, { other: 'x' }))).toEqual({
      param: 'text',
      message: '"text" is missing.',
    });
    expect(refusal(() => strict.fromTexts({ other: 'x' }))).toEqual({ param: 'text', message: '"text" is missing.' });
  });
});

describe('query parameters inside a body', () => {
  it('may be texts or already right', () => {
    expect(reader.fromMixed({ count: '3', unique: true, rate: '0.5' })).toEqual({ count: 3, unique: true, rate: 0.5 });
    expect(refusal(() => reader.fromMixed({ count: 'x' })).param).toBe('count');
    expect(refusal(() => reader.fromMixed({ other: 'x' })).param).toBe('other');
  });
});

describe('an input that another schema checks further', () => {
  it('keeps what it does not know', () => {
    const open = compileInput(Type.Object({ endpoint: Type.String() }, { additionalProperties: true }));
    expect(open.fromTexts({ endpoint: 'ints', count: '3' })).toEqual({ endpoint: 'ints', count: '3' });
    expect(open.fromBody({}, { endpoint: 'ints', count: 3 })).toEqual({ endpoint: 'ints', count: 3 });
  });
});
