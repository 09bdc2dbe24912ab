import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuditLog } from '../core/audit/audit.ts';
import { readCursor } from '../core/audit/cursor.ts';
import { sql } from '../core/db/sql.ts';
import { newRequestId, randomBase62 } from '../core/ids.ts';
import { type Mode, modes } from '../core/mode.ts';
import { expectCleanLog } from '../testing/clean-log.ts';
import { asOwner } from '../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { signUp, type TestPerson } from '../testing/person.ts';
import { statusRange } from './logs.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
});

const keyOf = (person: TestPerson, mode: Mode) => {
  const found = person.keys.find((key) => key.service === 'randomness' && key.mode === mode);
  if (found === undefined) throw new Error('no such key');
  return found;
};

/** Some requests of each kind, in a known order of time. */
async function someRequests(person: TestPerson): Promise<void> {
  for (const [mode, url] of [
    ['live', '/api/ints?count=1&min=1&max=6'],
    ['test', '/api/ints?count=1&min=1&max=6'],
    ['test', '/api/ints?count=1&min=9&max=6'],
    ['live', '/api/nowhere'],
    ['test', '/api/bytes?count=4'],
  ] as const) {
    await t.as(keyOf(person, mode).key).get(url);
    await pause(2);
  }
  await t.platform.flush();
}

async function entriesOf(person: TestPerson, query = '') {
  const answer = await person.get(`/audit${query}`);
  expect(answer.status).toBe(200);
  return answer.body.entries as { id: string; at: number; mode: Mode; route: string; status: number; code: string }[];
}

describe('the audit log', () => {
  it('shows every request of both modes, refused ones too, newest first, with what a test suppressed', async () => {
    const ann = await signUp(t);
    await someRequests(ann);
    const entries = await entriesOf(ann);
    expect(entries.map(({ mode, route, status, code }) => [mode, route, status, code])).toEqual([
      ['test', '/api/bytes', 200, null],
      ['test', '/api/ints', 400, 'invalid_request'],
      ['test', '/api/ints', 200, null],
      ['live', '/api/ints', 200, null],
    ]);
    expect(entries[2]).toMatchObject({
      service: 'randomness',
      operation: 'randomness.ints',
      method: 'GET',
      caller: 'key',
      keyId: keyOf(ann, 'test').id,
      suppressed: [{ name: 'outcome.created' }],
    });
    expect(entries[3]).toMatchObject({ suppressed: [] });
  });

  it.each([
    ['mode=live', 1],
    ['mode=test', 3],
    ['service=randomness', 4],
    ['service=weather', 0],
    ['route=/api/ints', 3],
    ['status=200', 3],
    ['status=4xx', 1],
    ['status=5xx', 0],
    ['code=invalid_request', 1],
    ['mode=test&route=/api/ints&status=2xx', 1],
  ])('filters by %s', async (query, count) => {
    const ann = await signUp(t);
    await someRequests(ann);
    expect(await entriesOf(ann, `?${query}`)).toHaveLength(count);
  });

  it('filters by key, request and time: from is inclusive, to is not', async () => {
    const ann = await signUp(t);
    await someRequests(ann);
    const all = await entriesOf(ann);
    expect(await entriesOf(ann, `?key=${keyOf(ann, 'live').id}`)).toEqual([all[3]]);
    const { at = 0 } = all[1] ?? {};
    expect(await entriesOf(ann, `?from=${at}`)).toEqual(all.slice(0, 2));
    expect(await entriesOf(ann, `?to=${new Date(at).toISOString()}`)).toEqual(all.slice(2));
    const { requestId } = all[2] as unknown as { requestId: string };
    expect(await entriesOf(ann, `?request=${requestId}`)).toEqual([all[2]]);
  });

  it.each([
    ['mode=sandbox', 'mode'],
    ['status=99', 'status'],
    ['status=2000', 'status'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1e1', 'limit'],
    ['from=yesterday', 'from'],
    ['to=99999999999999999999', 'to'],
    ['from=2026-02-31T00:00:00+99:00', 'from'],
    ['cursor=abc', 'cursor'],
    ['mode=live&mode=test', 'mode'],
    ['route=%00', 'route'],
    ['code=%ff', 'code'],
  ])('refuses %s and names the parameter', async (query, field) => {
    const answer = await (await signUp(t)).get(`/audit?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 'invalid_input', field });
  });

  it('of one workspace shows nothing of another, whatever cursor is sent', async () => {
    const ann = await signUp(t);
    const eve = await signUp(t);
    await someRequests(ann);
    const { cursor } = (await ann.get('/audit?limit=2')).body;
    expect(cursor).not.toBeNull();
    expect((await eve.get(`/audit?cursor=${cursor}`)).body).toEqual({ entries: [], cursor: null });
    expect(await entriesOf(eve, `?key=${keyOf(ann, 'test').id}`)).toEqual([]);
  });
});

/** Walks all pages; what a walk promises is that these are the rows that were there when it began. */
async function walk(person: TestPerson, limit: number): Promise<{ ids: string[]; firstCursor: string }> {
  const ids: string[] = [];
  let firstCursor = '';
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await person.get(`/audit?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(answer.status).toBe(200);
    ids.push(...answer.body.entries.map(({ id }: { id: string }) => id));
    cursor = answer.body.cursor;
    firstCursor ||= cursor ?? '';
  }
  return { ids, firstCursor };
}

const insertSlowly = sql`
  insert into audit_log (workspace_id, id, at, service, method, route, status, duration_us, request_id, caller, address)
  values ($1, $2, $3, 'randomness', 'GET', '/slow', 200, 1, $4, 'system', '')`;

describe('a walk through the pages', () => {
  it('waits for a row that is being written, since a later page would pass it by', async () => {
    const ann = await signUp(t);
    const row = (id: string) => [ann.workspaceId, id, new Date(t.clock.now()), newRequestId()];
    const early = t.platform.database.transaction('test', ann.workspaceId);
    await early.run(insertSlowly, row('log_early'));
    const late = t.platform.database.transaction('test', ann.workspaceId);
    await late.run(insertSlowly, row('log_late'));
    await late.commit();
    const shown = entriesOf(ann);
    await pause(100);
    await early.commit();
    expect(new Set((await shown).map(({ id }) => id))).toEqual(new Set(['log_early', 'log_late']));
  });

  it('shows exactly the rows that were there when it began, each once, while rows of any instant are being added', async () => {
    const ann = await signUp(t);
    const { workspaceId } = ann;
    const { database } = t.platform;
    const log = createAuditLog(database);
    const start = t.clock.now();
    // Any instant of the last minute, with many ties: what arrives late lands between rows that pages have shown.
    const someInstant = () => start - 60_000 + Math.floor(Math.random() * 300) * 200;
    const batch = () => {
      for (let i = 0; i < 20; i++) {
        log.enqueue({
          workspaceId,
          mode: i % 2 === 0 ? 'live' : 'test',
          at: someInstant(),
          service: 'randomness',
          operation: null,
          method: 'GET',
          route: '/batched',
          status: 200,
          code: null,
          durationUs: 1,
          requestId: newRequestId(),
          caller: 'anonymous',
          keyId: null,
          actor: null,
          address: '',
          suppressed: null,
        });
      }
      return log.flush();
    };
    for (let i = 0; i < 10; i++) await batch();

    let writing = true;
    const writers = [
      (async () => {
        while (writing) await batch();
      })(),
      // Transactions that have written their row and commit only later.
      ...modes.flatMap((mode) =>
        Array.from({ length: 3 }, async () => {
          while (writing) {
            const db = database.transaction(mode, workspaceId);
            const values = [workspaceId, `log_${randomBase62(16)}`, new Date(someInstant()), newRequestId()];
            await db.run(insertSlowly, values);
            await pause(Math.random() * 8);
            await (Math.random() < 0.2 ? db.rollback() : db.commit());
          }
        }),
      ),
    ];
    const walks: Awaited<ReturnType<typeof walk>>[] = [];
    for (const limit of [23, 200, 37, 90, 11]) walks.push(await walk(ann, limit));
    writing = false;
    await Promise.all(writers);

    const stored = await asOwner<{ id: string; mode: Mode; seq: string }>(
      inject('postgres'),
      `select id, 'live' as mode, seq, at from live.audit_log where workspace_id = $1
       union all select id, 'test', seq, at from test.audit_log where workspace_id = $1 order by at desc, id desc`,
      [workspaceId],
    );
    for (const { ids, firstCursor } of walks) {
      const { bounds } = readCursor(firstCursor);
      const there = stored.filter(({ mode, seq }) => Number(seq) <= bounds[mode]).map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(190);
      expect(ids).toEqual(there);
    }
    expect(stored.length).toBeGreaterThan(walks[0]?.ids.length ?? 0);
  });
});

describe('effects', () => {
  it('are failed once a delivery was given up, and delivered once each of those was made again and arrived', async () => {
    const ann = await signUp(t);
    const { workspaceId } = ann;
    const run = (text: string, values: unknown[] = []) => asOwner(inject('postgres'), text, [workspaceId, ...values]);
    const effects = ['arrived', 'lost', 'expired', 'tried', 'twice'];
    await run(
      `insert into live.effects (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
       select $1, 'eff_' || name, 'onboarding', name, 'deliver', '{}', 'delivered', 'req', now() from unnest($2::text[]) name`,
      [effects],
    );
    const plan = (id: string, kind: string, source: string, target: string, more: { of?: string; key?: string } = {}) =>
      run(
        `insert into live.deliveries
           (workspace_id, id, service, kind, source_id, target_id, message_id, scheduled_for, due_at, idempotency_key, replay_of, held, claimable,
            one_of_many)
         values ($1, $2, 'onboarding', $3, $4, $5, 'msg', now(), now() + interval '1 hour', $6, $7, true, false,
           $3 = 'webhook' and $7::text is null)`,
        [id, kind, source, target, more.key ?? id, more.of ?? null],
      );
    const end = (id: string, status: string) =>
      run(
        'update live.deliveries set status = $3, due_at = null, finalized_at = now() where workspace_id = $1 and id = $2',
        [id, status],
      );
    const states = async (query = '') => {
      const { effects: rows } = (await ann.get(`/effects?mode=live${query}`)).body;
      return Object.fromEntries(rows.map(({ name, state }: Record<string, string>) => [name, state]));
    };
    await plan('d1', 'webhook', 'evt_arrived', 'one');
    await plan('d2', 'slack', 'eff_lost', 'channel');
    await plan('d3', 'webhook', 'evt_live_expired', 'one');
    await plan('d4', 'webhook', 'evt_tried', 'one', { key: 'test:evt_tried' });
    await plan('d5', 'webhook', 'evt_twice', 'one');
    await plan('d6', 'webhook', 'evt_twice', 'two');
    await end('d1', 'succeeded');
    await end('d2', 'dead_letter');
    await end('d3', 'expired');
    for (const id of ['d4', 'd5', 'd6']) await end(id, 'dead_letter');
    expect(await states('&state=failed')).toEqual({ lost: 'failed', expired: 'failed', twice: 'failed' });
    expect(await states('&state=delivered')).toEqual({ arrived: 'delivered', tried: 'delivered' });
    expect((await ann.get('/effects/eff_lost')).body.state).toBe('failed');

    await plan('r2', 'slack', 'eff_lost', 'channel', { of: 'd2' });
    await plan('r3', 'webhook', 'evt_live_expired', 'one', { of: 'd3' });
    await plan('r5', 'webhook', 'evt_twice', 'one', { of: 'd5' });
    await plan('r6', 'webhook', 'evt_twice', 'two', { of: 'd6' });
    await end('r2', 'succeeded');
    await end('r3', 'dead_letter');
    await end('r5', 'succeeded');
    expect(await states('&state=failed')).toEqual({ expired: 'failed', twice: 'failed' });
    await end('r6', 'succeeded');
    expect(await states('&state=failed')).toEqual({ expired: 'failed' });
  });

  it('show what left and what would have left, newest first, by mode, name, state and page', async () => {
    const ann = await signUp(t);
    const eve = await signUp(t);
    await asOwner(
      inject('postgres'),
      ['live', 'test']
        .map(
          (mode) => `insert into ${mode}.effects
            (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
            select '${ann.workspaceId}', '${mode}_' || n, 'randomness', 'outcome.created',
              '${mode === 'live' ? 'deliver' : 'suppress'}', jsonb_build_object('n', n),
              '${mode === 'live' ? 'pending' : 'suppressed'}', 'req_' || n, now() + n * interval '1 second'
            from generate_series(1, 5) n`,
        )
        .join(';'),
    );
    const list = async (person: TestPerson, query = '') => (await person.get(`/effects${query}`)).body;
    const first = await list(ann, '?limit=6');
    expect(first.effects.map(({ id }: { id: string }) => id)).toEqual([
      'test_5',
      'live_5',
      'test_4',
      'live_4',
      'test_3',
      'live_3',
    ]);
    expect((await list(ann, `?limit=6&cursor=${first.cursor}`)).effects).toHaveLength(4);
    expect((await list(ann, '?state=suppressed&name=outcome.created')).effects[0]).toMatchObject({
      id: 'test_5',
      mode: 'test',
      disposition: 'suppress',
      payload: { n: 5 },
      requestId: 'req_5',
    });
    expect((await list(ann, '?mode=live')).effects).toHaveLength(5);
    expect((await list(ann, '?request=req_2')).effects).toHaveLength(2);
    expect(await list(eve)).toEqual({ effects: [], cursor: null });
  });
});

it('statusRange reads one status or a class of them', () => {
  expect(statusRange('404')).toEqual({ from: 404, to: 404 });
  expect(statusRange('4xx')).toEqual({ from: 400, to: 499 });
});
