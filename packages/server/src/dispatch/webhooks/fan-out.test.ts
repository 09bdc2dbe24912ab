import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { sql } from '../../core/db/sql.ts';
import type { FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { TestPlatform } from '../../testing/harness.ts';
import { listListeningEndpoints, settleEvents, storeDeliveries, takeWaitingEvents } from './fan-out-repository.ts';
import { createWebhookWorld, deliveriesOf, newOwner, notesIn, type Owner, receivers } from './webhooks.fixture.ts';

/* Several processes on one database: two that hand out, and one that only emits, as one that dies afterwards does. */

let world: FixtureWorld;
let second: TestPlatform;
let emitting: TestPlatform;
const open = receivers();
beforeAll(async () => {
  world = await createWebhookWorld();
  second = await world.another();
  emitting = await world.another();
  for (const node of [second, emitting]) await node.platform.webhooks.ready;
  world.t.platform.startLoops();
  second.platform.startLoops();
});
afterEach(() => open.closeAll());
afterAll(() => world.close());

/** The owner of the database may end nobody's connections. */
const asServer = (text: string) => asOwner({ ...inject('postgres'), database: world.owner.database ?? '' }, text);
/** His keys work on every node; his notes are added at the one that only emits. */
const owner = () => newOwner(emitting);
const knows = (node: TestPlatform, ann: Owner, listens: boolean) =>
  expect.poll(() => node.platform.webhooks.mayListen('live', ann.workspaceId, 'notes')).toBe(listens);
const pending = (ann: Owner) =>
  asOwner(world.owner, `select id from live.effects where workspace_id = $1 and state = 'pending'`, [ann.workspaceId]);
const perEvent = (ann: Owner) =>
  asOwner<{ n: number }>(
    world.owner,
    `select count(*)::int as n from live.deliveries where workspace_id = $1 group by source_id, target_id`,
    [ann.workspaceId],
  ).then((rows) => rows.map(({ n }) => n));

it('hands each event to each endpoint once, however many processes look for it', async () => {
  const ann = await owner();
  const [one, two] = await Promise.all([open.start(), open.start()]);
  await ann.listen(one);
  await ann.listen(two);
  const texts = Array.from({ length: 150 }, (_, index) => `note ${index}`);
  const sweeping = (async () => {
    for (let i = 0; i < 12; i++) {
      await Promise.all([world.t.platform.webhooks.settle(), second.platform.webhooks.settle()]);
    }
  })();
  await Promise.all(texts.map((text) => ann.addNote('live', text)));
  await sweeping;
  await Promise.all([world.t.platform.webhooks.settle(), second.platform.webhooks.settle()]);
  await Promise.all([one.count(150), two.count(150)]);
  expect(await perEvent(ann)).toEqual(Array.from({ length: 300 }, () => 1));
  for (const receiver of [one, two]) expect(notesIn(receiver.received).sort()).toEqual([...texts].sort());
});

it('leaves nothing half done when a process dies before its commit, and another one makes up for it', async () => {
  const ann = await owner();
  const receiver = await open.start();
  const endpoint = await ann.listen(receiver);
  const dying = emitting.platform.database.transaction('live', ann.workspaceId);
  await ann.addNote('live', 'orphan');
  const events = await takeWaitingEvents(dying, [{ service: 'notes', type: 'note.added' }], 10);
  expect(events.map(({ data }) => data.text)).toEqual(['orphan']);
  expect((await listListeningEndpoints(dying, ['notes'])).map(({ id }) => id)).toEqual([endpoint.id]);
  storeDeliveries(
    dying,
    [],
    [
      {
        id: 'dlv_live_halfdone',
        service: 'notes',
        eventId: 'evt_live_halfdone',
        eventType: 'note.added',
        messageId: 'msg_live_halfdone',
        targetId: endpoint.id,
        at: 0,
        dueAt: 0,
        replayOf: null,
        isTest: false,
      },
    ],
  );
  settleEvents(dying, new Map(events.map(({ effectId }) => [effectId, 'delivered'])));
  // Held by the one that is dying: nobody else takes it.
  await world.t.platform.webhooks.settle();
  expect(await perEvent(ann)).toEqual([]);
  // The connection goes as it does when the process is killed.
  await asServer(
    `select pg_terminate_backend(pid) from pg_locks where relation = 'live.effects'::regclass and mode = 'RowShareLock'`,
  );
  await dying.rollback();
  await second.platform.webhooks.settle();
  await receiver.count(1);
  expect(notesIn(receiver.received)).toEqual(['orphan']);
  expect(await perEvent(ann)).toEqual([1]);
});

it('asks the rows: an endpoint that was disabled after the event gets nothing', async () => {
  const ann = await owner();
  const receiver = await open.start();
  const endpoint = await ann.listen(receiver);
  const held = emitting.platform.database.transaction('live', ann.workspaceId);
  await ann.addNote('live', 'too late');
  await takeWaitingEvents(held, [{ service: 'notes', type: 'note.added' }], 10);
  await ann.send('POST', `${endpoint.path}/disable`);
  await held.rollback();
  await world.t.platform.webhooks.settle();
  expect(await deliveriesOf(ann, endpoint)).toEqual([]);
  expect(
    await asOwner(world.owner, 'select state from live.effects where workspace_id = $1', [ann.workspaceId]),
  ).toEqual([{ state: 'unsubscribed' }]);
});

it('cancels what it made for an endpoint that is being disabled at the same moment', async () => {
  const ann = await owner();
  const receiver = await open.start();
  const endpoint = await ann.listen(receiver);
  const handing = emitting.platform.database.transaction('live', ann.workspaceId);
  await listListeningEndpoints(handing, ['notes']);
  const disabling = ann.send('POST', `${endpoint.path}/disable`);
  const far = world.t.clock.now() + 3_600_000;
  storeDeliveries(
    handing,
    [],
    [
      {
        id: 'dlv_live_late',
        service: 'notes',
        eventId: 'evt_live_late',
        eventType: 'note.added',
        messageId: 'msg_live_late',
        targetId: endpoint.id,
        at: far,
        dueAt: far,
        replayOf: null,
        isTest: false,
      },
    ],
  );
  await handing.commit();
  expect((await disabling).body.enabled).toBe(false);
  expect((await deliveriesOf(ann, endpoint)).map(({ status }) => status)).toEqual(['canceled']);
});

it('knows on every node who listens: from memory, which every change corrects', async () => {
  const ann = await owner();
  const receiver = await open.start();
  await knows(second, ann, false);
  const endpoint = await ann.listen(receiver);
  // Whoever is told that the endpoint is there can rely on it on this node.
  expect(emitting.platform.webhooks.mayListen('live', ann.workspaceId, 'notes')).toBe(true);
  await knows(second, ann, true);
  expect(second.platform.webhooks.mayListen('test', ann.workspaceId, 'notes')).toBe(false);
  expect(second.platform.webhooks.mayListen('live', ann.workspaceId, 'circulars')).toBe(false);
  await ann.send('POST', `${endpoint.path}/disable`);
  await knows(second, ann, false);
  await ann.send('POST', `${endpoint.path}/enable`);
  await knows(second, ann, true);
  await ann.send('DELETE', endpoint.path);
  await knows(second, ann, false);
  await ann.addNote('live', 'nobody');
  await expect.poll(() => emitting.platform.webhooks.mayListen('live', ann.workspaceId, 'notes')).toBe(false);
  expect(await pending(ann)).toEqual([]);
});

it('looks at every event while it cannot hear of changes, and finds that nobody listens', async () => {
  const deaf = await world.another({ INTERLOCK_KEY_TRUST_MS: '0' });
  const ann = await newOwner(deaf);
  await deaf.platform.webhooks.ready;
  const silence = async () => {
    await asServer(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query = 'listen interlock_webhooks'`,
    );
    return deaf.platform.webhooks.mayListen('live', ann.workspaceId, 'notes');
  };
  await expect.poll(silence).toBe(true);
  await deaf.close();
});

it('hands nothing to a workspace that was erased', async () => {
  const ann = await owner();
  const receiver = await open.start();
  await ann.listen(receiver);
  const { workspaceId, email } = ann;
  const erased = await emitting
    .as(null)
    .send('DELETE', `/api/account?confirm=${encodeURIComponent(email)}`, undefined, {
      headers: { cookie: ann.cookie, 'sec-fetch-site': 'same-origin' },
    });
  expect(erased.status, erased.text).toBeLessThan(300);
  for (const table of ['targets', 'target_versions', 'signing_secrets', 'deliveries', 'messages']) {
    expect(
      await asOwner(world.owner, `select 1 from live.${table} where workspace_id = $1`, [workspaceId]),
      table,
    ).toEqual([]);
  }
});

it('lets no statement of a request change an effect but its state, and a suppressed one not at all', async () => {
  const ann = await owner();
  await ann.addNote('live', 'kept');
  const attempt = async (statement: ReturnType<typeof sql>) => {
    const db = world.t.platform.database.transaction('live', ann.workspaceId);
    try {
      await db.run(statement);
      return null;
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      await db.rollback();
    }
  };
  expect(await attempt(sql`update effects set payload = '{}'`)).toBe('23514');
  expect(await attempt(sql`update effects set subject = 'other'`)).toBe('23514');
  expect(await attempt(sql`update effects set created_at = now()`)).toBe('23514');
  expect(await attempt(sql`update effects set state = 'suppressed'`)).toBe('23514');
  expect(await attempt(sql`delete from effects`)).toBe('42501');
  expect(await attempt(sql`update effects set state = 'delivered'`)).toBeNull();
});
