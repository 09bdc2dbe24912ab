import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type CallOptions, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let db: FreshDatabase;
let t: TestPlatform;
let account: string;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: { ...db.env, TRUST_PROXY: '10.9.0.0/16' } });
});
beforeEach(async () => {
  account = await t.workspace();
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

interface Lists {
  readonly allowedIps?: string[];
  readonly allowedReferers?: string[];
}

/** What a key with these lists answers: `ok`, or the code of the refusal. */
async function keyWith(mode: 'live' | 'test', lists: Lists) {
  const { id, key } = await t.key(account, { mode, ...lists });
  const ask = async (options: CallOptions = {}, path = '/api/ints?clientSeed=lists') => {
    const { status, body } = await t.as(key).get(path, options);
    expect([200, 403]).toContain(status);
    return status === 200 ? 'ok' : body.code;
  };
  const activity = async () =>
    (await t.platform.keysOf(account).activity(id, 500)).filter(({ event }) => event === 'denied');
  return { id, key, ask, activity };
}

const from = (address: string): CallOptions => ({ address });
const by = (referer: string): CallOptions => ({ headers: { referer } });

describe.each(['live', 'test'] as const)('of a %s key', (mode) => {
  it('an IP allowlist holds single addresses and ranges of both families, mapped IPv4 as IPv4', async () => {
    const lists = {
      allowedIps: ['203.0.113.7', '198.51.100.0/25', '2001:db8:1::/48', '::ffff:192.0.2.0/120', '2001:db8:9::9'],
    };
    const { ask } = await keyWith(mode, lists);
    for (const address of [
      '203.0.113.7',
      '::ffff:203.0.113.7',
      '::ffff:cb00:7107',
      '198.51.100.0',
      '198.51.100.127',
      '192.0.2.200',
      '2001:db8:1:ffff::1',
      '2001:0DB8:0009:0:0:0:0:9',
    ]) {
      expect([address, await ask(from(address))]).toEqual([address, 'ok']);
    }
    for (const address of [
      '203.0.113.8',
      '203.0.113.70',
      '198.51.100.128',
      '192.0.3.1',
      '2001:db8:2::1',
      '2001:db8:9::a',
      '::203.0.113.7',
      '127.0.0.1',
    ]) {
      expect([address, await ask(from(address))]).toEqual([address, 'ip_not_allowed']);
    }
  });

  it('a Referer allowlist compares scheme, host and port, and *. stands for one or more labels', async () => {
    const lists = {
      allowedReferers: [
        'https://app.example.com',
        'https://*.games.example',
        'http://localhost:5173',
        'https://Shop.Example:443',
      ],
    };
    const { ask } = await keyWith(mode, lists);
    for (const referer of [
      'https://app.example.com',
      'https://app.example.com/',
      'https://app.example.com:443/deep/page?x=1#y',
      'https://APP.example.com/x',
      'https://a.games.example/',
      'https://a.b.games.example:443/',
      'http://localhost:5173/index.html',
      'https://shop.example/',
    ]) {
      expect([referer, await ask(by(referer))]).toEqual([referer, 'ok']);
    }
    for (const referer of [
      'http://app.example.com/',
      'https://www.app.example.com/',
      'https://app.example.com:8443/',
      'https://app.example.com.evil.example/',
      'https://evil.example/?https://app.example.com',
      'https://app.example.com@evil.example/',
      'https://games.example/',
      'https://evilgames.example/',
      'https://localhost:5173/',
      'http://localhost/',
      'app.example.com',
      'null',
      '',
    ]) {
      expect([referer, await ask(by(referer))]).toEqual([referer, 'referer_not_allowed']);
    }
    expect(await ask()).toBe('referer_not_allowed');
  });

  it('both lists must hold, and the address is looked at first', async () => {
    const { ask } = await keyWith(mode, { allowedIps: ['203.0.113.7'], allowedReferers: ['https://app.example.com'] });
    const good = { address: '203.0.113.7', headers: { referer: 'https://app.example.com/' } };
    expect(await ask(good)).toBe('ok');
    expect(await ask({ ...good, headers: {} })).toBe('referer_not_allowed');
    expect(await ask({ ...good, address: '203.0.113.8' })).toBe('ip_not_allowed');
    expect(await ask({ address: '203.0.113.8' })).toBe('ip_not_allowed');
  });

  it('an empty list restricts nothing; a change of a list holds at once', async () => {
    const { id, ask } = await keyWith(mode, { allowedIps: [], allowedReferers: [] });
    expect(await ask(from('203.0.113.99'))).toBe('ok');
    await t.platform.keysOf(account).update(id, { allowedIps: ['203.0.113.7'] });
    await expect.poll(() => ask(from('203.0.113.99')), { timeout: 1_000, interval: 20 }).toBe('ip_not_allowed');
    await t.platform.keysOf(account).update(id, { allowedIps: [] });
    await expect.poll(() => ask(from('203.0.113.99')), { timeout: 1_000, interval: 20 }).toBe('ok');
  });

  it('the lists hold at every operation that the key is sent to', async () => {
    const { ask } = await keyWith(mode, { allowedIps: ['203.0.113.7'] });
    for (const path of [
      '/api/floats',
      '/api/listOutcomes',
      '/api/usage',
      '/api/merkle',
      '/api/health',
      '/api/stream',
      '/api/account/keys',
    ]) {
      expect([path, await ask(from('203.0.113.8'), path)]).toEqual([path, 'ip_not_allowed']);
    }
  });

  it('behind a configured proxy the caller is who the proxy says, and X-Forwarded-For of anybody else counts nothing', async () => {
    const { ask } = await keyWith(mode, { allowedIps: ['203.0.113.7'] });
    const forwarded = (address: string, hops: string) => ({ address, headers: { 'x-forwarded-for': hops } });
    expect(await ask(forwarded('10.9.1.1', '203.0.113.7'))).toBe('ok');
    expect(await ask(forwarded('10.9.1.1', '1.1.1.1, 203.0.113.7'))).toBe('ok');
    expect(await ask(forwarded('10.9.1.1', '203.0.113.7, 1.1.1.1'))).toBe('ip_not_allowed');
    expect(await ask(forwarded('192.0.2.1', '203.0.113.7'))).toBe('ip_not_allowed');
  });

  it('a refused call draws nothing and costs no quota', async () => {
    const { key, ask } = await keyWith(mode, { allowedIps: ['203.0.113.7'] });
    const before = (await t.as(key).get('/api/usage', from('203.0.113.7'))).body;
    await ask(from('203.0.113.8'));
    expect((await t.as(key).get('/api/usage', from('203.0.113.7'))).body).toEqual(before);
    expect((await t.as(key).get('/api/listOutcomes?clientSeed=lists', from('203.0.113.7'))).body).toEqual([]);
  });

  it("every denial is in the key's activity within a second: when, from where, by which Referer, where to and why", async () => {
    const { id, key, ask, activity } = await keyWith(mode, {
      allowedIps: ['203.0.113.7'],
      allowedReferers: ['https://app.example.com'],
    });
    const since = t.clock.now();
    await ask({ address: '203.0.113.8', headers: { referer: 'https://spy.example/page?key=secret' } });
    await ask({ address: '203.0.113.7', headers: { referer: 'not a URL' } }, '/api/usage');
    await ask({ address: '203.0.113.7' }, '/api/merkle/2026-01-01');
    await expect.poll(activity, { timeout: 1_000, interval: 20 }).toHaveLength(3);
    const found = await activity();
    for (const { at } of found) {
      expect(at).toBeGreaterThanOrEqual(since);
      expect(at).toBeLessThanOrEqual(t.clock.now());
    }
    const details = found.map(({ detail }) => detail);
    expect(details).toContainEqual({
      reason: 'ip_not_allowed',
      endpoint: 'GET /api/ints',
      address: '203.0.113.8',
      referer: 'https://spy.example',
      times: 1,
    });
    expect(details).toContainEqual({
      reason: 'referer_not_allowed',
      endpoint: 'GET /api/usage',
      address: '203.0.113.7',
      referer: 'unreadable',
      times: 1,
    });
    expect(details).toContainEqual({
      reason: 'referer_not_allowed',
      endpoint: 'GET /api/merkle/:date',
      address: '203.0.113.7',
      referer: null,
      times: 1,
    });
    const owner = t.as((await t.key(account, { mode })).key);
    const feed = (await owner.get(`/api/account/keys/${id}/activity`)).body.activity;
    expect(feed.filter(({ event }: { event: string }) => event === 'denied')).toEqual(found);
    expect(feed.at(-1)).toMatchObject({ event: 'created' });
    expect(JSON.stringify(feed)).not.toContain('secret');
    expect(JSON.stringify(feed)).not.toContain(key.slice(8));
  });

  it('a flood of denials costs a bounded number of rows, and none is left out of the count', async () => {
    const { ask, activity } = await keyWith(mode, { allowedIps: ['203.0.113.7'] });
    const denials = 1_000;
    for (let i = 0; i < denials; i += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, j) => ask(from(`198.51.${(i + j) >> 8}.${(i + j) & 255}`))));
    }
    await t.platform.flush();
    const written = await activity();
    expect(written).toHaveLength(30);
    expect(written[0]?.detail).toMatchObject({ address: expect.any(String), times: 1 });
    t.clock.advance(60_000);
    await t.platform.flush();
    const after = await activity();
    expect(after).toHaveLength(31);
    expect(after[0]?.detail).toEqual({ reason: 'ip_not_allowed', times: denials - 30 });
    expect(after.reduce((sum, { detail }) => sum + Number(detail['times']), 0)).toBe(denials);
  });

  it('equal denials are one row with their number', async () => {
    const { ask, activity } = await keyWith(mode, { allowedIps: ['203.0.113.7'] });
    await t.platform.flush();
    await Promise.all(Array.from({ length: 40 }, () => ask(from('198.51.100.9'))));
    await t.platform.flush();
    const found = await activity();
    expect(found.length).toBeLessThanOrEqual(4);
    expect(found.reduce((sum, { detail }) => sum + Number(detail['times']), 0)).toBe(40);
  });
});

describe('entries', () => {
  it('that cannot be read are refused when they are saved, naming the line; at most 50', async () => {
    const keys = t.platform.keysOf(account);
    const base = { service: 'randomness', mode: 'test', name: 'lists' } as const;
    const cases: [lists: Lists, param: string][] = [
      [{ allowedIps: ['203.0.113.7', 'nonsense'] }, 'allowedIps[1]'],
      [{ allowedIps: ['203.0.113.0/33'] }, 'allowedIps[0]'],
      [{ allowedIps: ['2001:db8::/129'] }, 'allowedIps[0]'],
      [{ allowedIps: ['203.0.113.7/'] }, 'allowedIps[0]'],
      [{ allowedIps: ['203.0.113.7 '] }, 'allowedIps[0]'],
      [{ allowedIps: ['203.0.113.0-203.0.113.9'] }, 'allowedIps[0]'],
      [{ allowedIps: ['fe80::1%eth0'] }, 'allowedIps[0]'],
      [{ allowedIps: ['::ffff:192.0.2.0/24'] }, 'allowedIps[0]'],
      [{ allowedIps: [''] }, 'allowedIps[0]'],
      [{ allowedIps: Array.from({ length: 51 }, (_, i) => `10.0.0.${i}`) }, 'allowedIps'],
      [{ allowedReferers: ['https://ok.example', 'app.example.com'] }, 'allowedReferers[1]'],
      [{ allowedReferers: ['https://app.example.com/'] }, 'allowedReferers[0]'],
      [{ allowedReferers: ['https://app.example.com/path'] }, 'allowedReferers[0]'],
      [{ allowedReferers: ['ftp://app.example.com'] }, 'allowedReferers[0]'],
      [{ allowedReferers: ['https://*'] }, 'allowedReferers[0]'],
      [{ allowedReferers: ['https://a.*.example.com'] }, 'allowedReferers[0]'],
      [{ allowedReferers: ['https://user@app.example.com'] }, 'allowedReferers[0]'],
      [{ allowedReferers: ['*.example.com'] }, 'allowedReferers[0]'],
    ];
    for (const [lists, param] of cases) {
      await expect(keys.create({ ...base, ...lists })).rejects.toMatchObject({
        code: 'invalid_input',
        details: { param },
      });
    }
    const fifty = Array.from({ length: 50 }, (_, i) => `10.0.0.${i}`);
    expect((await keys.create({ ...base, allowedIps: fifty })).allowedIps).toEqual(fifty);
  });
});
