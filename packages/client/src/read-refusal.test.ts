import { expect, test } from 'vitest';
import { readRefusal } from './read-refusal.ts';

const headers = new Headers({ 'x-request-id': 'req_1', 'interlock-mode': 'test', 'retry-after': '7' });

test.each([
  ['a text and a code', { error: 'Send a key.', code: 'no_key', param: 'key' }],
  ['an object', { error: { type: 'invalid', code: 'no_key', message: 'Send a key.', param: 'key' } }],
  ['an object with a field', { error: { type: 'invalid', code: 'no_key', message: 'Send a key.', field: 'key' } }],
  ['a problem of RFC 9457', { type: 'about:blank', title: 'No', code: 'no_key', detail: 'Send a key.', field: 'key' }],
])('reads the dialect of %s', (_, body) => {
  const read = readRefusal({ status: 401, headers, text: JSON.stringify(body) }, 0);
  expect(read).toEqual({
    status: 401,
    code: 'no_key',
    message: 'Send a key.',
    param: 'key',
    requestId: 'req_1',
    mode: 'test',
    retryAfterMs: 7_000,
    body,
  });
});

test('what is worded in a way of its own is quoted', () => {
  const text = JSON.stringify({ ok: false, problem: { say: 'Blue is taken.' } });
  const read = readRefusal({ status: 409, headers, text }, 0);
  expect(read).toMatchObject({ code: 'http_409', message: `The server answered 409: ${text}`, requestId: 'req_1' });
});

test('what a proxy answers has a code as well', () => {
  const read = readRefusal({ status: 502, headers: new Headers(), text: '<html>Bad gateway</html>' }, 0);
  expect(read).toMatchObject({ code: 'http_502', body: '<html>Bad gateway</html>', retryAfterMs: null });
});

test('Retry-After may be a date', () => {
  const dated = new Headers({ 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' });
  expect(readRefusal({ status: 503, headers: dated, text: '' }, 4_000).retryAfterMs).toBe(5_000);
});
