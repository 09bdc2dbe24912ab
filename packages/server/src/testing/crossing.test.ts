import { Client, type PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { codeOf } from '../core/db/failures.ts';
import { type Mode, modes } from '../core/mode.ts';
import { services } from '../services/index.ts';
import { createFixtureWorld, type FixtureWorld } from './fixture-platform.ts';
import { asOwner } from './fresh-database.ts';
import type { Answer } from './harness.ts';

/*
 * A service has gone wrong: a caller's text runs as SQL on the handler's own handle, in a real request with a real key
 * (operation `notes.inject`). Everything that follows is what such a caller tries. What the handle itself refuses is
 * tried again on the bare connection, with the handle out of the way.
 */

const other = { live: 'test', test: 'live' } as const;

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

interface Workspace {
  readonly id: string;
  /** Keys of the service that lets its callers run SQL. */
  readonly keys: Record<Mode, string>;
}

let world: FixtureWorld;
let tables: Table[];
let attacker: Workspace;
let victim: Workspace;

beforeAll(async () => {
  world = await createFixtureWorld({ services });
  // The day before yesterday has draws, and is published.
  world.t.clock.advance(-2 * 86_400_000);
  const attackerId = await drawn();
  const victimId = await drawn();
  world.t.clock.advance(2 * 86_400_000);
  attacker = await settled(attackerId);
  victim = await settled(victimId);
  world.t.platform.startLoops();
  await world.t.platform.runDueLoops();
  await world.t.platform.flush();
  tables = await asOwner<Table>(
    world.owner,
    `select table_schema as schema, table_name as name, array_agg(column_name::text order by ordinal_position) as columns
     from information_schema.columns where table_schema in ('core', 'shared', 'live', 'test') group by 1, 2 order by 1, 2`,
  );
});
afterAll(() => world.close());

/** A workspace with rows in the tables of the randomness service. */
async function drawn(): Promise<string> {
  const id = await world.t.workspace();
  const random = world.t.as((await world.t.key(id, { service: 'randomness', mode: 'live' })).key);
  await expectOk(random.get('/api/ints?clientSeed=chain&count=3'));
  await expectOk(random.post('/api/rotate', { clientSeed: 'chain' }));
  await expectOk(random.get('/api/ints?clientSeed=chain&count=3'));
  await expectOk(random.post('/api/commit', {}));
  return id;
}

/** The same workspace with rows in every other table that requests can fill. */
async function settled(id: string): Promise<Workspace> {
  const { t } = world;
  const keys = {} as Record<Mode, string>;
  for (const mode of modes) {
    const key = async (service: string) => (await t.key(id, { service, mode })).key;
    keys[mode] = await key('notes');
    const once = { headers: { 'idempotency-key': 'once' } };
    await expectOk(t.as(keys[mode]).post('/notes/v1/notes', { text: `${mode} of ${id}` }, once));
    await expectOk(t.as(await key('memos')).post('/memos/v1/memos', { text: 'm' }, once));
    const ledger = t.as(await key('ledger'));
    await expectOk(ledger.post('/ledger/v1/entries', { amount: 3 }, { headers: { 'idempotency-key': mode } }));
    await expectOk(ledger.post('/ledger/v1/transfers', { from: 'a', to: 'b', amount: 1 }));
    await expectOk(t.as(keys[mode]).post('/notes/v1/parcels', { url: 'https://example.com/', delayMs: 86_400_000 }));
    await queued(id, mode);
  }
  return { id, keys };
}

/** Rows of the dispatcher's tables that no operation of the fixtures makes. */
async function queued(id: string, mode: Mode): Promise<void> {
  const target = `ep_${id}`;
  for (const [table, columns, values] of [
    ['targets', 'id, service, kind', [target, 'notes', 'profile']],
    ['target_versions', 'target_id, version, url', [target, 1, 'https://example.com/']],
    ['attempts', 'delivery_id, attempt, id, kind, outcome, node', ['par', 1, 'att', 'initial', 'lost', 'node']],
    ['signing_secrets', 'id, service, scope, sealed', [`sec_${id}`, 'notes', 'workspace', Buffer.of(1)]],
  ] as const) {
    const places = values.map((_, index) => `$${index + 2}`).join(', ');
    await asOwner(
      { ...inject('postgres'), database: world.rolePrefix },
      `insert into ${mode}.${table} (workspace_id, ${columns}) values ($1, ${places})`,
      [id, ...values],
    );
  }
}

async function expectOk(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  expect(status, text).toBeLessThan(300);
}

interface Attempt {
  /** SQLSTATE, or `handle` when the handle refused. */
  readonly refused: string | null;
  readonly rows: Record<string, unknown>[];
  readonly message: string;
}

/** Sends SQL through the handle of a request. */
async function injected(
  who: Workspace,
  mode: Mode,
  text: string,
  values: unknown[] = [],
  first: string[] = [],
): Promise<Attempt> {
  const answer = await world.t.as(who.keys[mode]).post('/notes/v1/sql', { text, values, first });
  if (answer.status === 200) return { refused: null, rows: answer.body.rows, message: '' };
  const message = String(answer.body.error?.message);
  expect(answer.body.error?.code, `${text}: ${message}`).toBe('sql_refused');
  return { refused: message.split(':')[0] ?? '', rows: [], message };
}

/** Sends one statement on a connection of the mode's role, as after the handle was got round. */
async function bare(mode: Mode, work: (client: PoolClient) => Promise<unknown>): Promise<string | null> {
  const client = await world.t.platform.database.pools[mode].connect();
  try {
    await work(client);
    return null;
  } catch (error) {
    return codeOf(error) ?? String(error);
  } finally {
    client.release(true);
  }
}

/** Tables of a mode with rows of workspaces: the processes of the dispatcher belong to none. */
const isOfWorkspaces =
  (mode: Mode) =>
  ({ schema, columns }: Table) =>
    (schema === mode || schema === 'shared') && columns.includes('workspace_id');

/** What a table holds, whatever the policies say; that a key was used, or a process lives, is written down at any time. */
async function contents(table: Table): Promise<string> {
  const [row] = await asOwner<{ digest: string }>(
    { ...inject('postgres'), database: world.rolePrefix },
    `select md5(coalesce(string_agg(line, '|' order by line), '')) as digest
     from (select (to_jsonb(t) - '{last_used_at,uses,seen_at}'::text[])::text as line from ${table.schema}.${table.name} t) lines`,
  );
  return row?.digest ?? '';
}

async function everything(filter: (table: Table) => boolean): Promise<Record<string, string>> {
  // What is batched, such as the audit rows of earlier attempts, is not to arrive in between.
  await world.t.platform.flush();
  const digests: Record<string, string> = {};
  for (const table of tables.filter(filter)) digests[`${table.schema}.${table.name}`] = await contents(table);
  return digests;
}

describe.each(modes)('a caller in %s mode whose text runs as SQL', (mode) => {
  it('cannot read or change one table of the other mode or of the core', async () => {
    const theirs = tables.filter(({ schema }) => schema === other[mode] || schema === 'core');
    expect(theirs.length).toBeGreaterThan(15);
    const isTheirs = (table: Table) => theirs.includes(table);
    const before = await everything(isTheirs);
    for (const { schema, name, columns } of theirs) {
      const table = `${schema}.${name}`;
      const column = `"${columns[0]}"`;
      for (const text of [
        `select * from ${table}`,
        `select count(*) from ${table}`,
        `select exists (select from ${table})`,
        `with t as (table ${table}) select * from t`,
        `insert into ${table} default values`,
        `update ${table} set ${column} = ${column}`,
        `delete from ${table}`,
        `merge into ${table} t using (values (1)) v on false when not matched then insert default values`,
        `select query_to_xml('select * from ${table}', true, true, '')`,
        `select table_to_xml('${table}', true, true, '')`,
      ]) {
        expect((await injected(attacker, mode, text)).refused, text).toBe('42501');
      }
    }
    expect(await everything(isTheirs)).toEqual(before);
  });

  it('cannot call a function of the other mode or of the core', async () => {
    const found = await asOwner<{ call: string }>(
      world.owner,
      `select n.nspname || '.' || p.proname || '(' || coalesce((
          select string_agg('null::' || format_type(a, null), ', ') from unnest(p.proargtypes) a), '') || ')' as call
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('core', $1) and p.prorettype <> 'trigger'::regtype`,
      [other[mode]],
    );
    expect(found.length).toBeGreaterThan(2);
    for (const { call } of found) {
      expect((await injected(attacker, mode, `select ${call}`)).refused, call).toBe('42501');
    }
  });

  it('sees, of its own tables, its own rows only, whatever filter it writes', async () => {
    const reachable = tables.filter(isOfWorkspaces(mode));
    let seen = 0;
    for (const { schema, name } of reachable) {
      const table = `${schema}.${name}`;
      const { refused, rows } = await injected(
        attacker,
        mode,
        `select workspace_id from ${table} where true or workspace_id = $1`,
        [victim.id],
      );
      if (refused !== null) {
        // Written for people to read, or read by people alone.
        expect(refused, table).toBe('42501');
        expect(['audit_log', 'figure_hours', 'figure_marks'], table).toContain(name);
        expect(schema).toBe(mode);
        continue;
      }
      const mine = name === 'randomness_days' || name === 'randomness_day_leaves' ? 'system' : attacker.id;
      expect(
        rows.filter((row) => row.workspace_id !== mine),
        table,
      ).toEqual([]);
      seen += rows.length;
    }
    expect(seen).toBeGreaterThan(mode === 'live' ? 10 : 5);
  });

  it('cannot add, change, take over or remove one row of another workspace, in any table', async () => {
    const reachable = tables.filter(isOfWorkspaces(mode));
    const before = await everything(() => true);
    const planted: string[] = [];
    for (const { schema, name } of reachable) {
      const table = `${schema}.${name}`;
      const [theirs] = await asOwner<{ row: Record<string, unknown> }>(
        { ...inject('postgres'), database: world.rolePrefix },
        `select to_jsonb(t) as row from ${table} t where workspace_id in ($1, 'system') limit 1`,
        [victim.id],
      );
      if (theirs === undefined) continue;
      planted.push(table);
      const owner = theirs.row.workspace_id;
      // Their row under another key, so that nothing but the policy is in the way.
      const copy = `insert into ${table} overriding system value select (jsonb_populate_record(null::${table}, $1)).*`;
      expect((await injected(attacker, mode, copy, [theirs.row])).refused, copy).toBe('42501');
      for (const text of [
        `update ${table} set workspace_id = workspace_id where workspace_id = $1 returning 1`,
        `update ${table} set workspace_id = '${attacker.id}' where workspace_id = $1 returning 1`,
        `delete from ${table} where workspace_id = $1 returning 1`,
        `select 1 from ${table} where workspace_id = $1 and workspace_id <> 'system' for update`,
      ]) {
        const { refused, rows } = await injected(attacker, mode, text, [owner]);
        expect(refused === '42501' || rows.length === 0, `${text}: ${refused} ${JSON.stringify(rows)}`).toBe(true);
      }
      // Handing a row of one's own over is a way of writing into another workspace, too.
      const handed = await injected(attacker, mode, `update ${table} set workspace_id = $1 returning 1`, [owner]);
      expect(handed.refused === '42501' || handed.rows.length === 0, `${table}: ${handed.refused}`).toBe(true);
    }
    expect(planted).toEqual(
      mode === 'live'
        ? [
            'live.attempts',
            'live.audit_log',
            'live.deliveries',
            'live.effects',
            'live.idempotency_keys',
            'live.memos_items',
            'live.messages',
            'live.notes_items',
            'live.quota_usage',
            'live.randomness_chains',
            'live.randomness_commits',
            'live.randomness_day_leaves',
            'live.randomness_days',
            'live.randomness_outcomes',
            'live.randomness_revealed_seeds',
            'live.signing_secrets',
            'live.target_versions',
            'live.targets',
            'shared.idempotency_keys',
            'shared.ledger_balances',
            'shared.ledger_entries',
          ]
        : [
            'shared.idempotency_keys',
            'shared.ledger_balances',
            'shared.ledger_entries',
            'test.attempts',
            'test.audit_log',
            'test.deliveries',
            'test.effects',
            'test.idempotency_keys',
            'test.memos_items',
            'test.messages',
            'test.notes_items',
            'test.signing_secrets',
            'test.target_versions',
            'test.targets',
          ],
    );
    const after = await everything(() => true);
    // The attempts themselves are audited, in a batch.
    delete before[`${mode}.audit_log`];
    delete after[`${mode}.audit_log`];
    expect(after).toEqual(before);
  });

  it.each([
    ['naming the workspace', (id: string) => [`select set_config('app.workspace', '${id}', true)`]],
    ['naming it for the session', (id: string) => [`select set_config('app.workspace', '${id}', false)`]],
    [
      'naming the system',
      () => [`select set_config('app.workspace', 'system', true), set_config('app.seat', 'system', true)`],
    ],
    ['making a seat up', (id: string) => [`select set_config('app.seat', md5('${id}') || md5('x'), true)`]],
    ['taking the id for the seat', (id: string) => [`select set_config('app.seat', '${id}', true)`]],
    ['showing a pattern', () => [`select set_config('app.seat', '%', true)`]],
    ['showing nothing', () => [`select set_config('app.seat', '', true)`]],
    ['switching policies off', () => [`select set_config('row_security', 'off', true)`]],
    ['looking elsewhere', (id: string) => [`select set_config('search_path', 'core', true)`, `select '${id}'`]],
  ])('does not come into another workspace by %s', async (_, first) => {
    const { refused, rows } = await injected(
      attacker,
      mode,
      `select * from ${mode}.notes_items where workspace_id <> $1`,
      [attacker.id],
      first(victim.id),
    );
    expect(refused === '42501' || rows.length === 0, `${refused}`).toBe(true);
    const write = await injected(
      attacker,
      mode,
      `insert into ${mode}.notes_items (workspace_id, id, text) values ($1, 'note_x', 'planted')`,
      [victim.id],
      first(victim.id),
    );
    expect(write.refused).toBe('42501');
  });

  it('cannot read a seat, nor have one made', async () => {
    for (const text of [
      'select * from core.seats',
      `select core.seat_of('${victim.id}')`,
      'select key from core.seat_secret',
    ]) {
      expect((await injected(attacker, mode, text)).refused, text).toBe('42501');
      expect(
        (await injected(attacker, mode, text, [], [`select set_config('search_path', 'core', true)`])).refused,
      ).toBe('42501');
    }
    const shown = await injected(attacker, mode, `select current_setting('app.seat', true) as seat`);
    expect(shown.rows[0]?.seat).toMatch(/^[0-9a-f]{64}$/);
    // What it can see is its own, which opens nothing else; and statements of others carry theirs as a parameter.
    const activity = await injected(attacker, mode, `select query from pg_stat_activity where query ~ '[0-9a-f]{64}'`);
    expect(activity.rows).toEqual([]);
  });

  it('cannot open the windows that are for the loops', async () => {
    const purge = await injected(
      attacker,
      mode,
      `select purge_expired('infinity', 'infinity')`,
      [],
      [`select set_config('app.workspace', 'system', true)`],
    );
    expect(purge.refused).toBe('42501');
    if (mode === 'test') return;
    for (const [call, nothing] of [
      [`select * from randomness_day_outcomes(0, 9999999999999)`, []],
      ['select randomness_first_outcome() as x', [{ x: null }]],
      ['select randomness_purge_commits(9999999999999) as x', [{ x: 0 }]],
    ] as const) {
      expect((await injected(attacker, mode, call)).rows, call).toEqual(nothing);
    }
  });

  it('cannot write an intention that its contract does not permit', async () => {
    const insert = `insert into effects (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
      values ($1, $2, $3, $4, $5, '{}', $6, 'req', now())`;
    const write = (id: string, service: string, name: string, disposition: string, state: string) =>
      injected(attacker, mode, insert, [attacker.id, id, service, name, disposition, state]);
    for (const [service, name] of mode === 'test'
      ? [
          ['ledger', 'entry.posted'],
          ['ledger', 'entry.printed'],
          ['randomness', 'outcome.created'],
          ['notes', 'made.up'],
        ]
      : [['notes', 'made.up']]) {
      expect((await write('eff_1', service ?? '', name ?? '', 'deliver', 'pending')).refused).toBe('42501');
    }
    expect((await write('eff_2', 'ledger', 'entry.posted', 'suppress', 'pending')).refused).toMatch(/^(23514|42501)$/);
    // Suppressed, or handed over already: no event comes back, and none is rewritten.
    await world.t.platform.webhooks.settle();
    for (const change of [`state = 'pending', disposition = 'deliver'`, `payload = '{}'`, `subject = 'somebody'`]) {
      expect((await injected(attacker, mode, `update effects set ${change}`)).refused, change).toBe('23514');
    }
  });

  it('cannot send anything through the handle but statements on rows', async () => {
    for (const text of utilities(mode)) {
      expect((await injected(attacker, mode, text)).refused, text).toBe('handle');
    }
    for (const text of [
      'select 1; set role x',
      'select 1; select 2',
      `insert into notes_items (id, text) values ('a', 'b'); commit`,
    ]) {
      expect((await injected(attacker, mode, text)).refused, text).toBe('42601');
    }
  });

  it('gains nothing by them on a bare connection either', async () => {
    const before = await granted();
    for (const text of utilities(mode)) {
      const outcome = await bare(mode, (client) => client.query(text));
      const harmless = harmlessOnBareConnection.find((pattern) => pattern.test(text));
      if (harmless === undefined)
        expect(String(outcome), text).toMatch(/^(42501|0A000|58P01|22023|3D000|42710|42704|55000)$/);
      else expect(outcome, text).toBeNull();
    }
    expect(await granted()).toEqual(before);
  });

  it('cannot reach files, other servers or code outside', async () => {
    for (const text of [
      `select pg_read_file('/etc/passwd')`,
      `select pg_read_binary_file('PG_VERSION')`,
      `select pg_ls_dir('.')`,
      `select pg_stat_file('PG_VERSION')`,
      `select lo_import('/etc/passwd')`,
      `select lo_export(1, '/tmp/x')`,
      `select pg_reload_conf()`,
      `select pg_switch_wal()`,
      `select pg_create_physical_replication_slot('x')`,
      `select set_config('role', '${world.rolePrefix}_${other[mode]}', true)`,
      `select set_config('role', '${world.rolePrefix}_owner', true)`,
      `select set_config('session_authorization', '${world.rolePrefix}_${other[mode]}', true)`,
      `select set_config('session_replication_role', 'replica', true)`,
      `select set_config('dynamic_library_path', '/tmp', true)`,
      `select rolpassword from pg_authid`,
      `select * from pg_statistic`,
    ]) {
      expect((await injected(attacker, mode, text)).refused, text).toMatch(/^(42501|55000)$/);
    }
    for (const text of [`select dblink('', 'select 1')`, `select dblink_connect('x', 'host=localhost')`]) {
      expect((await injected(attacker, mode, text)).refused, text).toBe('42883');
    }
  });

  it('cannot hand anything to the other mode in a large object', async () => {
    const made = await injected(attacker, mode, `select lo_from_bytea(0, 'hidden') as id`);
    const id = Number(made.rows[0]?.id);
    expect(id).toBeGreaterThan(0);
    expect((await injected(attacker, other[mode], `select lo_get(${id})`)).refused).toBe('42501');
    expect((await injected(attacker, other[mode], `select lo_put(${id}, 0, 'x')`)).refused).toBe('42501');
    expect((await injected(attacker, other[mode], `select lo_unlink(${id})`)).refused).toBe('42501');
  });

  it('learns no value of another workspace or mode from statistics', async () => {
    await asOwner({ ...inject('postgres'), database: world.rolePrefix }, 'analyze');
    const { rows } = await injected(
      attacker,
      mode,
      `select schemaname, tablename from pg_stats where schemaname in ('core', 'shared', 'live', 'test')`,
    );
    expect(rows).toEqual([]);
  });
});

describe('pooled connections', () => {
  it('forget what a statement set for the session', async () => {
    const small = await world.another({ INTERLOCK_POOL_SIZE: '1' });
    const run = (who: Workspace, text: string) => small.as(who.keys.live).post('/notes/v1/sql', { text, values: [] });
    const settings = `select current_setting('search_path') as path, current_setting('row_security') as rows,
      current_setting('timezone') as zone, current_setting('app.workspace', true) as workspace,
      current_setting('app.mark', true) as mark, pg_backend_pid() as pid`;
    const before = (await run(victim, settings)).body.rows[0];
    const poison = `select set_config('search_path', 'pg_catalog', false), set_config('app.workspace', '${attacker.id}', false),
      set_config('timezone', 'Asia/Kolkata', false), set_config('client_encoding', 'LATIN1', false),
      set_config('app.mark', 'poisoned', false), set_config('default_transaction_read_only', 'on', false)`;
    expect((await run(attacker, poison)).status).toBe(200);
    // In a transaction that fails afterwards as well.
    expect(
      (await small.as(attacker.keys.live).post('/notes/v1/sql', { first: [poison], text: 'select 1 / 0', values: [] }))
        .status,
    ).toBe(403);
    const after = (await run(victim, settings)).body.rows[0];
    expect({ ...after, mark: after.mark || null }).toEqual({ ...before, mark: before.mark || null });
    expect(after.workspace).toBe(victim.id);
    expect((await small.as(victim.keys.live).get('/notes/v1/notes')).body.notes).toHaveLength(1);
  });

  it('carry no workspace from one request to the next, nor to a statement outside a transaction', async () => {
    const pool = world.t.platform.database.pools.live;
    const outside = await pool.query('select * from notes_items');
    expect(outside.rows).toEqual([]);
    const client = await pool.connect();
    try {
      await client.query('begin');
      expect((await client.query('select * from notes_items')).rows).toEqual([]);
      expect((await client.query(`update notes_items set text = 'x'`)).rowCount).toBe(0);
      await expect(
        client.query(`insert into notes_items (workspace_id, id, text) values ($1, 'n', 't')`, [victim.id]),
      ).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release(true);
    }
  });

  it('serve many workspaces at once, each seeing its own rows', async () => {
    const small = await world.another({ INTERLOCK_POOL_SIZE: '2' });
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const who = i % 2 === 0 ? attacker : victim;
        const mode = modes[(i >> 1) % 2] ?? 'live';
        const { body } = await small.as(who.keys[mode]).get('/notes/v1/notes');
        return body.notes.map((note: { text: string }) => note.text === `${mode} of ${who.id}`);
      }),
    );
    expect(answers).toEqual(answers.map(() => [true]));
  });
});

describe('suppressed effects', () => {
  it('can never become pending, not even for the owner', async () => {
    const root = new Client({ ...inject('postgres'), database: world.rolePrefix });
    await root.connect();
    const suppressed = await root.query(`select id from test.effects where state = 'suppressed'`);
    expect(suppressed.rows.length).toBeGreaterThan(0);
    for (const state of ['pending', 'delivered', 'failed']) {
      await expect(
        root.query(`update test.effects set state = $1 where state = 'suppressed'`, [state]),
      ).rejects.toMatchObject({
        code: '23514',
      });
    }
    await root.end();
  });

  it('are the only ones of pairs whose contract suppresses', async () => {
    await world.t.platform.webhooks.settle();
    for (const mode of modes) {
      const rows = await asOwner<{ pair: string }>(
        world.owner,
        `select distinct service || ' ' || name || ' ' || state as pair from ${mode}.effects order by 1`,
      );
      expect(rows.map((row) => row.pair)).toEqual(
        mode === 'live'
          ? [
              'ledger entry.posted pending',
              'memos memo.filed pending',
              'notes note.added unsubscribed',
              'randomness outcome.created unsubscribed',
            ]
          : ['ledger entry.posted suppressed', 'memos memo.filed pending', 'notes note.added unsubscribed'],
      );
    }
  });
});

async function granted(): Promise<unknown> {
  return asOwner(
    world.owner,
    `select c.oid, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity, (select count(*) from pg_policy) as policies
     from pg_class c where c.relnamespace in ('core'::regnamespace, 'live'::regnamespace, 'test'::regnamespace,
       'shared'::regnamespace) order by 1`,
  );
}

/** Statements that are about something else than rows. */
function utilities(mode: Mode): string[] {
  const elsewhere = `${world.rolePrefix}_${other[mode]}`;
  return [
    `set role ${elsewhere}`,
    `set role ${world.rolePrefix}_owner`,
    `set session authorization ${elsewhere}`,
    `copy ${other[mode]}.notes_items to stdout`,
    `copy core.api_keys to stdout`,
    `copy (select 1) to program 'true'`,
    `copy notes_items from '/etc/passwd'`,
    `create table ${mode}.mine (id int)`,
    `create temporary table notes_items (id int)`,
    `create view ${mode}.mine as select 1`,
    `create schema mine`,
    `create function ${mode}.mine() returns int language sql as 'select 1'`,
    `create function pg_temp.mine() returns int language sql as 'select 1'`,
    `create extension dblink`,
    `create extension postgres_fdw`,
    `create role mine`,
    `create trigger mine before insert on ${mode}.notes_items execute function ${mode}.hold_arrivals()`,
    `alter table ${mode}.notes_items disable row level security`,
    `alter table ${mode}.notes_items no force row level security`,
    `drop policy ${mode}_rows on ${mode}.notes_items`,
    `create policy mine on ${mode}.notes_items using (true)`,
    `grant all on ${mode}.notes_items to public`,
    `alter role ${elsewhere} password 'x'`,
    `alter role ${world.rolePrefix}_${mode} bypassrls`,
    `alter role ${world.rolePrefix}_${mode} superuser`,
    `alter system set log_statement = 'all'`,
    `truncate ${mode}.notes_items`,
    `drop table ${mode}.notes_items`,
    `do $$ begin execute 'select * from ${other[mode]}.notes_items'; end $$`,
    `load '/tmp/x.so'`,
    'checkpoint',
    `security label on role ${elsewhere} is 'x'`,
    `set session characteristics as transaction read write`,
    `set search_path = ${other[mode]}`,
    `listen interlock_keys`,
    `prepare mine as select 1`,
    'discard all',
    'begin',
  ];
}

/** What PostgreSQL lets any role do, to itself or its session only; the handle refuses it all the same. */
const harmlessOnBareConnection = [
  // Answered with a warning that nothing was granted.
  /^grant all/,
  /^set session characteristics/,
  /^set search_path/,
  /^listen /,
  /^prepare /,
  /^discard all/,
  /^begin/,
];
