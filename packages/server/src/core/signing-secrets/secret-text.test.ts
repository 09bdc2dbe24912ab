import { describe, expect, test } from 'vitest';
import { generateSecret, readSecret, type SecretFormat, type SecretProblem, secretBytes } from './secret-text.ts';

describe('a generated secret', () => {
  test.each<[SecretFormat, RegExp]>([
    ['base64', /^whsec_[A-Za-z0-9+/]{43}=$/],
    ['base64url', /^whsec_[A-Za-z0-9]{43}$/],
    ['text', /^whsec_[A-Za-z0-9]{43}$/],
  ])('%s: 32 bytes behind the prefix, another each time, and acceptable itself', (format, shape) => {
    const secrets = Array.from({ length: 50 }, () => generateSecret(format));
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      expect(secret).toMatch(shape);
      expect(secretBytes(secret)).toHaveLength(32);
      expect(readSecret(secret, format)).toEqual({ ok: true, secret });
    }
  });
});

describe('a secret that the caller brings', () => {
  const base64 = Buffer.alloc(32, 0xfb).toString('base64');
  const base64url = Buffer.alloc(32, 0xfb).toString('base64url');

  test.each<[SecretFormat, string]>([
    ['text', 'whsec_test_1f6c0d2a9b7e4c53'],
    ['text', 'whsec_test_previous_0001'],
    ['text', 'x'.repeat(24)],
    ['text', 'x'.repeat(256)],
    ['text', 'any thing that can be printed: ~!@#'],
    ['base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['base64', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['base64', `whsec_${base64}`],
    ['base64', base64.replace('=', '')],
    ['base64', Buffer.alloc(64, 1).toString('base64')],
    ['base64url', `whsec_${base64url}`],
    ['base64url', `${base64url}=`],
  ])('%s: %j is accepted', (format, secret) => {
    expect(readSecret(secret, format)).toEqual({ ok: true, secret });
  });

  test.each<[SecretFormat, string, SecretProblem]>([
    ['text', '', 'empty'],
    ['text', 'whsec_', 'prefix_only'],
    ['text', 'x'.repeat(23), 'too_short'],
    ['text', 'whsec_17_characters__', 'too_short'],
    ['text', 'x'.repeat(257), 'too_long'],
    ['text', `${'x'.repeat(30)}\n`, 'not_printable'],
    ['text', ` ${'x'.repeat(30)}`, 'not_printable'],
    ['text', `${'x'.repeat(30)}ü`, 'not_printable'],
    ['text', ' ', 'not_printable'],
    ['base64', '', 'empty'],
    ['base64', 'whsec_', 'prefix_only'],
    ['base64', 'whsec_test_1f6c0d2a9b7e4c53', 'not_base64'],
    ['base64', `whsec_${base64url}`, 'not_base64'],
    ['base64', `whsec_${'A'.repeat(33)}`, 'not_base64'],
    ['base64', `whsec_${'='.repeat(24)}`, 'not_base64'],
    ['base64', `whsec_${Buffer.alloc(23, 1).toString('base64')}`, 'key_length'],
    ['base64', `whsec_${Buffer.alloc(65, 1).toString('base64')}`, 'key_length'],
    ['base64url', `whsec_${base64}`, 'not_base64'],
  ])('%s: %j is refused: %s', (format, secret, reason) => {
    expect(readSecret(secret, format)).toEqual({
      ok: false,
      reason,
      message: expect.stringMatching(/^The secret .+, or leave it out to have one generated\.$/),
    });
  });

  test('a refusal does not repeat the secret', () => {
    const reading = readSecret('hunter2', 'text');
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});
