import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import { GroupUndone, type Work } from './group.ts';
import { sql } from './sql.ts';
import type { Batch } from './transaction.ts';

let world: FixtureWorld;
let ws: string;
beforeAll(async () => {
  world = await createFixtureWorld({ poolSize: 4 });
  ws = await world.t.workspace();
});
afterAll(() => world.close());

const join = (workspaceId = ws) => world.t.platform.database.shared('live', workspaceId);
const addNote = sql`insert into notes_items (id, text) values ($1, $2)`;
const changeNote = sql`update notes_items set text = text || $2 where id = $1`;
const transactionId = sql`select pg_current_xact_id()::text as id`;
const wrong = sql`select 1 / $1::int`;

const texts = async (like: string): Promise<string[]> =>
  (
    await asOwner<{ text: string }>(world.owner, 'select text from live.notes_items where id like $1 order by id', [
      like,
    ])
  ).map(({ text }) => text);

/** Runs calls that arrive together; each commits, or gives up, by itself. */
function together<T>(
  count: number,
  call: (work: Work, index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(
    Array.from({ length: count }, async (_, index) => {
      const work = join();
      try {
        const result = await call(work, index);
        await work.commit();
        return result;
      } catch (error) {
        await work.rollback();
        throw error;
      }
    }),
  );
}

describe('calls that share a transaction', () => {
  it('are in one when they arrive together, and see what each other queued once it is committed', async () => {
    const outcomes = await together(20, async (work, i) => {
      work.defer(addNote, [`together-${i}`, 'x']);
      return (await work.row<{ id: string }>(transactionId))?.id;
    });
    expect(new Set(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).size).toBe(1);
    expect(await texts('together-%')).toHaveLength(20);
  });

  it('are never of two workspaces', async () => {
    const other = await world.t.workspace();
    const ids = await Promise.all(
      [ws, other].map(async (workspaceId) => {
        const work = join(workspaceId);
        const row = await work.row<{ id: string }>(transactionId);
        await work.commit();
        return row?.id;
      }),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('are undone together when one fails, which alone is told why; the others may run again', async () => {
    const outcomes = await together(5, async (work, i) => {
      work.defer(addNote, [`failing-${i}`, 'x']);
      await work.row(i === 3 ? wrong : sql`select $1::int`, [0]);
    });
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : null));
    expect(reasons.filter((reason) => reason instanceof GroupUndone)).toHaveLength(4);
    expect(reasons[3]).toMatchObject({ code: '22012' });
    expect(await texts('failing-%')).toEqual([]);
  });

  it('are undone together when one gives up after it asked', async () => {
    const outcomes = await together(3, async (work, i) => {
      await work.run(addNote, [`leaving-${i}`, 'x']);
      if (i === 1) throw new Error('changed my mind');
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await texts('leaving-%')).toEqual([]);
  });

  it('wait for nobody who never asked', async () => {
    const silent = join();
    await together(2, async (work, i) => work.defer(addNote, [`silent-${i}`, 'x']));
    expect(await texts('silent-%')).toHaveLength(2);
    expect(silent.touched).toBe(false);
    await silent.commit();
  });

  it('fail whole when what one queued cannot be stored', async () => {
    const outcomes = await together(3, async (work, i) => {
      work.defer(addNote, [i === 2 ? null : `queued-${i}`, 'x']);
    });
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(GroupUndone) });
    }
    expect(await texts('queued-%')).toEqual([]);
  });

  it('refuse what a transaction refuses', async () => {
    expect(() => join().defer({ name: 'x', text: 'listen keys' }, [])).toThrow('select, insert');
    const ended = join();
    await ended.commit();
    expect(() => ended.defer(addNote, ['late', 'x'])).toThrow('has ended');
    await expect(ended.row(transactionId)).rejects.toThrow('has ended');
  });

  it('take rows that two groups need in one order, so that they never block each other', async () => {
    for (const id of ['lock-a', 'lock-b', 'lock-c'])
      await asOwner(world.owner, "insert into live.notes_items (workspace_id, id, text) values ($1, $2, '')", [ws, id]);
    const orders = [
      ['lock-a', 'lock-b', 'lock-c'],
      ['lock-c', 'lock-b', 'lock-a'],
      ['lock-b', 'lock-a', 'lock-c'],
    ];
    for (let round = 0; round < 10; round++) {
      for (const order of orders) void order;
      const outcomes = await Promise.all(
        orders.map(async (order) => {
          await new Promise(setImmediate);
          return together(3, async (work, i) => work.run(changeNote, [order[i] ?? '', '.']));
        }),
      );
      expect(outcomes.flat().map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 'fulfilled'));
    }
    expect((await texts('lock-%')).map((text) => text.length)).toEqual([30, 30, 30]);
  });
});

describe('a batch', () => {
  const addNotes: Batch<{ id: string; times: number }> = {
    statement: sql`
      insert into notes_items as n (id, text) select e.id, '.' from unnest($1::text[]) as e(id)
      on conflict (workspace_id, id) do update set text = n.text || '.'
      returning id, length(text) as times`,
    keyOf: ([id]) => String(id),
    keyOfRow: ({ id }) => id,
  };

  it('answers each call its own row, and those with the same key one after another', async () => {
    const ids = ['b1', 'b2', 'b1', 'b3', 'b1'];
    const outcomes = await together(ids.length, async (work, i) => work.entry(addNotes, [ids[i]]));
    const rows = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
    expect(rows.map((row) => row?.id)).toEqual(ids);
    expect(
      rows
        .filter((row) => row?.id === 'b1')
        .map((row) => row?.times)
        .toSorted(),
    ).toEqual([1, 2, 3]);
  });

  it('is one entry in a transaction of its own', async () => {
    const alone = world.t.platform.database.transaction('live', ws);
    expect(await alone.entry(addNotes, ['b4'])).toEqual({ id: 'b4', times: 1 });
    await alone.commit();
  });

  it('undoes the transaction when it fails, blaming nobody', async () => {
    const outcomes = await together(2, async (work, i) => work.entry(addNotes, [i === 0 ? null : 'b5']));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(GroupUndone) });
    }
    expect(await texts('b5')).toEqual([]);
  });
});
