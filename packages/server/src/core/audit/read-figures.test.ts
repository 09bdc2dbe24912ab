import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { asOwner } from '../../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { purgeExpired } from '../maintenance.ts';
import { readFigures, type Step } from './read-figures.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(() => t.close());

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Noon, so that whole days and hours begin at known instants. */
const now = Date.UTC(2031, 4, 6, 12);

const planted = 6_000;

/** Requests, one a minute back from an instant, of which every tenth is refused and every third holds two effects back. */
async function plantRequests(workspaceId: string, mode: string, { count = planted, from = now, name = 'a' } = {}) {
  await asOwner(
    inject('postgres'),
    `insert into ${mode}.audit_log (workspace_id, id, at, service, method, route, status, duration_us, request_id, caller,
       address, suppressed)
     select $1, $3 || n, to_timestamp($2::bigint / 1000) - n * interval '1 minute', case n % 2 when 0 then 'scheduler' else 'randomness' end,
       'GET', '/', case n % 10 when 0 then 404 else 200 end, 1, 'r' || n, 'key', '::1',
       case n % 3 when 0 then '[{"name":"a"},{"name":"b"}]'::jsonb end
     from generate_series(1, $4::int) n`,
    [workspaceId, from, name, count],
  );
}

async function plantDeliveries(workspaceId: string, mode: string): Promise<void> {
  await asOwner(
    inject('postgres'),
    `insert into ${mode}.messages (workspace_id, id, url, method) values ($1, 'msg', 'https://example.com/', 'POST')`,
    [workspaceId],
  );
  await asOwner(
    inject('postgres'),
    `insert into ${mode}.deliveries (workspace_id, id, service, kind, source_id, message_id, scheduled_for, idempotency_key,
       status, claimable, finalized_at)
     select $1, 'd' || n, 'scheduler', 'schedule', 's', 'msg', at, n::text,
       case n % 5 when 0 then 'dead_letter' else 'succeeded' end, false, at
     from generate_series(1, ${planted}) n, lateral (select to_timestamp($2::bigint / 1000) - n * interval '1 minute' as at) t`,
    [workspaceId, now],
  );
}

const month = { from: now + dayMs / 2 - 30 * dayMs, to: now + dayMs / 2, stepMs: dayMs, service: null };
const read = (ws: string, question = {}) => readFigures(t.platform.database, ws, { ...month, ...question }, now);

function totals(steps: readonly Step[], mode: string) {
  const sum = { requests: 0, errors: 0, suppressed: 0, delivered: 0, failed: 0 };
  for (const step of steps) {
    if (step.mode !== mode) continue;
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += step[name];
  }
  return sum;
}

it('counts every request and every delivery once, however often and by however many it is asked', async () => {
  const ws = await t.workspace();
  await plantRequests(ws, 'live');
  await plantRequests(ws, 'test', { count: 30 });
  await plantDeliveries(ws, 'live');
  const all = {
    requests: planted,
    errors: planted / 10,
    suppressed: (planted / 3) * 2,
    delivered: 4_800,
    failed: 1_200,
  };
  const answers = await Promise.all(Array.from({ length: 12 }, () => read(ws)));
  for (const steps of answers) {
    expect(totals(steps, 'live')).toEqual(all);
    expect(totals(steps, 'test')).toEqual({ requests: 30, errors: 3, suppressed: 20, delivered: 0, failed: 0 });
  }
  expect(await read(ws)).toEqual(answers[0]);
  const [hours] = await asOwner<{ requests: number }>(
    inject('postgres'),
    'select sum(requests)::int as requests from live.figure_hours where workspace_id = $1',
    [ws],
  );
  expect(hours).toEqual({ requests: planted });
});

it('counts what arrives later, also what belongs to an hour that is added up already', async () => {
  const ws = await t.workspace();
  await plantRequests(ws, 'live');
  const before = await read(ws);
  await plantRequests(ws, 'live', { count: 10, name: 'late' });
  expect(totals(await read(ws), 'live').requests).toBe(planted + 10);
  await plantRequests(ws, 'live', { name: 'more' });
  expect(totals(await read(ws), 'live')).toMatchObject({ requests: 2 * planted + 10, errors: planted / 5 + 1 });
  expect((await read(ws)).map(({ at }) => at)).toEqual(before.map(({ at }) => at));
});

it('shows the same by the step, by the service and of the time that is asked for', async () => {
  const ws = await t.workspace();
  await plantRequests(ws, 'live');
  await read(ws);
  expect(totals(await read(ws, { service: 'scheduler' }), 'live').requests).toBe(planted / 2);
  const day = { from: now - 23 * hourMs, to: now + hourMs, stepMs: hourMs };
  const hourly = await read(ws, day);
  expect(hourly.map(({ requests }) => requests)).toEqual(Array.from({ length: 23 }, () => 60));
  const minutes = await read(ws, { from: now - hourMs, to: now, stepMs: 60_000 });
  expect(minutes.map(({ requests }) => requests)).toEqual(Array.from({ length: 60 }, () => 1));
});

it('tells nothing of another workspace', async () => {
  const [ws, other] = [await t.workspace(), await t.workspace()];
  await plantRequests(ws, 'live');
  await read(ws);
  expect(await read(other)).toEqual([]);
});

it('forgets the hours with the audit log', async () => {
  const ws = await t.workspace();
  await plantRequests(ws, 'live');
  await read(ws);
  // Far enough back for nothing of another test to go.
  await plantRequests(ws, 'live', { from: Date.UTC(2001, 0, 1), name: 'old' });
  await read(ws);
  await purgeExpired(t.platform.database, Date.UTC(2001, 1, 1), 1);
  const rows = await asOwner<{ requests: number }>(
    inject('postgres'),
    'select sum(requests)::int as requests from live.figure_hours where workspace_id = $1',
    [ws],
  );
  expect(rows).toEqual([{ requests: planted }]);
});
