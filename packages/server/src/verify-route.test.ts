import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadServices } from './load-services.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from './testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from './testing/harness.ts';

const INTERLOCK_SERVICES = fileURLToPath(new URL('../../../examples/shortlinks/service.ts', import.meta.url));
const forAll = 'a'.repeat(64);
const forLinks = 'b'.repeat(64);

let fresh: FreshDatabase;
let t: TestPlatform;
let workspace: string;
beforeAll(async () => {
  fresh = await createFreshDatabase();
  t = await createTestPlatform({
    owner: fresh.owner,
    services: await loadServices({ INTERLOCK_SERVICES }),
    env: { ...fresh.env, INTERLOCK_SERVICE_KEYS: `*:${forAll}, shortlinks:${forLinks}` },
  });
  workspace = await t.workspace();
});
afterAll(async () => {
  await t?.close();
  await fresh?.drop();
});

const ask = (body: unknown, serviceKey: string | null = forLinks) =>
  t.as(serviceKey).post('/core/v1/keys/verify', body);
const links = (mode: 'live' | 'test', more: object = {}) => t.key(workspace, { service: 'shortlinks', mode, ...more });

describe('a key that holds', () => {
  test.each(['live', 'test'] as const)(
    'is told whose it is, in %s mode, with what is left of its limit',
    async (mode) => {
      const { key, id } = await links(mode, { name: 'till', scopes: ['read'] });
      const first = await ask({ key });
      expect(first.status).toBe(200);
      expect(first.body).toEqual({
        valid: true,
        workspaceId: workspace,
        service: 'shortlinks',
        mode,
        keyId: id,
        name: 'till',
        scopes: ['read'],
        expiresAt: null,
        limit: { limit: 600, remaining: 599, resetAt: expect.any(Number) },
      });
      expect((await ask({ key })).body.limit.remaining).toBe(598);
      expect(first.text).not.toContain(key);
    },
  );

  test('takes from the same limit as a call of its service', async () => {
    const { key } = await links('test');
    await ask({ key });
    const called = await t.as(key).get('/links/v1/links');
    expect(called.headers['x-ratelimit-remaining']).toBe('598');
  });
});

describe('a key that does not hold is an answer, with a sentence to hand on', () => {
  test('unknown, mistyped, revoked, of another service', async () => {
    const { key, id } = await links('test');
    const other = await t.key(workspace, { service: 'scheduler', mode: 'test' });
    const invalid = { valid: false, code: 'invalid_key', retryAfter: null };
    expect((await ask({ key: 'links_test_nothing' })).body).toMatchObject(invalid);
    expect((await ask({ key: `${key.slice(0, -1)}!` })).body).toMatchObject(invalid);
    expect((await ask({ key: other.key })).body).toMatchObject(invalid);
    expect((await ask({ key })).body.valid).toBe(true);
    await t.platform.keysOf(workspace).revoke(id);
    await expect.poll(async () => (await ask({ key })).body).toMatchObject(invalid);
  });

  test('without the scope, from another address, from another page', async () => {
    const { key } = await links('live', { scopes: ['read'], allowedIps: ['203.0.113.0/24'] });
    const address = '203.0.113.7';
    expect((await ask({ key, scope: 'write', address })).body).toMatchObject({ valid: false, code: 'scope_missing' });
    expect((await ask({ key, scope: 'read', address })).body.valid).toBe(true);
    expect((await ask({ key, address: '::ffff:203.0.113.9' })).body.valid).toBe(true);
    expect((await ask({ key, address: '198.51.100.1' })).body.code).toBe('address_not_allowed');
    expect((await ask({ key })).body.code).toBe('address_not_allowed');
    const paged = await links('live', { allowedReferers: ['https://shop.example'] });
    expect((await ask({ key: paged.key })).body.code).toBe('referer_not_allowed');
    expect((await ask({ key: paged.key, referer: 'https://shop.example/cart' })).body.valid).toBe(true);
  });

  test('over its limit, with the seconds to wait', async () => {
    const { key } = await links('test');
    for (let i = 0; i < 600; i++) await ask({ key });
    const { body } = await ask({ key });
    expect(body).toMatchObject({ valid: false, code: 'rate_limited' });
    expect(body.retryAfter).toBeGreaterThan(0);
  });
});

describe('who may ask', () => {
  test('nobody without a service key, and no API key', async () => {
    const { key } = await links('test');
    expect(await ask({ key }, null)).toMatchObject({ status: 401 });
    expect(await ask({ key }, key)).toMatchObject({ status: 401 });
    expect((await ask({ key }, 'c'.repeat(64))).body.error.code).toBe('invalid_key');
  });

  test('the holder of a key of one service about that one only; of a key for all, about any', async () => {
    const { key } = await t.key(workspace, { service: 'scheduler', mode: 'live' });
    expect(await ask({ key, service: 'scheduler' })).toMatchObject({ status: 403 });
    expect((await ask({ key }, forAll)).body).toMatchObject({ valid: true, service: 'scheduler', mode: 'live' });
    expect((await ask({ key, service: 'nothing' }, forAll)).body.error).toMatchObject({ param: 'service' });
  });

  test('bad input names the field', async () => {
    expect((await ask({})).body.error).toMatchObject({ param: 'key' });
    expect((await ask({ key: 'x', colour: 1 })).body.error).toMatchObject({ param: 'colour' });
    const text = await t.as(forLinks).send('POST', '/core/v1/keys/verify', 'key=x', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(text.status).toBe(415);
  });
});

test('an answer leaves no row behind', async () => {
  const { key } = await links('test');
  await ask({ key });
  const counts = async () => {
    await t.platform.flush();
    const tables = await asOwner<{ name: string }>(
      fresh.owner,
      `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('core', 'shared', 'live', 'test')`,
    );
    const counted = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from ${name}`);
    return asOwner(fresh.owner, `${counted.join(' union all ')} order by name`);
  };
  const before = await counts();
  for (let i = 0; i < 50; i++) expect((await ask({ key })).body.valid).toBe(true);
  expect(await counts()).toEqual(before);
});

test('neither key ever reaches the log', async () => {
  const { key } = await links('test');
  await ask({ key });
  await ask({ key: `${key}x` }, forAll);
  const log = t.log.join('\n');
  for (const secret of [key, forAll, forLinks]) expect(log).not.toContain(secret);
});
