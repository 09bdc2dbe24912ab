import { describe, expect, it } from 'vitest';
import { plainAddress, readAddressList, readRefererList } from './allowlist.ts';

describe('an address list', () => {
  it.each<[string, string, boolean]>([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.0/24', '203.0.113.0', true],
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.77/24', '203.0.113.1', true],
    ['203.0.113.7/32', '203.0.113.7', true],
    ['203.0.113.7/32', '203.0.113.6', false],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['2001:db8::1/128', '2001:db8::2', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.7', false],
    ['203.0.113.0/24', '::ffff:203.0.113.7', true],
    ['203.0.113.0/24', '::FFFF:cb00:7107', true],
    ['::ffff:203.0.113.7', '203.0.113.7', true],
    ['::ffff:203.0.113.0/120', '203.0.113.200', true],
    ['::ffff:203.0.113.0/120', '203.0.114.1', false],
    ['::ffff:0:0/96', '198.51.100.1', true],
    ['::1', '127.0.0.1', false],
    ['::/64', '203.0.113.7', false],
    ['::/64', '::ffff:203.0.113.7', false],
    ['0:0::FFFF:203.0.113.0/120', '203.0.113.9', true],
    ['127.0.0.1', 'not an address', false],
    ['127.0.0.1', '', false],
  ])('%s and %s: %s', (entry, address, allowed) => {
    const reading = readAddressList([entry]);
    expect(reading.ok && reading.allows(address)).toBe(allowed);
  });

  it.each([
    '',
    ' ',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.0/33',
    '203.0.113.0/-1',
    '203.0.113.0/',
    '203.0.113.0/2 4',
    '203.0.113.0/24/24',
    '203.0.113.0/ff',
    '2001:db8::/129',
    '2001:db8::/0128',
    'fe80::1%eth0',
    '::ffff:203.0.113.0/95',
    'example.com',
    '0x7f.1',
    '010.0.0.1',
  ])('does not take %j for an entry, and says which one is wrong', (entry) => {
    const reading = readAddressList(['203.0.113.7', entry]);
    expect(reading.ok).toBe(false);
    expect(!reading.ok && reading.index).toBe(1);
    expect(!reading.ok && reading.message).toContain(`"${entry}"`);
  });

  it('that is empty restricts nothing; of several entries, one is enough', () => {
    const none = readAddressList([]);
    expect(none.ok && none.allows('203.0.113.7')).toBe(true);
    const several = readAddressList(['203.0.113.7', '2001:db8::/32']);
    expect(several.ok && several.allows('2001:db8::9')).toBe(true);
    expect(several.ok && several.allows('203.0.113.7')).toBe(true);
    expect(several.ok && several.allows('203.0.113.8')).toBe(false);
  });
});

describe('an address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['0::ffff:192.0.2.1', '192.0.2.1'],
    ['::0:ffff:c000:201', '192.0.2.1'],
    ['::ffff:0:192.0.2.1', '::ffff:0:192.0.2.1'],
    ['::ffff:192.0.2.1%eth0', '::ffff:192.0.2.1%eth0'],
    ['2001:db8::ffff:192.0.2.1', '2001:db8::ffff:192.0.2.1'],
    ['::192.0.2.1', '::192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['', ''],
  ])('%s is %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });
});

describe('a referer list', () => {
  it.each<[string, string | undefined, boolean]>([
    ['https://app.example.com', 'https://app.example.com/page?x=1#y', true],
    ['https://app.example.com', 'https://app.example.com', true],
    ['https://APP.example.com', 'https://app.EXAMPLE.com/', true],
    ['https://app.example.com', 'http://app.example.com/', false],
    ['https://app.example.com', 'https://app.example.com:8443/', false],
    ['https://app.example.com:443', 'https://app.example.com/', true],
    ['http://app.example.com:80', 'http://app.example.com/', true],
    ['https://app.example.com:8443', 'https://app.example.com:8443/', true],
    ['https://app.example.com', 'https://evil.com/https://app.example.com', false],
    ['https://app.example.com', 'https://app.example.com.evil.com/', false],
    ['https://app.example.com', 'https://app.example.com@evil.com/', false],
    ['https://app.example.com', 'https://xapp.example.com/', false],
    ['https://*.example.com', 'https://a.example.com/', true],
    ['https://*.example.com', 'https://a.b.example.com/', true],
    ['https://*.example.com', 'https://example.com/', false],
    ['https://*.example.com', 'https://evilexample.com/', false],
    ['https://*.example.com', 'https://a.example.com.evil.com/', false],
    ['https://*.example.com:8443', 'https://a.example.com:8443/', true],
    ['https://*.example.com:8443', 'https://a.example.com/', false],
    ['https://app.example.com', undefined, false],
    ['https://app.example.com', '', false],
    ['https://app.example.com', 'null', false],
    ['https://app.example.com', 'about:blank', false],
    ['https://app.example.com', '//app.example.com/', false],
    ['https://app.example.com', 'https://app.example.com./', false],
    ['http://[::1]:3000', 'http://[::1]:3000/x', true],
    ['http://localhost:3000', 'http://localhost:3000/x', true],
  ])('%s and %j: %s', (entry, referer, allowed) => {
    const reading = readRefererList([entry]);
    expect(reading.ok && reading.allows(referer)).toBe(allowed);
  });

  it.each([
    '',
    'app.example.com',
    'ftp://app.example.com',
    'https://',
    'https://*',
    'https://*.',
    'https://a.*.example.com',
    'https://app.example.com/path',
    'https://app.example.com?x',
    'https://user@app.example.com',
    'https://app.example.com:99999',
    'https://app example.com',
    'https://*.*.example.com',
  ])('does not take %j for an origin', (entry) => {
    expect(readRefererList([entry]).ok).toBe(false);
  });

  it('that is empty restricts nothing', () => {
    const none = readRefererList([]);
    expect(none.ok && none.allows(undefined)).toBe(true);
  });
});
