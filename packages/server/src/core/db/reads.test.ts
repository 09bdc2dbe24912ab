import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { Work } from './group.ts';
import { sql } from './sql.ts';

let world: FixtureWorld;
let ws: string;
beforeAll(async () => {
  world = await createFixtureWorld({ poolSize: 6 });
  ws = await world.t.workspace();
});
afterAll(() => world.close());

const reading = (workspaceId = ws): Work => world.t.platform.database.reading('live', workspaceId);
const addNote = sql`insert into notes_items (id, text) values ($1, $2)`;
const readNote = sql`select text from notes_items where id = $1`;
const started = sql`select now()::text || pg_backend_pid() as transaction, $1::int as n`;
const divide = sql`select 12 / $1::int as quotient`;

const store = (workspaceId: string, id: string, text: string) =>
  asOwner(world.owner, 'insert into live.notes_items (workspace_id, id, text) values ($1, $2, $3)', [
    workspaceId,
    id,
    text,
  ]);

describe('what calls read together', () => {
  it('travels in few transactions when it is asked together, and everybody gets his own answer', async () => {
    const rows = await Promise.all(
      Array.from({ length: 50 }, (_, n) => reading().row<{ transaction: string; n: number }>(started, [n])),
    );
    expect(rows.map((row) => row?.n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(new Set(rows.map((row) => row?.transaction)).size).toBeLessThan(10);
  });

  it('is never of two workspaces, nor seen by another one', async () => {
    const other = await world.t.workspace();
    await store(ws, 'mine', 'mine');
    await store(other, 'theirs', 'theirs');
    const asked = [ws, other, ws, other].map(async (workspaceId) => {
      const work = reading(workspaceId);
      const [mine, theirs, at] = await Promise.all([
        work.row<{ text: string }>(readNote, ['mine']),
        work.row<{ text: string }>(readNote, ['theirs']),
        work.row<{ transaction: string }>(started, [0]),
      ]);
      return { workspaceId, seen: [mine?.text, theirs?.text], transaction: at?.transaction };
    });
    const answers = await Promise.all(asked);
    for (const { workspaceId, seen } of answers) {
      expect(seen).toEqual(workspaceId === ws ? ['mine', undefined] : [undefined, 'theirs']);
    }
    const of = (id: string) =>
      answers.filter((answer) => answer.workspaceId === id).map((answer) => answer.transaction);
    expect(of(ws).some((transaction) => of(other).includes(transaction))).toBe(false);
  });

  it('sees what was committed before it was asked', async () => {
    for (let turn = 0; turn < 20; turn++) {
      await store(ws, `seen-${turn}`, 'there');
      const read = await Promise.all([reading().row(readNote, [`seen-${turn}`]), reading().row(readNote, ['mine'])]);
      expect(read[0]).toEqual({ text: 'there' });
    }
  });

  it('is answered although another statement failed, which alone is told why', async () => {
    const asked = Array.from({ length: 40 }, (_, n) => reading().row<{ quotient: number }>(divide, [n % 4]));
    const outcomes = await Promise.allSettled(asked);
    outcomes.forEach((outcome, n) => {
      if (n % 4 === 0) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
      else expect(outcome).toMatchObject({ status: 'fulfilled', value: { quotient: 12 / (n % 4) } });
    });
  });

  it('changes nothing', async () => {
    await expect(reading().run(addNote, ['read', 'x'])).rejects.toMatchObject({ code: '25006' });
    expect(() => reading().defer(addNote, ['read', 'x'])).toThrow('changes nothing');
    expect(await reading().rows(readNote, ['read'])).toEqual([]);
    const work = reading();
    expect(work.touched).toBe(false);
    await work.commit();
    await work.rollback();
  });

  it('leaves nothing behind on its connection', async () => {
    const setting = sql`select current_setting('plan_cache_mode') as plans, current_setting('app.seat', true) as seat,
      current_setting('transaction_read_only') as reads`;
    expect(await reading().row(setting)).toMatchObject({ plans: 'force_generic_plan', reads: 'on' });
    const pool = world.t.platform.database.pools.live;
    const clients = await Promise.all(Array.from({ length: 6 }, () => pool.connect()));
    try {
      for (const client of clients) {
        const { rows } = await client.query(setting.text);
        expect(rows[0]).toEqual({ plans: 'auto', seat: '', reads: 'off' });
      }
    } finally {
      for (const client of clients) client.release();
    }
  });

  it('is answered when a connection breaks: with what was asked, or that the database cannot be reached', async () => {
    const asked = Array.from({ length: 60 }, (_, n) => reading().row<{ n: number }>(started, [n]));
    await asOwner(
      { ...inject('postgres'), database: world.rolePrefix },
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'interlock live' and datname = current_database()`,
    );
    for (const [n, outcome] of (await Promise.allSettled(asked)).entries()) {
      if (outcome.status === 'fulfilled') expect(outcome.value?.n).toBe(n);
      else expect(outcome.reason).toMatchObject({ code: 'unavailable' });
    }
    await expect
      .poll(() =>
        reading()
          .row(started, [1])
          .catch(() => null),
      )
      .toMatchObject({ n: 1 });
  });
});
