import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { ApiError } from '../errors.ts';
import { sql } from './sql.ts';
import { Transaction } from './transaction.ts';

let world: FixtureWorld;
let ws: string;
let pool: Pool;
beforeAll(async () => {
  world = await createFixtureWorld({ poolSize: 2 });
  ws = await world.t.workspace();
  pool = world.t.platform.database.pools.live;
});
afterAll(() => world.close());

const open = () => world.t.platform.database.transaction('live', ws);
const addNote = sql`insert into notes_items (id, text) values ($1, 'x')`;
const countNotes = sql`select count(*)::int as n from notes_items where id = $1`;
const wrong = sql`select 1 / $1::int`;
const pid = sql`select pg_backend_pid() as pid`;

async function stored(id: string): Promise<number | undefined> {
  const [row] = await asOwner<{ n: number }>(
    world.owner,
    'select count(*)::int as n from live.notes_items where id = $1',
    [id],
  );
  return row?.n;
}
const idle = () => pool.totalCount === pool.idleCount && pool.waitingCount === 0;

describe('a transaction', () => {
  it('that asks nothing takes no connection', async () => {
    let taken = 0;
    const count = () => {
      taken++;
    };
    pool.on('acquire', count);
    const nothing = open();
    expect(nothing.touched).toBe(false);
    await nothing.commit();
    await open().rollback();
    pool.off('acquire', count);
    expect(taken).toBe(0);
  });

  it('begins, takes its seat and asks in one round trip, and ends in another', async () => {
    const proxy = await countingProxy();
    const through = new Pool({ ...throughProxy(proxy), max: 1 });
    const warm = new Transaction(through, await seat());
    await warm.row(countNotes, ['none']);
    await warm.commit();
    proxy.bursts = 0;
    const db = new Transaction(through, await seat());
    await db.row(countNotes, ['none']);
    expect(proxy.bursts).toBe(1);
    db.defer(addNote, ['burst-1']);
    db.defer(addNote, ['burst-2']);
    await db.commit();
    expect(proxy.bursts).toBe(2);
    expect(await stored('burst-2')).toBe(1);
    await through.end();
    proxy.server.close();
  });

  it('shows its seat in no statement, where other sessions of the role and the log could read it', async () => {
    const proxy = await countingProxy();
    const through = new Pool({ ...throughProxy(proxy), max: 1 });
    const shown = await seat();
    for (let i = 0; i < 3; i++) {
      const db = new Transaction(through, shown);
      await db.row(countNotes, ['none']);
      await db.commit();
    }
    await through.end();
    proxy.server.close();
    const holding = new Set(
      messages(Buffer.concat(proxy.sent))
        .filter(({ body }) => body.includes(shown.seat))
        .map(({ type }) => type),
    );
    // B: the values of a statement. Its text would be in P or Q.
    expect(holding).toEqual(new Set(['B']));
  });

  it('shows its rows to nobody before it commits', async () => {
    const db = open();
    await db.run(addNote, ['hidden']);
    expect((await db.row<{ n: number }>(countNotes, ['hidden']))?.n).toBe(1);
    expect(await stored('hidden')).toBe(0);
    await db.commit();
    expect(await stored('hidden')).toBe(1);
  });

  it('that is rolled back leaves nothing, and may be rolled back again', async () => {
    const db = open();
    await db.run(addNote, ['undone']);
    db.defer(addNote, ['undone too']);
    await db.rollback();
    await db.rollback();
    expect(await stored('undone')).toBe(0);
    expect(await stored('undone too')).toBe(0);
    expect(idle()).toBe(true);
  });

  it('that has ended takes no statement any more', async () => {
    const db = open();
    await db.row(pid);
    await db.commit();
    await expect(db.row(pid)).rejects.toThrow('the transaction has ended');
    expect(() => db.defer(addNote, ['late'])).toThrow('the transaction has ended');
  });

  it('whose deferred statement fails undoes everything', async () => {
    const db = open();
    await db.run(addNote, ['deferred']);
    db.defer(addNote, ['deferred before']);
    db.defer(wrong, [0]);
    db.defer(addNote, ['deferred after']);
    await expect(db.commit()).rejects.toMatchObject({ code: '22012' });
    for (const id of ['deferred', 'deferred before', 'deferred after']) expect(await stored(id)).toBe(0);
    expect(idle()).toBe(true);
  });

  it('whose failure was caught by its handler cannot commit', async () => {
    const db = open();
    await db.run(addNote, ['swallowed']);
    await db.row(wrong, [0]).catch(() => {});
    await expect(db.commit()).rejects.toThrow('already aborted');
    expect(await stored('swallowed')).toBe(0);
    expect(idle()).toBe(true);
  });

  it('that failed leaves its connection clean for the next one', async () => {
    const first = open();
    const before = await first.row<{ pid: number }>(pid);
    await first.row(wrong, [0]).catch(() => {});
    await first.rollback();
    for (let i = 0; i < 4; i++) {
      const next = open();
      await next.run(addNote, [`after failure ${i}`]);
      await next.commit();
    }
    expect(before?.pid).toBeGreaterThan(0);
    expect(await stored('after failure 3')).toBe(1);
  });
});

describe('a database that is lost', () => {
  it('in the middle of a transaction is "unavailable", and the next transaction works', async () => {
    const db = open();
    const { pid: backend } = (await db.row<{ pid: number }>(pid)) ?? { pid: 0 };
    await db.run(addNote, ['lost']);
    await asOwner({ ...inject('postgres'), database: world.rolePrefix }, 'select pg_terminate_backend($1)', [backend]);
    const failure = await db.row(countNotes, ['lost']).then(
      () => null,
      (error: unknown) => error as ApiError,
    );
    expect(failure).toMatchObject({ code: 'unavailable', details: { retryAfter: 2 } });
    await db.rollback();
    expect(await stored('lost')).toBe(0);
    const next = open();
    await next.run(addNote, ['found']);
    await next.commit();
    expect(await stored('found')).toBe(1);
  });

  it('before the commit is "unavailable", with nothing written', async () => {
    const db = open();
    const { pid: backend } = (await db.row<{ pid: number }>(pid)) ?? { pid: 0 };
    db.defer(addNote, ['lost at commit']);
    await asOwner({ ...inject('postgres'), database: world.rolePrefix }, 'select pg_terminate_backend($1)', [backend]);
    await expect(db.commit()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await stored('lost at commit')).toBe(0);
  });

  it('when nothing listens is "unavailable"', async () => {
    const nowhere = new Pool({ host: '127.0.0.1', port: 1, user: 'x', database: 'x' });
    const db = new Transaction(nowhere, await seat());
    await expect(db.row(pid)).rejects.toMatchObject({ code: 'unavailable' });
    await db.rollback();
    const deferred = new Transaction(nowhere, await seat());
    deferred.defer(addNote, ['x']);
    await expect(deferred.commit()).rejects.toMatchObject({ code: 'unavailable' });
    await nowhere.end();
  });

  it('is a 503 in the words of the service', async () => {
    const key = await world.t.key(ws, { service: 'notes', mode: 'live' });
    expect((await world.t.as(key.key).get('/notes/v1/notes')).status).toBe(200);
    const root = new Client(inject('postgres'));
    await root.connect();
    await root.query(`alter database ${world.rolePrefix} allow_connections false`);
    await root.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [world.rolePrefix]);
    try {
      const answer = await world.t.as(key.key).get('/notes/v1/notes');
      expect(answer.status).toBe(503);
      expect(answer.body.error.code).toBe('unavailable');
      expect(answer.headers['retry-after']).toBe('2');
      expect((await world.t.as(null).get('/readyz')).status).toBe(503);
    } finally {
      await root.query(`alter database ${world.rolePrefix} allow_connections true`);
      await root.end();
    }
    await expect.poll(async () => (await world.t.as(key.key).get('/notes/v1/notes')).status).toBe(200);
  });
});

describe('a pool that is used up', () => {
  it('lets the next transaction wait, and then is "unavailable" rather than a bug', async () => {
    const small = new Pool({ ...liveConfig(), max: 1, connectionTimeoutMillis: 1_000 });
    const holder = new Transaction(small, await seat());
    await holder.row(pid);
    await expect(new Transaction(small, await seat()).row(pid)).rejects.toMatchObject({ code: 'unavailable' });
    const waiting = new Transaction(small, await seat());
    const answer = waiting.row<{ pid: number }>(pid);
    await holder.rollback();
    expect((await answer)?.pid).toBeGreaterThan(0);
    await waiting.rollback();
    await small.end();
  });

  it('serves far more transactions than it has connections', async () => {
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const db = open();
        await db.run(addNote, [`many ${i}`]);
        await (i % 3 === 0 ? db.rollback() : db.commit());
      }),
    );
    const kept = await asOwner<{ id: string }>(world.owner, `select id from live.notes_items where id like 'many %'`);
    const expected = Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 !== 0);
    expect(kept.map(({ id }) => id).sort()).toEqual(expected.map((i) => `many ${i}`).sort());
    expect(pool.totalCount).toBeLessThanOrEqual(2);
    await expect.poll(idle).toBe(true);
  });
});

function liveConfig() {
  const { host, port, user, password, database } = (pool as unknown as { options: Record<string, string & number> })
    .options;
  return { host, port, user, password, database, options: '-c search_path=live,shared,pg_temp' };
}

/** The seat of the workspace, as a real transaction shows it. */
async function seat(): Promise<{ workspaceId: string; seat: string }> {
  const db = open();
  const row = await db.row<{ seat: string }>(sql`select current_setting('app.seat') as seat`);
  await db.commit();
  return { workspaceId: ws, seat: row?.seat ?? '' };
}

interface CountingProxy {
  server: Server;
  port: number;
  /** How often the direction changed from server to client: round trips begun. */
  bursts: number;
  /** What the client sent. */
  sent: Buffer[];
}

/** Stands between client and server and counts round trips: data of the client after data of the server. */
async function countingProxy(): Promise<CountingProxy> {
  const { host, port } = inject('postgres');
  const proxy: CountingProxy = { server: createServer(), port: 0, bursts: 0, sent: [] };
  proxy.server.on('connection', (client: Socket) => {
    const upstream = host.startsWith('/') ? connectTo(`${host}/.s.PGSQL.${port}`) : connectTo(port, host);
    let answered = true;
    client.on('data', (bytes) => {
      if (answered) proxy.bursts++;
      answered = false;
      proxy.sent.push(bytes);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      answered = true;
      client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('error', () => {});
    upstream.on('error', () => {});
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  proxy.server.listen(0, '127.0.0.1', resolve);
  await promise;
  proxy.port = (proxy.server.address() as { port: number }).port;
  return proxy;
}

function throughProxy(proxy: CountingProxy) {
  return { ...liveConfig(), host: '127.0.0.1', port: proxy.port, pipeline: true } as ConstructorParameters<
    typeof Pool
  >[0] &
    object;
}

/** The messages of a client, after the start-up message, which has no type. */
function messages(bytes: Buffer): { type: string; body: Buffer }[] {
  const found: { type: string; body: Buffer }[] = [];
  for (let at = bytes.readInt32BE(0); at < bytes.length; ) {
    const length = bytes.readInt32BE(at + 1);
    found.push({ type: String.fromCharCode(bytes[at] ?? 0), body: bytes.subarray(at + 5, at + 1 + length) });
    at += 1 + length;
  }
  return found;
}
