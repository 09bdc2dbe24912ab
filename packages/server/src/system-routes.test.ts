import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from './testing/harness.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(() => t.close());

it.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])(
  '%s tells a monitor that asks for the head alone',
  async (path) => {
    const whole = await t.as(null).get(path);
    const head = await t.as(null).send('HEAD', path);
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe(whole.headers['content-type']);
  },
);
