import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';

let db: FreshDatabase;
let t: TestPlatform;
let receiver: Receiver;
let live: Caller;
let gate: Client;

beforeAll(async () => {
  db = await createFreshDatabase();
  receiver = await startReceiver();
  t = await createTestPlatform({ owner: db.owner, env: { ...db.env, INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' } });
  live = t.as((await t.key(await t.workspace(), { service: 'scheduler', mode: 'live' })).key);
  gate = new Client(db.owner);
  await gate.connect();
});
afterAll(async () => {
  await gate.end();
  await t.close();
  await receiver.close();
  await db.drop();
});

/**
 * A statement of the dispatcher stops between taking its snapshot and looking at its first delivery, for as long as the gate
 * is shut.
 */
async function shutGate(): Promise<void> {
  const role = `${db.env.INTERLOCK_ROLE_PREFIX}_live_dispatch`;
  await asOwner(
    db.owner,
    `create policy gate on live.deliveries as restrictive for select to ${role}
     using (pg_advisory_xact_lock_shared(4242)::text is not null)`,
  );
  await gate.query('select pg_advisory_lock(4242)');
}

const someoneWaits = () =>
  vi.waitFor(
    async () => {
      const { rows } = await gate.query(`select from pg_locks where locktype = 'advisory' and not granted`);
      expect(rows.length).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 20 },
  );

it('a schedule that is changed while a node claims it is sent as it is now, body and destination', async () => {
  const endpoint = (await live.post('/v1/endpoints', { url: `${receiver.url}/profile`, headers: { 'X-P': 'p' } })).body;
  const made = await Promise.all(
    [{ body: 'to the profile' }, { body: 'to a URL' }].map((_, index) =>
      live.post('/v1/schedules', {
        endpoint: `${receiver.url}/old`,
        delay: '2s',
        body: 'old',
        metadata: { index: String(index) },
      }),
    ),
  );
  const [first, second] = made.map((answer) => answer.body.id as string);
  await shutGate();
  t.platform.startLoops();
  await someoneWaits();
  const moved = await live.send(
    'PATCH',
    `/v1/schedules/${first}`,
    JSON.stringify({ endpoint: null, endpoint_id: endpoint.id, body: 'to the profile' }),
    { headers: { 'content-type': 'application/json' } },
  );
  expect(moved.status, moved.text).toBe(200);
  const changed = await live.send(
    'PATCH',
    `/v1/schedules/${second}`,
    JSON.stringify({ endpoint: `${receiver.url}/new`, body: 'to a URL', method: 'PUT' }),
    { headers: { 'content-type': 'application/json' } },
  );
  expect(changed.status, changed.text).toBe(200);
  await gate.query('select pg_advisory_unlock(4242)');

  await receiver.count(2);
  expect(receiver.received.map(({ method, url, body }) => [method, url, body]).sort()).toEqual([
    ['POST', '/profile', 'to the profile'],
    ['PUT', '/new', 'to a URL'],
  ]);
});
