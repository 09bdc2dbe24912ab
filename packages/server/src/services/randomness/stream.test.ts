import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { serverHashOf } from './fixtures.ts';
import { HmacKey } from './hmac.ts';
import { DrawStream } from './stream.ts';

const base = {
  serverSeed: 'aa47ddbf021afd16d64756e7f32b6cea2feebdfddc8fd57f1522641fdf372375',
  clientSeed: 'bba625387fb64d772ff7da0ed6e71b16',
  nonce: 400,
  cursor: 0,
};

describe('HmacKey', () => {
  // RFC 4231, section 4; case 5 shows the first 16 bytes only.
  test.each([
    ['1', Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    ['2', 'Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['5', Buffer.alloc(20, 0x0c), 'Test With Truncation', 'a3b6167473100ee06e0c796c2955552b'],
    [
      '6',
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      '7',
      Buffer.alloc(131, 0xaa),
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ])('gives the tag of RFC 4231 case %s', (_case, key, message, tag) => {
    expect(new HmacKey(key).digest(message, 'hex').slice(0, tag.length)).toBe(tag);
  });

  it('agrees with createHmac for keys and messages of any length, whatever was hashed before', () => {
    for (let length = 0; length < 400; length++) {
      const key = randomBytes(length % 140);
      const message = 'é💧a'.repeat(length * (length % 7));
      const expected = createHmac('sha256', key).update(message).digest();
      const hmac = new HmacKey(key);
      expect(hmac.digest(message, 'hex')).toBe(expected.toString('hex'));
      expect(hmac.digest(message, 'latin1')).toBe(expected.toString('latin1'));
    }
  });
});

describe('DrawStream', () => {
  it('is keyed with the text of the seed, whose hash is the commitment', () => {
    expect(serverHashOf(base.serverSeed)).toBe('158e995ed494f58c06d93e22f71554cf2126614174fde336aedf9a457dbf16f4');
    expect([...new DrawStream(base).bytes(8)]).toEqual([98, 92, 27, 175, 16, 51, 213, 32]);
  });

  it('goes on with the next round', () => {
    expect(new DrawStream(base).bytes(64).toString('hex')).toBe(
      '625c1baf1033d520f08073b60407664085024e35d463484a46a31a55165ded9d' +
        '55368d33d6c743d11770a9b9877bd091a196996e410c5f9d032e617875078850',
    );
  });

  it('begins at any byte, and reads words across blocks', () => {
    const whole = new DrawStream(base).bytes(400);
    for (let cursor = 0; cursor < 100; cursor++) {
      const stream = new DrawStream({ ...base, cursor });
      for (let at = cursor; at < cursor + 80; at += 4) expect(stream.word()).toBe(whole.readUInt32BE(at));
      expect(new DrawStream({ ...base, cursor }).bytes(97)).toEqual(whole.subarray(cursor, cursor + 97));
    }
  });

  it('is the plain HMAC of clientSeed:nonce:round far out and for any text', () => {
    const far = { serverSeed: 'short', clientSeed: 'a:b:é💧', nonce: 2 ** 53 - 2, cursor: 32 * 1_000_000_007 };
    const expected = createHmac('sha256', 'short').update('a:b:é💧:9007199254740990:1000000007').digest();
    expect(new DrawStream(far).bytes(32)).toEqual(expected);
  });
});
