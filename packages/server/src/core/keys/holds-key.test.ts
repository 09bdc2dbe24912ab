import { expect, it } from 'vitest';
import { holdsKey } from './holds-key.ts';
import { createKeyText } from './key-text.ts';

const rules = { env: 'KEY', anonymous: 'refuse', prefix: { live: 'ab.c_', test: 'ab.c_test_' }, length: 40 } as const;
const holds = holdsKey([rules, { prefix: { live: 'x_', test: 'x_test_' } }]);

it('knows a key wherever it stands in a text', () => {
  for (const mode of ['live', 'test'] as const) {
    const key = createKeyText(rules, mode);
    expect([key, `retry ${key}`, `${key}-1`, `x${key}`, key.slice(0, 35)].map(holds)).toEqual(Array(5).fill(true));
  }
});

it.each([
  'order-66',
  'ab.c_',
  'ab.c_test_order',
  'abxc_0123456789abcdefghijklmnop',
  '3f0c7a52-4d0e-4c0a-9f6b-0a3a2c1d4e5f',
])('takes %s for what it is', (text) => expect(holds(text)).toBe(false));
