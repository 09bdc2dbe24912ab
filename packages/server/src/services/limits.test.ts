import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { service as shortlinks } from '../../../../examples/shortlinks/service.ts';
import { modes } from '../core/mode.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { services as own } from './index.ts';

/* A used-up limit is answered alike by every service, in both modes: with 429, when to come back, and a code of its own. */
const services = [...own, shortlinks];

/** The variables that lower every limit there is to two. */
const lowered = Object.fromEntries(
  services.flatMap(({ contract: { modes: rules, settings } }) =>
    modes.flatMap((mode) => {
      const { setting } = rules.limits[mode] as { readonly setting?: string };
      const found = setting === undefined ? undefined : (settings as Record<string, { env: string }>)[setting];
      return found === undefined ? [] : [[found.env, '2']];
    }),
  ),
);

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform({ services, env: lowered });
});
afterAll(() => t?.close());

describe.each(services.flatMap(({ contract }) => modes.map((mode) => ({ name: contract.name, contract, mode }))))(
  '$name in $mode mode',
  ({ contract, mode }) => {
    test('a used-up limit is 429, says when it ends, and has a code of the catalogue', async () => {
      const { max } = contract.modes.limits[mode];
      const { key } = await t.key(await t.workspace(), { service: contract.name, mode });
      const path = { randomness: '/usage', shortlinks: '/links', invoices: '/me', scheduler: '/me', onboarding: '/me' };
      const ask = () => t.as(key).get(`${contract.basePath}${path[contract.name as keyof typeof path]}`);
      let refused = await ask();
      for (let sent = 1; refused.status === 200 && sent <= max + 2; sent++) refused = await ask();
      expect(refused.status, refused.text).toBe(429);
      expect(refused.headers['retry-after']).toMatch(/^[1-9]\d{0,4}$/);
      expect(refused.headers).toMatchObject({
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
        'interlock-mode': mode,
      });
      const code: unknown = refused.body.code ?? refused.body.error.code;
      expect(contract.errors).toHaveProperty([String(code), 'status'], 429);
    });
  },
);
