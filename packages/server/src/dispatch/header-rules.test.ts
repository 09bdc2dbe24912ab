import { describe, expect, it } from 'vitest';
import { checkHeaders, composeHeaders } from './header-rules.ts';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, 'v']));

describe('the headers of a request', () => {
  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['ordinary ones', { Authorization: 'Bearer abc', 'X-Team': 'growth', Accept: '*/*', 'User-Agent': 'acme/1' }],
    ['every character of a name', { "!#$%&'*+-.^_`|~09azAZ": 'v' }],
    ['every byte of a value', { X: ' !"~\u0080é\u00ff' }],
    ['an empty value', { X: '' }],
    ['32 of them', many(32)],
    ['16 KB of them', { A: 'v'.repeat(16_383) }],
    ['a name that objects have', { constructor: 'v', toString: 'v' }],
  ])('can be %s', (_, headers) => {
    expect(checkHeaders(headers)).toBeNull();
  });

  it.each<[string, Record<string, string>]>([
    ['Host', { Host: 'example.com' }],
    ['content-length', { 'content-length': '0' }],
    ['Connection', { Connection: 'close' }],
    ['KEEP-ALIVE', { 'KEEP-ALIVE': 'timeout=5' }],
    ['Proxy-Authorization', { 'Proxy-Authorization': 'Basic x' }],
    ['proxy-', { 'proxy-': 'x' }],
    ['TE', { TE: 'trailers' }],
    ['Trailer', { Trailer: 'X' }],
    ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
    ['Upgrade', { Upgrade: 'h2c' }],
    ['Expect', { Expect: '100-continue' }],
    ['', { '': 'v' }],
    ['X Y', { 'X Y': 'v' }],
    ['X:', { 'X:': 'v' }],
    ['X\r\nHost', { 'X\r\nHost': 'v' }],
    ['X\u0000', { 'X\u0000': 'v' }],
    ['Ä', { Ä: 'v' }],
    ['X', { X: 'a\r\nHost: b' }],
    ['X', { X: 'a\nb' }],
    ['X', { X: 'a\rb' }],
    ['X', { X: 'a\u0000b' }],
    ['X', { X: 'a\tb' }],
    ['X', { X: 'a\u007fb' }],
    ['X', { X: 'a\u0100b' }],
    ['X', { X: 'a\u{1f600}b' }],
    ['X', { X: 'a\u010db' }],
    ['x-team', { 'X-Team': 'a', 'x-team': 'b' }],
    ['X-32', many(33)],
    ['A', { A: 'v'.repeat(16_384) }],
    ['B', { A: 'v'.repeat(8_191), B: 'v'.repeat(8_192) }],
  ])('%j is refused by name', (name, headers) => {
    expect(checkHeaders(headers)?.name).toBe(name);
  });

  it('are refused with a message that fits on a line', () => {
    expect(checkHeaders({ 'X\r\nY': 'v' })?.message).not.toMatch(/[\r\n]/);
  });
});

describe('putting headers together', () => {
  const sources = {
    defaults: { 'User-Agent': 'Sched/1.0' },
    user: {},
    reserved: { 'Idempotency-Key': 'evt_42', 'Sched-Attempt': '1' },
    reservedPrefixes: ['sched-'],
  };

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['sends defaults and reserved ones', {}, { 'User-Agent': 'Sched/1.0' }],
    ["sends the user's", { 'X-Team': 'a' }, { 'User-Agent': 'Sched/1.0', 'X-Team': 'a' }],
    ['lets the user replace a default', { 'user-agent': 'acme/1' }, { 'user-agent': 'acme/1' }],
    ['lets nobody replace a reserved one', { 'IDEMPOTENCY-KEY': 'mine' }, { 'User-Agent': 'Sched/1.0' }],
    ['lets nobody invent one of ours', { 'sched-SIGNATURE': 't=1,v1=0' }, { 'User-Agent': 'Sched/1.0' }],
    ['keeps a name that only looks like one of ours', { Schedule: 'a' }, { 'User-Agent': 'Sched/1.0', Schedule: 'a' }],
  ])('%s', (_, user, expected) => {
    expect(composeHeaders({ ...sources, user })).toEqual({ ...expected, ...sources.reserved });
  });

  it('keeps a header called __proto__ a header', () => {
    const user = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    expect(Object.entries(composeHeaders({ ...sources, user }))).toContainEqual(['__proto__', 'x']);
  });
});
