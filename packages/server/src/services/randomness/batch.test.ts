import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let t: TestPlatform;
let account: string;
let live: Caller;
let test: Caller;

beforeAll(async () => {
  t = await createTestPlatform({ env: { DAILY_QUOTA: '100', INTERLOCK_POOL_SIZE: '4' } });
});
beforeEach(async () => {
  account = await t.workspace();
  live = t.as((await t.key(account, { mode: 'live' })).key);
  test = t.as((await t.key(account)).key);
});
afterEach(() => expectCleanLog(t.log));
afterAll(() => t.close());

type Result = { ok: boolean; outcome: Record<string, unknown>; code?: string; param?: string; error?: string };

const batch = async (caller: Caller, draws: unknown[], headers: Record<string, string> = {}) => {
  const answer = await caller.post('/api/batch', { draws }, { headers });
  expect(answer.status).toBe(200);
  return answer.body.results as Result[];
};
const used = async () => (await live.get('/api/usage')).body.quota.used as number;

describe('a batch', () => {
  it('answers one full outcome for each draw, in order, of any generator', async () => {
    const draws = [
      { endpoint: 'ints', params: { clientSeed: 'chest-1', count: 1, min: 1, max: 100 } },
      { endpoint: 'pick', params: { clientSeed: 'loot-3', items: ['common', 'rare'], weights: [70, 30] } },
      { endpoint: 'floats' },
      { endpoint: 'shuffle', params: { items: 'a,b,c' } },
      { endpoint: 'bytes', params: { count: '4' } },
      { endpoint: 'dice', params: { notation: '2d6' } },
      { endpoint: 'gaussian', params: {} },
      { endpoint: 'uuid', params: { count: 2 } },
    ];
    for (const caller of [live, test]) {
      const results = await batch(caller, draws);
      expect(results.map((result) => result.outcome['endpoint'])).toEqual(draws.map(({ endpoint }) => endpoint));
      for (const { ok, outcome } of results) {
        expect(ok).toBe(true);
        expect(outcome).toHaveProperty('shortId');
        expect(outcome).toHaveProperty('receipt');
      }
    }
  });

  it('runs its draws in order: two on one client seed take consecutive nonces', async () => {
    const draws = Array.from({ length: 50 }, (_, i) => ({ endpoint: 'ints', params: { clientSeed: `seed-${i % 2}` } }));
    const results = await batch(live, draws);
    expect(results.map(({ outcome }) => outcome['nonce'])).toEqual(draws.map((_, i) => Math.floor(i / 2)));
  });

  it('goes on after a bad draw, names its field, and persists the good ones', async () => {
    const draws = [
      { endpoint: 'ints', params: { clientSeed: 'good' } },
      { endpoint: 'ints', params: { clientSeed: 'good', min: 9, max: 1 } },
      { endpoint: 'ints', params: { clientSeed: 'good', count: 0 } },
      { endpoint: 'ints', params: { clientSeed: 'good', cuont: 1 } },
      { endpoint: 'coin' },
      { endpoint: 'ints', parms: {} },
      { params: {} },
      { endpoint: 'ints', params: [] },
      { endpoint: 'ints', params: null },
      'ints',
      null,
      { endpoint: 'ints', params: { clientSeed: 'good' } },
    ];
    for (const caller of [live, test]) {
      const results = await batch(caller, draws);
      expect(results.map(({ ok, code, param }) => (ok ? 'ok' : [code, param]))).toEqual([
        'ok',
        ['invalid_request', 'draws[1].params.min'],
        ['invalid_request', 'draws[2].params.count'],
        ['invalid_request', 'draws[3].params.cuont'],
        ['invalid_request', 'draws[4].endpoint'],
        ['invalid_request', 'draws[5].parms'],
        ['invalid_request', 'draws[6].endpoint'],
        ['invalid_request', 'draws[7].params'],
        ['invalid_request', 'draws[8].params'],
        ['invalid_request', 'draws[9]'],
        ['invalid_request', 'draws[10]'],
        'ok',
      ]);
    }
    expect((await live.get('/api/listOutcomes?clientSeed=good')).body).toHaveLength(2);
    expect(await used()).toBe(2);
  });

  it('is refused as a whole only for a bad envelope', async () => {
    const draw = { endpoint: 'ints' };
    const cases: [unknown, string][] = [
      [{}, 'draws'],
      [{ draws: [] }, 'draws'],
      [{ draws: Array(51).fill(draw) }, 'draws'],
      [{ draws: draw }, 'draws'],
      [{ draws: 'ints' }, 'draws'],
      [{ draws: null }, 'draws'],
      [{ draws: [draw], more: 1 }, 'more'],
    ];
    for (const [body, param] of cases) {
      const answer = await live.post('/api/batch', body);
      expect([answer.status, answer.body.code, answer.body.param]).toEqual([400, 'invalid_request', param]);
    }
    expect(await batch(live, Array(50).fill(draw))).toHaveLength(50);
    expect(await used()).toBe(50);
  });

  it('counts each successful draw against the quota; once it is used up the rest are not run', async () => {
    await batch(live, Array(48).fill({ endpoint: 'floats' }));
    await batch(live, Array(48).fill({ endpoint: 'floats' }));
    const results = await batch(
      live,
      Array.from({ length: 10 }, () => ({ endpoint: 'ints', params: { clientSeed: 'half' } })),
    );
    expect(results.map(({ ok, code }) => (ok ? 'ok' : code))).toEqual([
      ...Array(4).fill('ok'),
      ...Array(6).fill('quota_exceeded'),
    ]);
    expect((await live.get('/api/listOutcomes?clientSeed=half')).body).toHaveLength(4);
    expect((await live.get('/api/seed?clientSeed=half')).body.nonce).toBe(4);
    expect((await live.get('/api/usage')).body.quota).toMatchObject({ used: 100, remaining: 0 });
    expect((await batch(test, [{ endpoint: 'ints' }]))[0]?.ok).toBe(true);
  });

  it('takes one slot of the rate limit', async () => {
    const before = await live.get('/api/usage');
    const answer = await live.post('/api/batch', { draws: Array(40).fill({ endpoint: 'ints' }) });
    expect(Number(answer.headers['x-ratelimit-remaining'])).toBe(Number(before.headers['x-ratelimit-remaining']) - 1);
  });

  it.each(['live', 'test'] as const)('is replayed as a whole under its Idempotency-Key, in %s mode', async (mode) => {
    const caller = mode === 'live' ? live : test;
    const draws = [{ endpoint: 'ints', params: { clientSeed: 'once' } }, { endpoint: 'coin' }];
    const send = () => caller.post('/api/batch', { draws }, { headers: { 'idempotency-key': 'batch-1' } });
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(19);
    if (mode === 'live') expect((await live.get('/api/listOutcomes?clientSeed=once')).body).toHaveLength(1);
  });

  it('among others that take the same chains in another order is still answered', async () => {
    const seeds = ['a', 'b', 'c', 'd'];
    const batches = Array.from({ length: 24 }, (_, i) =>
      batch(
        live,
        (i % 2 === 0 ? seeds : [...seeds].reverse()).map((clientSeed) => ({
          endpoint: 'floats',
          params: { clientSeed },
        })),
      ),
    );
    const results = (await Promise.all(batches)).flat();
    const nonces = Map.groupBy(
      results.filter(({ ok }) => ok),
      ({ outcome }) => outcome['clientSeed'],
    );
    expect(results.filter(({ ok, code }) => !ok && code !== 'quota_exceeded')).toEqual([]);
    for (const group of nonces.values()) {
      const taken = group.map(({ outcome }) => outcome['nonce'] as number).sort((a, b) => a - b);
      expect(taken).toEqual(taken.map((_, i) => i));
    }
    expect(await used()).toBe(results.filter(({ ok }) => ok).length);
  });
});
