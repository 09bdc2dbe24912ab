import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CuttableWay, openCuttableWay } from '../testing/cuttable-way.ts';
import { fixtureServices, unlimited } from '../testing/fixtures/services.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';

let db: FreshDatabase;
let way: CuttableWay;
let t: TestPlatform;
let receiver: Receiver;
let live: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  way = await openCuttableWay(db.owner);
  receiver = await startReceiver();
  t = await createTestPlatform({
    services: fixtureServices,
    owner: way.owner,
    env: { ...unlimited, ...db.env, INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' },
  });
  t.platform.startLoops();
  live = t.as((await t.key(await t.workspace(), { service: 'notes', mode: 'live' })).key);
});
afterAll(async () => {
  await t.close();
  await receiver.close();
  await way.close();
  await db.drop();
});

interface Row {
  id: string;
  status: string;
  attempt_count: number;
  lease_owner: string | null;
  finalized_at: Date | null;
}

const rows = (ids: readonly string[]) =>
  asOwner<Row>(db.owner, 'select * from live.deliveries where id = any($1) order by id', [ids]);
const until = (work: () => Promise<void>) => vi.waitFor(work, { timeout: 20_000, interval: 50 });
const send = async (parcel: Record<string, unknown>): Promise<string> =>
  (await live.post('/notes/v1/parcels', { url: receiver.url, ...parcel })).body.id;
const allEnded = (ids: readonly string[]) =>
  until(async () => {
    for (const row of await rows(ids)) expect(row.finalized_at, `${row.id} ${row.status}`).not.toBeNull();
  });

describe('while the database is away for longer than a lease', () => {
  it('nothing is sent that fell due, nothing that was sent is forgotten, and all ends once it is back', async () => {
    const open: (() => void)[] = [];
    receiver.answer = (_, response) => void open.push(() => response.end('ok'));
    const out = await send({});
    await receiver.count(1);
    const waiting = await Promise.all(Array.from({ length: 20 }, (_, i) => send({ delayMs: 900 + i })));
    await until(async () => {
      for (const row of await rows(waiting)) expect(row.lease_owner).not.toBeNull();
    });
    await way.cut();
    for (const answer of open) answer();
    receiver.answer = (_, response) => response.end('ok');
    // The lease runs by a clock of the process; by then everything has fallen due.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const sentMeanwhile = receiver.received.length;
    await way.restore();

    await allEnded([out, ...waiting]);
    expect(await rows([out])).toMatchObject([{ status: 'succeeded', attempt_count: 1 }]);
    for (const row of await rows(waiting)) {
      expect(row).toMatchObject({ status: 'succeeded', attempt_count: 1, lease_owner: null });
    }
    expect(receiver.received).toHaveLength(21);
    expect(sentMeanwhile).toBeLessThanOrEqual(21);
  });
});

describe('a claim whose answer was lost on the way', () => {
  it('is given back and made again', async () => {
    const id = await send({ delayMs: 3_600_000 });
    // As the claim left it, which the node never heard of.
    await asOwner(
      db.owner,
      `update live.deliveries set lease_owner = (select node from live.dispatch_nodes), lease_token = lease_token + 1,
         claimable = false, due_at = clock_timestamp() where id = $1`,
      [id],
    );
    await way.cut();
    // Its lease lapses meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await way.restore();
    await allEnded([id]);
    expect(await rows([id])).toMatchObject([{ status: 'succeeded', attempt_count: 1 }]);
  });
});

describe('a delivery that cannot be read', () => {
  it('is tried again and said in the log, and takes nobody else with it', async () => {
    const id = await send({ delayMs: 3_600_000, body: 'mine', headers: { 'X-A': 'b' } });
    const kept = await asOwner<{ id: string; sealed_body: Buffer }>(
      db.owner,
      `update live.messages m set sealed_body = decode('00', 'hex') from live.deliveries d, live.messages o
       where d.id = $1 and m.id = d.message_id and o.id = m.id returning m.id, o.sealed_body`,
      [id],
    );
    await asOwner(db.owner, 'update live.deliveries set due_at = clock_timestamp() where id = $1', [id]);
    await until(async () => expect(t.log.some((line) => line.includes('a delivery cannot be composed'))).toBe(true));
    const other = await send({ body: 'next' });
    await allEnded([other]);
    expect(await rows([id])).toMatchObject([{ status: 'scheduled', attempt_count: 0 }]);
    await asOwner(db.owner, 'update live.messages set sealed_body = $2 where id = $1', [
      kept[0]?.id,
      kept[0]?.sealed_body,
    ]);
    await allEnded([id]);
    expect(receiver.received.at(-1)).toMatchObject({ body: 'mine' });
  });
});
