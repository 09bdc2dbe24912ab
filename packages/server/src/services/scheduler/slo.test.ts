import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSchedulerWorld, made, type Project, refusal, type SchedulerWorld, url } from './scheduler.fixture.ts';

let world: SchedulerWorld;
let p: Project;
let at: number;
beforeAll(async () => {
  world = await createSchedulerWorld();
});
beforeEach(async () => {
  p = await world.project();
  at = Math.floor(Date.now() / 1000) * 1000;
  world.t.clock.freeze(at);
});
afterAll(() => world.close());

let made1 = 0;
/** A delivery that was due some minutes ago, with its first attempt so many milliseconds after that. */
async function fire(
  fields: Record<string, unknown> = {},
  attempt: { lateMs?: number | null; kind?: string; outcome?: string; number?: number } | null = {},
  mode = 'live',
): Promise<void> {
  const id = `dlv_${++made1}`;
  const due = new Date(at - 300_000);
  const row = {
    workspace_id: p.id,
    id,
    service: 'scheduler',
    kind: 'schedule',
    source_id: `sch_${made1}`,
    message_id: 'msg',
    status: attempt === null ? 'scheduled' : 'succeeded',
    claimable: false,
    held: attempt === null,
    scheduled_for: due,
    due_at: attempt === null ? due : null,
    finalized_at: attempt === null ? null : new Date(at),
    idempotency_key: 'k',
    ...fields,
  };
  const names = Object.keys(row);
  await world.rows(
    `insert into ${mode}.deliveries (${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()})`,
    Object.values(row),
  );
  if (attempt === null) return;
  const { lateMs = 10, kind = 'initial', outcome = 'succeeded', number = 1 } = attempt;
  const fired = lateMs === null ? null : new Date(due.getTime() + lateMs);
  await world.rows(
    `insert into ${mode}.attempts (workspace_id, delivery_id, attempt, id, kind, outcome, started_at, fired_at, node)
     values ($1, $2, $3, $4, $5, $6, $7, $7, 'n')`,
    [p.id, id, number, `att_${made1}`, kind, outcome, fired],
  );
}
const figures = async () => (await made(p.live.get('/v1/slo?scope=project'), 200)).windows[0];

describe('the dispatch SLO', () => {
  it('counts live first attempts, one row of each excluded reason left out and told apart', async () => {
    await fire();
    await fire({ fire_class: 'late' }, { lateMs: 2_000 });
    await fire({ fire_class: 'catch_up' });
    await fire({ fire_class: 'coalesced' });
    await fire({ fire_class: 'dst_shifted' });
    await fire({ first_deferral: 'rate_limit' });
    await fire({ first_deferral: 'concurrency' });
    await fire({ first_deferral: 'breaker' });
    await fire({ paused_when_due: true });
    await fire({ replay_of: 'dlv_x' });
    await fire({}, { outcome: 'lost', lateMs: null });
    await fire({ service: 'randomness', kind: 'webhook' });
    await fire({}, {}, 'test');
    const one = await figures();
    expect(one).toMatchObject({
      window: '1h',
      n: 2,
      p99_ms: null,
      met: 'insufficient_data',
      excluded: { rate_limit: 2, breaker: 1, catch_up: 1, coalesced: 1, dst_shifted: 1, replay: 1, resumed: 1 },
      overdue_unfired: 0,
      early_fires: 0,
    });
    expect(one.unfiltered.n).toBe(11);
  });

  it('takes percentiles that happened, and is met within 300 ms', async () => {
    for (let i = 1; i <= 100; i++) await fire({}, { lateMs: i });
    expect(await figures()).toMatchObject({ n: 100, p50_ms: 50, p95_ms: 95, p99_ms: 99, max_ms: 100, met: true });
    await fire({}, { lateMs: 5_000 });
    await fire({}, { lateMs: 5_000 });
    expect(await figures()).toMatchObject({ n: 102, p99_ms: 5_000, met: false });
  });

  it('is not bettered by an outage: what is due and was not sent has taken forever', async () => {
    for (let i = 0; i < 100; i++) await fire();
    for (let i = 0; i < 3; i++) await fire({}, null);
    expect(await figures()).toMatchObject({
      n: 103,
      p50_ms: 10,
      p99_ms: null,
      max_ms: null,
      met: false,
      overdue_unfired: 3,
    });
  });

  it('counts retries, and what was sent too early as on time and as a fault', async () => {
    await fire({}, { lateMs: -5 });
    await fire({}, { number: 2, kind: 'retry' });
    expect(await figures()).toMatchObject({ n: 1, early_fires: 1, excluded: { retry: 1 } });
  });

  it('is published for everybody, over all projects, whatever key is sent along', async () => {
    await fire();
    const anonymous = await made(world.t.as(null).get('/v1/slo'), 200);
    expect(anonymous).toMatchObject({ object: 'slo', name: 'dispatch', target_ms: 300 });
    expect(anonymous.windows.map(({ window }: { window: string }) => window)).toEqual(['1h', '24h', '7d', '30d']);
    expect(anonymous.windows[0].unfiltered.n).toBeGreaterThan(100);
    expect(JSON.stringify(anonymous)).not.toContain(p.id);
    for (const caller of [p.live, p.test, world.t.as('sk_live_nonsense')]) {
      expect(await made(caller.get('/v1/slo'), 200)).toEqual(anonymous);
    }
  });

  it('of a project is asked with a live key', async () => {
    expect(await refusal(p.test.get('/v1/slo?scope=project'))).toEqual([409, 'slo_not_available_in_test_mode', null]);
    expect(await refusal(world.t.as(null).get('/v1/slo?scope=project'))).toEqual([401, 'missing_api_key', null]);
    expect(await refusal(p.live.get('/v1/slo?scope=galaxy'))).toEqual([400, 'invalid_filter', 'scope']);
    const other = await world.project();
    await fire();
    expect((await made(other.live.get('/v1/slo?scope=project'), 200)).windows[0].unfiltered.n).toBe(0);
  });
});

describe('a silent schedule', () => {
  const silent = async () => {
    const text = await world.t.as(null).get('/metrics');
    return [...text.text.matchAll(/^interlock_scheduler_silent_schedules\{mode="(\w+)"\} (\d+)$/gm)].map(
      ([, mode, n]) => [mode, Number(n)],
    );
  };

  it('is one without a delivery within its interval, and shows in the metrics', async () => {
    expect(await silent()).toEqual([
      ['live', 0],
      ['test', 0],
    ]);
    const { id } = await made(p.live.post('/v1/schedules', { endpoint: url, cron: '*/5 * * * *' }));
    expect(await silent()).toEqual([
      ['live', 0],
      ['test', 0],
    ]);
    // Overdue: nobody has claimed the occurrence that was ready.
    world.t.clock.advance(7 * 60_000);
    expect(await silent()).toEqual([
      ['live', 1],
      ['test', 0],
    ]);
    world.t.clock.freeze(at);
    // No occurrence is ready at all.
    await world.rows(`delete from live.deliveries where source_id = $1`, [id]);
    expect(await silent()).toEqual([
      ['live', 1],
      ['test', 0],
    ]);
    await made(p.live.post(`/v1/schedules/${id}/pause`), 200);
    expect(await silent()).toEqual([
      ['live', 0],
      ['test', 0],
    ]);
  });
});

describe('retention', () => {
  it('deletes what ended long ago with its attempts, in both modes; a dead letter only once it was replayed or is 90 days old', async () => {
    world.t.clock.thaw();
    const days = (n: number) => new Date(Date.now() - n * 86_400_000);
    for (const mode of ['live', 'test']) {
      await fire({ id: `old_${mode}`, finalized_at: days(91) }, {}, mode);
      await fire({ id: `new_${mode}`, finalized_at: days(89) }, {}, mode);
    }
    world.t.platform.startLoops();
    await expect
      .poll(
        async () =>
          (
            await world.rows<{ id: string }>(
              `select id from live.deliveries where id ~ '^(old|new)_' union select id from test.deliveries where id ~ '^(old|new)_' order by id`,
            )
          ).map(({ id }) => id),
        { timeout: 5_000 },
      )
      .toEqual(['new_live', 'new_test']);
  });
});
