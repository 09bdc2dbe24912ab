import { describe, expect, it } from 'vitest';
import { describeViolation, type Violation } from './violations.ts';

const violation = (
  keyword: string,
  instancePath: string,
  params: object = {},
  message = 'must be right',
): Violation => ({
  keyword,
  instancePath,
  params,
  message,
});

describe('a violation', () => {
  it.each<[string, Violation[], object, string, RegExp]>([
    ['nothing', [], {}, 'body', /not valid/],
    ['the whole body', [violation('type', '')], {}, 'body', /"body" must be right/],
    ['a missing field', [violation('required', '', { requiredProperties: ['a', 'b'] })], {}, 'a', /"a" is missing/],
    [
      'a missing field further in',
      [violation('required', '/draws/0/params', { requiredProperties: ['count'] })],
      {},
      'draws[0].params.count',
      /is missing/,
    ],
    [
      'an unknown field before what else is wrong',
      [violation('minimum', '/a'), violation('additionalProperties', '', { additionalProperties: ['b'] })],
      { a: 0, b: 1 },
      'b',
      /not a field/,
    ],
    [
      'how a format is written',
      [violation('format', '/from', { format: 'date-time' }, 'must match format "date-time"')],
      { from: 'tomorrow' },
      'from',
      /^"from" must be a date and time with its zone, such as 2026-12-01T10:00:00Z; "tomorrow" was sent/,
    ],
    [
      'a format without a name of its own',
      [violation('format', '/at', { format: 'iri' }, 'must match format "iri"')],
      { at: '' },
      'at',
      /must match format "iri"/,
    ],
    [
      'what was sent',
      [violation('minimum', '/a/1', {}, 'must be >= 1')],
      { a: [5, 0] },
      'a[1]',
      /must be >= 1; 0 was sent/,
    ],
    ['a name with a slash and a tilde', [violation('type', '/a~1b~0c')], { 'a/b~c': 'x' }, 'a/b~c', /"x" was sent/],
    [
      'a closed set of words',
      [
        violation('const', '/mode', { allowedValue: 'live' }),
        violation('const', '/mode', { allowedValue: 'test' }),
        violation('anyOf', '/mode'),
      ],
      { mode: 'both' },
      'mode',
      /must be "live" or "test"; "both" is not/,
    ],
    [
      'alternative types',
      [
        violation('type', '/a', { type: 'string' }),
        violation('type', '/a', { type: 'null' }),
        violation('anyOf', '/a'),
      ],
      { a: 1 },
      'a',
      /must be string or null/,
    ],
    [
      'alternatives of which one has the type that was sent',
      [
        violation('type', '/a', { type: 'string' }),
        violation('minimum', '/a', {}, 'must be >= 1'),
        violation('anyOf', '/a'),
      ],
      { a: -1 },
      'a',
      /must be >= 1; -1 was sent/,
    ],
    [
      'what may be null and has a fault inside',
      [
        violation('type', '/a/b', { type: 'string' }),
        violation('type', '/a', { type: 'null' }),
        violation('anyOf', '/a'),
      ],
      { a: { b: 1 } },
      'a.b',
      /1 was sent/,
    ],
    ['alternatives of another form', [violation('anyOf', '/a')], { a: 1 }, 'a', /another form/],
    ['a long text', [violation('maxLength', '/a')], { a: 'x'.repeat(500) }, 'a', /x…/],
    ['a list', [violation('maxItems', '/a')], { a: [1] }, 'a', /a list was sent/],
    ['an object', [violation('type', '/a')], { a: {} }, 'a', /an object was sent/],
    ['nothing at all', [violation('type', '/a')], {}, 'a', /undefined was sent/],
    ['nothing where there is no object', [violation('type', '/a/b/c')], { a: null }, 'a.b.c', /undefined was sent/],
  ])('of %s names the field and says how to mend it', (_, violations, input, param, message) => {
    const described = describeViolation(violations, input as Record<string, unknown>);
    expect(described.param).toBe(param);
    expect(described.message).toMatch(message);
    expect(described.message.length).toBeLessThan(200);
  });
});
