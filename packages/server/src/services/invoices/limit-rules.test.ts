import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Caller } from '../../testing/harness.ts';
import { base, createInvoicesWorld, finished, type InvoicesWorld, made, refusal, upload } from './invoices.fixture.ts';
import { pipeline } from './pipeline.ts';

/*
 * The numbered rules of the specification about what both modes are limited by, each for itself.
 */

const windowOf = ({ headers }: Answer, suffix = '') => ({
  limit: Number(headers[`x-ratelimit-limit${suffix}`]),
  remaining: Number(headers[`x-ratelimit-remaining${suffix}`]),
});

describe('rate limits', () => {
  let world: InvoicesWorld;
  beforeAll(async () => {
    world = await createInvoicesWorld({ PARSEO_RATE_LIMIT_PER_MINUTE: '6', PARSEO_RATE_LIMIT_PER_HOUR: '10' });
    // A window slides with the clock: where it stands, nothing depends on how long a test takes.
    world.t.clock.freeze(Date.UTC(2026, 3, 14, 12, 0, 0));
  });
  afterAll(() => world.close());

  const me = (caller: Caller) => caller.get(`${base}/me`);
  const spend = async (caller: Caller, requests: number) => {
    for (let request = 0; request < requests; request++) await made(me(caller), 200);
  };
  const keysOf = async () => {
    const id = await world.t.workspace();
    const key = async (mode: 'live' | 'test') => world.t.as((await world.t.key(id, { service: 'invoices', mode })).key);
    return { id, live: await key('live'), test: await key('test') };
  };

  it('62, 63: each mode has counters of its own, under the same ceilings', async () => {
    const { live, test } = await keysOf();
    const first = await me(live);
    expect([windowOf(first), windowOf(first, '-hour')]).toEqual([
      { limit: 6, remaining: 5 },
      { limit: 10, remaining: 9 },
    ]);
    await spend(test, 6);
    const refused = await me(test);
    expect([refused.status, refused.body.code, windowOf(refused), windowOf(refused, '-hour')]).toEqual([
      429,
      'rate_limit.exceeded',
      { limit: 6, remaining: 0 },
      { limit: 10, remaining: 4 },
    ]);
    expect(refused.body.retryAfter).toBe(Number(refused.headers['retry-after']));
    expect(windowOf(await me(live))).toEqual({ limit: 6, remaining: 4 });
    await spend(live, 4);
    expect(await refusal(me(live))).toEqual([429, 'rate_limit.exceeded']);
  });

  it('6.1: the window slides, a refusal takes nothing of it, and the hour holds besides', async () => {
    const { test } = await keysOf();
    await spend(test, 6);
    for (let refused = 0; refused < 5; refused++) expect((await me(test)).status).toBe(429);
    const waitMs = Number((await me(test)).headers['retry-after']) * 1000;
    expect(waitMs).toBe(70_000);
    world.t.clock.advance(waitMs - 2_000);
    expect((await me(test)).status).toBe(429);
    world.t.clock.advance(2_000);
    await spend(test, 1);
    expect((await me(test)).status).toBe(429);
    world.t.clock.advance(120_000);
    await spend(test, 3);
    // Ten in this hour: who waits for the minute alone would be refused again.
    const refused = await me(test);
    expect([refused.status, windowOf(refused), windowOf(refused, '-hour').remaining]).toEqual([
      429,
      { limit: 6, remaining: 3 },
      0,
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
  });

  it('65: a plan with higher ceilings holds for the keys of both modes at once, those made before and after', async () => {
    const { id, live, test } = await keysOf();
    expect(windowOf(await me(test)).limit).toBe(6);
    await world.rows(
      `insert into shared.invoices_accounts (workspace_id, plan, period_start) values ($1, 'enterprise', now())`,
      [id],
    );
    const later = world.t.as((await world.t.key(id, { service: 'invoices', mode: 'test' })).key);
    for (const caller of [live, test, later]) {
      await expect.poll(async () => windowOf(await me(caller)).limit, { timeout: 5_000 }).toBe(600);
      const { rateLimit } = await made(caller.get(`${base}/me/quota`), 200);
      expect([rateLimit.perMinute.limit, rateLimit.perHour.limit]).toEqual([600, 20_000]);
    }
    await world.rows(`update shared.invoices_accounts set plan = 'partner' where workspace_id = $1`, [id]);
    await expect.poll(async () => windowOf(await me(live)).limit, { timeout: 5_000 }).toBe(6);
  });

  it('2.2: a key is held to what its owner gave it, and the headers, the refusal and the quota say so', async () => {
    const { id } = await keysOf();
    const make = async (rateLimit: object) => world.t.key(id, { service: 'invoices', mode: 'test', rateLimit });
    const lowered = await make({ perMinute: 2 });
    const caller = world.t.as(lowered.key);
    const first = await me(caller);
    expect([windowOf(first), windowOf(first, '-hour')]).toEqual([
      { limit: 2, remaining: 1 },
      { limit: 10, remaining: 9 },
    ]);
    expect((await made(caller.get(`${base}/me/quota`), 200)).rateLimit).toMatchObject({
      perMinute: { limit: 2, remaining: 0 },
      perHour: { limit: 10, remaining: 8 },
    });
    const refused = await me(caller);
    expect([refused.status, windowOf(refused).limit]).toEqual([429, 2]);
    expect(refused.body.retryAfter).toBe(Number(refused.headers['retry-after']));
    // Another key of the same team and mode has all of the plan's.
    const other = world.t.as((await world.t.key(id, { service: 'invoices', mode: 'test' })).key);
    expect(windowOf(await me(other))).toEqual({ limit: 6, remaining: 5 });
    const byHour = world.t.as((await make({ perHour: 1 })).key);
    await spend(byHour, 1);
    const over = await me(byHour);
    expect([over.status, windowOf(over, '-hour'), windowOf(over)]).toEqual([
      429,
      { limit: 1, remaining: 0 },
      { limit: 6, remaining: 5 },
    ]);
  });

  it('2.2: a plan that falls below what a key is held to wins', async () => {
    const id = await world.t.workspace();
    await world.rows(
      `insert into shared.invoices_accounts (workspace_id, plan, period_start) values ($1, 'enterprise', now())`,
      [id],
    );
    const { key } = await world.t.key(id, { service: 'invoices', mode: 'live', rateLimit: { perMinute: 500 } });
    expect(windowOf(await me(world.t.as(key))).limit).toBe(500);
    await world.rows(`update shared.invoices_accounts set plan = 'partner' where workspace_id = $1`, [id]);
    await expect.poll(async () => windowOf(await me(world.t.as(key))).limit, { timeout: 5_000 }).toBe(6);
  });

  it('6.1: twenty keys that do not exist shut an address out for a quarter of an hour, but for keys that do', async () => {
    const { id } = await keysOf();
    const from = { address: '198.51.100.77' };
    const guess = (text: string) => world.t.as(text).get(`${base}/me`, from);
    for (let tried = 0; tried < 20; tried++) {
      expect(await refusal(guess(`parseo_live_${'x'.repeat(48)}`))).toEqual([401, 'auth.invalid_key']);
    }
    const refused = await guess('parseo_test_short');
    expect([refused.status, refused.body.code]).toEqual([429, 'auth.too_many_failed_attempts']);
    expect(refused.body.retryAfter).toBe(900);
    // Made after the address was shut out, so that no memory knows it.
    const { key } = await world.t.key(id, { service: 'invoices', mode: 'live' });
    expect((await guess(key)).status).toBe(200);
    expect((await world.t.as('parseo_live_other').get(`${base}/me`, { address: '198.51.100.78' })).status).toBe(401);
    world.t.clock.advance(899_000);
    expect((await guess('parseo_test_short')).status).toBe(429);
    world.t.clock.advance(2_000);
    expect((await guess('parseo_test_short')).status).toBe(401);
  });

  it('94: every answer to a key says its mode, refusals too', async () => {
    const { live, test } = await keysOf();
    for (const [caller, mode] of [
      [live, 'live'],
      [test, 'test'],
    ] as const) {
      const answers = [await me(caller), await caller.get(`${base}/jobs/none`), await caller.get(`${base}/invoices`)];
      answers.push(await caller.post(`${base}/admin/test-mode/reset`, { confirm: 'no' }));
      expect(answers.map(({ headers }) => [headers['x-mode'], headers['interlock-mode']])).toEqual(
        answers.map(() => [mode, mode]),
      );
    }
  });
});

describe('the queue', () => {
  let world: InvoicesWorld;
  beforeAll(async () => {
    // Jobs of test mode wait for longer than the test takes.
    world = await createInvoicesWorld({ FIXTURE_DELAY_MS: '60000' });
  });
  afterAll(() => world.close());

  it('64: a full queue of test mode refuses no live upload, and is as long as that of live mode', {
    timeout: 60_000,
  }, async () => {
    const team = await world.team();
    const send = () => upload(team.test, { client: team.client.test });
    for (let sent = 0; sent < 200; sent += 10) {
      const answers = await Promise.all(Array.from({ length: 10 }, send));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    }
    // However many come at once, none is one too many.
    const over = await Promise.all([send(), send(), send()]);
    for (const answer of over) {
      expect(await refusal(Promise.resolve(answer))).toEqual([429, 'queue.depth_exceeded']);
      expect([Number(answer.headers['retry-after']) >= 5, answer.body.limit]).toEqual([true, 200]);
    }
    expect((await made(team.test.get(`${base}/me/quota`), 200)).queue).toEqual({
      mode: 'test',
      depth: 200,
      limit: 200,
    });
    expect((await made(team.live.get(`${base}/me/quota`), 200)).queue).toEqual({ mode: 'live', depth: 0, limit: 200 });
    const file = Buffer.from('<?xml version="1.0"?><Invoice>');
    const { jobId } = await made(upload(team.live, { client: team.client.live, file }), 202);
    expect((await finished(team.live, jobId)).status).toBe('failed');
  });

  it('68: jobs of test mode take a quarter of the places at most, and none of live mode’s', () => {
    const slots = (workers: number) => pipeline.slots({ workers } as Parameters<typeof pipeline.slots>[0]);
    expect([4, 8, 64].map(slots)).toEqual([
      { live: 4, test: 1 },
      { live: 8, test: 2 },
      { live: 64, test: 16 },
    ]);
    // Of the smallest node one, or test mode would stand still.
    expect([1, 2].map(slots)).toEqual([
      { live: 1, test: 1 },
      { live: 2, test: 1 },
    ]);
  });
});
