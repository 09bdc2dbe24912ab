import { describe, expect, it } from 'vitest';
import { type Mode, modes } from '../mode.ts';
import type { KeyRules } from '../service.ts';
import { createKeyText, readKeyText } from './key-text.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const rules = (live: string, test: string, length: number): KeyRules => ({
  prefix: { live, test },
  env: 'KEY',
  length,
  anonymous: 'refuse',
});
const services: [string, KeyRules][] = [
  ['prefixes of one length', rules('pk_live_', 'pk_test_', 40)],
  ['a prefix inside the other', rules('pivotal_', 'pivotal_test_', 48)],
];

describe.each(services)('a key with %s', (_, keys) => {
  const texts = modes.flatMap((mode) => Array.from({ length: 5 }, () => [mode, createKeyText(keys, mode)] as const));

  it('has its prefix, its length and its alphabet, and tells its mode', () => {
    for (const [mode, text] of texts) {
      expect(text).toMatch(new RegExp(`^${keys.prefix[mode]}[0-9A-Za-z]{${keys.length}}$`));
      expect(readKeyText(keys, text)).toEqual({ ok: true, mode });
    }
    expect(new Set(texts.map(([, text]) => text)).size).toBe(texts.length);
  });

  it('is refused with any one character replaced', () => {
    for (const [, text] of texts.slice(0, 2)) {
      for (let i = 0; i < text.length; i++) {
        for (const letter of alphabet + '_-. ') {
          if (letter !== text[i])
            expect(readKeyText(keys, text.slice(0, i) + letter + text.slice(i + 1)).ok).toBe(false);
        }
      }
    }
  });

  it('is refused with any one character left out, doubled or swapped with its neighbour', () => {
    for (const [, text] of texts) {
      for (let i = 0; i < text.length; i++) {
        const typos = [
          text.slice(0, i) + text.slice(i + 1),
          text.slice(0, i) + text[i] + text.slice(i),
          text.slice(0, i) + (text[i + 1] ?? '') + (text[i] ?? '') + text.slice(i + 2),
        ];
        for (const typo of typos) if (typo !== text) expect(readKeyText(keys, typo).ok, typo).toBe(false);
      }
    }
  });

  it('is refused under the prefix of the other mode', () => {
    for (const [mode, text] of texts) {
      const other: Mode = mode === 'live' ? 'test' : 'live';
      const body = text.slice(keys.prefix[mode].length);
      expect(readKeyText(keys, keys.prefix[other] + body)).toEqual({ ok: false, mode: other });
    }
  });
});

describe('a text that is no key', () => {
  it.each([
    ['', null],
    ['pk_', null],
    ['sk_live_x', null],
    ['PK_LIVE_x', null],
    ['pk_live_', 'live'],
    [`pk_test_${'0'.repeat(40)}`, 'test'],
    [`pk_test_${'é'.repeat(40)}`, 'test'],
    [`pk_live_${'0'.repeat(100_000)}`, 'live'],
    [' pk_live_x', null],
  ])('is refused, and its prefix still says the mode: %j', (text, mode) => {
    expect(readKeyText(rules('pk_live_', 'pk_test_', 40), text)).toEqual({ ok: false, mode });
  });

  it('has the checksum that was published once', () => {
    // CRC-32 of the text before it, in base62, computed with Python's zlib: a change of the algorithm would lock every key out.
    const body = `pk_test_${'0'.repeat(34)}`;
    expect(readKeyText(rules('pk_live_', 'pk_test_', 40), `${body}3OtA9d`).ok).toBe(true);
  });
});
