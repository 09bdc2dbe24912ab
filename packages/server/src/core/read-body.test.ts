import { describe, expect, it } from 'vitest';
import type { ApiError } from './errors.ts';
import { readJsonBody, unstorable } from './read-body.ts';

const json = 'application/json';
const read = (text: string | Buffer, type: string | undefined = json) =>
  readJsonBody(Buffer.from(text as string), type);
function refusal(work: () => unknown): { code: string; param: string | undefined; message: string } {
  try {
    work();
  } catch (error) {
    const { code, details, message } = error as ApiError;
    return { code, param: details.param, message };
  }
  throw new Error('it was taken');
}

describe('a body', () => {
  it.each([
    ['', {}],
    ['{}', {}],
    [' \n{"a":1}\t', { a: 1 }],
    ['{"a":"\\u00e9 \\ud83d\\ude00"}', { a: 'é 😀' }],
    ['{"a":"é 😀"}', { a: 'é 😀' }],
    ['{"a":{"b":[1,null,true,"x",1.5e3]}}', { a: { b: [1, null, true, 'x', 1500] } }],
    ['{"a":1,"a":2}', { a: 2 }],
    [`{"a":${'['.repeat(63)}${']'.repeat(63)}}`, expect.anything()],
    [`{"a":"${'['.repeat(1000)}"}`, { a: '['.repeat(1000) }],
    ['{"a":"\\\\\\"["}', { a: '\\"[' }],
    ['{"prototype":1,"toString":2}', { prototype: 1, toString: 2 }],
  ])('of %j is read', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[string, string]>([
    ['{', 'malformed_body'],
    ['{"a":1}x', 'malformed_body'],
    ["{'a':1}", 'malformed_body'],
    ['{"a":01}', 'malformed_body'],
    ['{"a":NaN}', 'malformed_body'],
    ['{"a":Infinity}', 'malformed_body'],
    ['{"a":1,}', 'malformed_body'],
    ['// {}', 'malformed_body'],
    ['null', 'malformed_body'],
    ['[]', 'malformed_body'],
    ['"a"', 'malformed_body'],
    ['1', 'malformed_body'],
    ['{"a":"\t"}', 'malformed_body'],
    ['{"__proto__":{"admin":true}}', 'malformed_body'],
    ['{"a":{"__proto__":1}}', 'malformed_body'],
    ['{"constructor":{"prototype":{"admin":true}}}', 'malformed_body'],
    [`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'malformed_body'],
    [`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'malformed_body'],
    ['['.repeat(1_000_000), 'malformed_body'],
  ])('of %.40j is refused', (text, code) => {
    expect(refusal(() => read(text))).toMatchObject({ code, param: 'body' });
  });

  it.each<[string, string]>([
    ['{"a":"x\\u0000y"}', 'a'],
    ['{"a":{"b":["ok","\\u0000"]}}', 'a.b[1]'],
    ['{"a":"\\ud800"}', 'a'],
    ['{"a":"\\udc00\\ud800"}', 'a'],
    ['{"a":[{"b":"\\uDBFF"}]}', 'a[0].b'],
    ['{"\\u0000":1}', 'body'],
    ['{"a":{"\\ud800":1}}', 'a'],
  ])('of %j names the field that nobody can store', (text, param) => {
    expect(refusal(() => read(text))).toMatchObject({ code: 'invalid_input', param });
  });

  it.each([
    ['a lone continuation byte', [0x7b, 0x80, 0x7d]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
    ['a cut character', [0x7b, 0x22, 0xe2, 0x82]],
  ])('that is no UTF-8 is refused: %s', (_, bytes) => {
    expect(refusal(() => read(Buffer.from(bytes)))).toMatchObject({ code: 'malformed_body', param: 'body' });
  });

  it.each([
    json,
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
    ' application/json ',
  ])('of type %j is read', (type) => {
    expect(read('{"a":1}', type)).toEqual({ a: 1 });
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    '+json',
  ])('of type %j is refused', (type) => {
    expect(refusal(() => readJsonBody(Buffer.from('{"a":1}'), type))).toMatchObject({
      code: 'unsupported_media_type',
      param: 'Content-Type',
    });
  });
});

describe('a text', () => {
  it.each([
    ['', null],
    ['plain', null],
    ['😀', null],
    ['a\0b', 'must not hold a NUL'],
    ['\ud800', 'must not hold a lone surrogate'],
    ['\udc00x', 'must not hold a lone surrogate'],
  ])('%j can be stored, or says why not', (text, problem) => {
    const found = unstorable(text);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
  });
});
