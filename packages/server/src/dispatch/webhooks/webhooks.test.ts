import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import type { FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { Received, Receiver } from '../../testing/receiver.ts';
import { createWebhookWorld, deliveriesOf, newOwner, notesIn, receivers } from './webhooks.fixture.ts';

/* From what happens to what arrives, over real connections. */

let world: FixtureWorld;
const open = receivers();
beforeAll(async () => {
  world = await createWebhookWorld();
  world.t.platform.startLoops();
});
afterEach(() => open.closeAll());
afterAll(async () => {
  expectCleanLog(world.t.log);
  await world.close();
});

const platform = () => world.t.platform;
const owner = () => newOwner(world.t);
const statusesOf = async (...asked: Parameters<typeof deliveriesOf>) =>
  (await deliveriesOf(...asked)).map(({ status }) => status);
const effectStates = (workspaceId: string, mode = 'live') =>
  asOwner<{ state: string }>(world.owner, `select state from ${mode}.effects where workspace_id = $1 order by seq`, [
    workspaceId,
  ]).then((rows) => rows.map(({ state }) => state));

function verified(received: Received | undefined, secret: string): unknown {
  if (received === undefined) throw new Error('nothing was received');
  return new Webhook(secret).verify(received.body, received.headers as Record<string, string>);
}

function answering(receiver: Receiver, statuses: readonly number[]): void {
  const left = [...statuses];
  receiver.answer = (_, response) => {
    response.statusCode = left.length > 1 ? (left.shift() ?? 200) : (left[0] ?? 200);
    response.end('a word');
  };
}

describe('an event', () => {
  it('arrives once at every endpoint that is subscribed, signed, and at no other', async () => {
    const ann = await owner();
    const [all, some, other, foreign] = await Promise.all([open.start(), open.start(), open.start(), open.start()]);
    const first = await ann.listen(all, { events: ['*'] });
    const second = await ann.listen(some, { events: ['note.*'] });
    await ann.listen(other, { subject: 'note_live_nobody' });
    await (await owner()).listen(foreign);
    const { id } = await ann.addNote('live', 'hello');
    await Promise.all([all.count(1), some.count(1)]);

    expect(verified(all.received[0], first.secret)).toMatchObject({ type: 'note.added', mode: 'live', data: { id } });
    expect(verified(some.received[0], second.secret)).toMatchObject({ data: { text: 'hello' } });
    expect(() => verified(some.received[0], first.secret)).toThrow();
    expect(all.received[0]?.body).toBe(some.received[0]?.body);
    expect(all.received[0]?.headers['x-parseo-delivery-id']).not.toBe(
      some.received[0]?.headers['x-parseo-delivery-id'],
    );
    await expect.poll(() => statusesOf(ann, first)).toEqual(['succeeded']);
    expect(await effectStates(ann.workspaceId)).toEqual(['delivered']);
    expect([all.received.length, some.received.length, other.received.length, foreign.received.length]).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('costs one row and no more where nobody listens', async () => {
    const ann = await owner();
    await ann.addNote('live', 'into the blue');
    expect(await effectStates(ann.workspaceId)).toEqual(['unsubscribed']);
  });

  it('of a note’s reply reaches whoever chose that note', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const { id: parentId } = await ann.addNote('live', 'parent');
    await ann.listen(receiver, { subject: parentId });
    await ann.addNote('live', 'unrelated');
    await ann.addNote('live', 'reply', { parentId });
    await receiver.count(1);
    expect(notesIn(receiver.received)).toEqual(['reply']);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ clientId: parentId });
  });

  it('of test mode never reaches an endpoint of live mode, nor the other way round', async () => {
    const ann = await owner();
    const [live, test] = await Promise.all([open.start(), open.start()]);
    const [liveEndpoint, testEndpoint] = [await ann.listen(live), await ann.listen(test, { mode: 'test' })];
    for (let i = 0; i < 5; i++) {
      await ann.addNote('test', `test ${i}`);
      await ann.addNote('live', `live ${i}`);
    }
    await Promise.all([live.count(5), test.count(5)]);
    expect(new Set(notesIn(live.received).map((text) => text.slice(0, 4)))).toEqual(new Set(['live']));
    expect(new Set(notesIn(test.received).map((text) => text.slice(0, 4)))).toEqual(new Set(['test']));
    expect(JSON.parse(test.received[0]?.body ?? '')).toMatchObject({ mode: 'test' });
    expect((await deliveriesOf(ann, liveEndpoint)).length).toBe(5);
    expect((await deliveriesOf(ann, testEndpoint)).every(({ id }) => String(id).startsWith('dlv_test_'))).toBe(true);
  });

  it('of shared rows reaches the endpoints that are meant for its mode, and says which', async () => {
    const ann = await owner();
    const [live, test] = await Promise.all([open.start(), open.start()]);
    await ann.listen(live, { service: 'circulars' });
    await ann.listen(test, { service: 'circulars', mode: 'test' });
    for (const mode of ['live', 'test'] as const) {
      const { key } = await world.t.key(ann.workspaceId, { service: 'circulars', mode });
      await world.t.as(key).post('/circulars/v1/circulars', { text: mode });
    }
    await Promise.all([live.count(1), test.count(1)]);
    for (const [receiver, livemode] of [
      [live, true],
      [test, false],
    ] as const) {
      expect(receiver.received.map(({ body }) => JSON.parse(body).livemode)).toEqual([livemode]);
    }
  });

  it('is sent until it arrives: each attempt with the same bytes and a signature of its own', async () => {
    const ann = await owner();
    const receiver = await open.start();
    answering(receiver, [500, 302, 200]);
    const endpoint = await ann.listen(receiver);
    await ann.addNote('live', 'again');
    await receiver.count(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(receiver.received.map(({ headers }) => headers['x-parseo-attempt'])).toEqual(['1', '2', '3']);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-parseo-event-id'])).size).toBe(1);
    for (const received of receiver.received) verified(received, endpoint.secret);
    await expect.poll(() => statusesOf(ann, endpoint)).toEqual(['succeeded']);

    const [delivery] = await deliveriesOf(ann, endpoint);
    const path = `${endpoint.path}/deliveries/${delivery?.id}`;
    const { attempts } = (await ann.get(`${path}/attempts`)).body;
    expect(
      attempts.map(({ attempt, outcome, statusCode, error, response }: Record<string, unknown>) => [
        attempt,
        outcome,
        statusCode,
        error,
        response,
      ]),
    ).toEqual([
      [1, 'retryable', 500, null, 'a word'],
      [2, 'retryable', 302, 'redirect', 'a word'],
      [3, 'succeeded', 200, null, null],
    ]);
    expect((await ann.get(path)).body.body).toBe(receiver.received[0]?.body);
  });
});

describe('an endpoint', () => {
  it('that answers 410 is disabled at once; its owner sees why, and what waited for it is canceled', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const endpoint = await ann.listen(receiver);
    // One that waits for its next attempt.
    await asOwner(
      world.owner,
      `insert into live.deliveries (workspace_id, id, service, kind, source_id, message_id, target_id, event_type,
         scheduled_for, due_at, idempotency_key)
       values ($1, 'dlv_waiting', 'notes', 'webhook', 'evt_waiting', 'msg', $2, 'note.added', now(), now() + interval '1 hour', 'x')`,
      [ann.workspaceId, endpoint.id],
    );
    answering(receiver, [410]);
    await ann.addNote('live', 'gone');
    await expect.poll(async () => (await ann.get(endpoint.path)).body.enabled).toBe(false);
    expect((await ann.get(endpoint.path)).body.disabled).toMatchObject({
      reason: 'gone',
      message: expect.stringMatching(/410 Gone .* Enable it/),
    });
    expect((await statusesOf(ann, endpoint)).sort()).toEqual(['canceled', 'failed']);
    const { entries } = (await ann.get('/audit?mode=live')).body;
    expect(entries.map((entry: Record<string, unknown>) => [entry.operation, entry.actor, entry.code])).toContainEqual([
      'webhooks.disabled',
      'webhooks',
      'gone',
    ]);
    // What happens meanwhile is written down and not sent; once it is enabled, what was missed can be asked for.
    await expect.poll(() => platform().webhooks.mayListen('live', ann.workspaceId, 'notes')).toBe(false);
    await ann.addNote('live', 'missed');
    expect(await effectStates(ann.workspaceId)).toEqual(['failed', 'unsubscribed']);
    answering(receiver, [200]);
    expect((await ann.send('POST', `${endpoint.path}/enable`)).body).toMatchObject({ enabled: true, disabled: null });
    const since = world.t.clock.now() - 60_000;
    const asked = (more: object) => ann.send('POST', `${endpoint.path}/recover`, { since, ...more });
    await asOwner(world.owner, `delete from live.deliveries where id = 'dlv_waiting'`);
    const before = receiver.received.length;
    expect((await asked({ missed: true, dryRun: true })).body).toEqual({
      dryRun: true,
      deliveries: 1,
      missedEvents: 1,
      more: false,
    });
    expect((await asked({ missed: true })).body).toMatchObject({ deliveries: 1, missedEvents: 1 });
    await receiver.count(before + 2);
    expect(notesIn(receiver.received.slice(before)).sort()).toEqual(['gone', 'missed']);
    expect((await asked({ missed: true })).body).toMatchObject({ deliveries: 0, missedEvents: 0 });
    await expect.poll(() => effectStates(ann.workspaceId)).toEqual(['delivered', 'delivered']);
  });

  it('that is disabled by hand gets nothing more, and keeps what it had', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const endpoint = await ann.listen(receiver);
    await ann.addNote('live', 'before');
    await receiver.count(1);
    expect((await ann.send('POST', `${endpoint.path}/disable`)).body.disabled.reason).toBe('manual');
    await ann.addNote('live', 'after');
    await platform().webhooks.settle();
    await expect.poll(() => statusesOf(ann, endpoint)).toEqual(['succeeded']);
    expect(notesIn(receiver.received)).toEqual(['before']);
  });

  it('that has moved gets what is still to be tried at its new place', async () => {
    const ann = await owner();
    const [old, moved] = await Promise.all([open.start(), open.start()]);
    answering(old, [500]);
    const endpoint = await ann.listen(old, { service: 'circulars' });
    const { key } = await world.t.key(ann.workspaceId, { service: 'circulars', mode: 'live' });
    await world.t.as(key).post('/circulars/v1/circulars', { text: 'moving' });
    await old.count(2);
    await ann.send('PATCH', endpoint.path, { url: `${moved.url}/new` });
    await moved.count(1);
    expect(moved.received[0]?.url).toBe('/new');
  });

  it('is told of a test by its owner', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const endpoint = await ann.listen(receiver, { events: ['note.added'] });
    const sent = await ann.send('POST', `${endpoint.path}/test`);
    expect([sent.status, sent.body.trigger, sent.body.status]).toEqual([202, 'test', 'pending']);
    await receiver.count(1);
    expect(verified(receiver.received[0], endpoint.secret)).toMatchObject({ type: 'webhook.ping', mode: 'live' });
    expect(await effectStates(ann.workspaceId)).toEqual([]);
  });

  it('is sent a delivery again: another delivery of the same event, byte for byte', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const endpoint = await ann.listen(receiver);
    await ann.addNote('live', 'twice');
    await receiver.count(1);
    await expect.poll(() => statusesOf(ann, endpoint)).toEqual(['succeeded']);
    const [first] = await deliveriesOf(ann, endpoint);
    const again = await ann.send('POST', `${endpoint.path}/deliveries/${first?.id}/redeliver`);
    expect(again.body).toMatchObject({ trigger: 'redelivery', replayOf: first?.id, eventId: first?.eventId });
    await receiver.count(2);
    const [a, b] = receiver.received;
    expect(b?.body).toBe(a?.body);
    expect(b?.headers['x-parseo-event-id']).toBe(a?.headers['x-parseo-event-id']);
    expect(b?.headers['x-parseo-delivery-id']).not.toBe(a?.headers['x-parseo-delivery-id']);
  });
});

describe('the secret of an endpoint', () => {
  it('is rotated without a gap: both verify while they overlap, then only the new one', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const endpoint = await ann.listen(receiver);
    const rotated = (await ann.send('POST', `${endpoint.path}/secrets/rotate`, { overlapSeconds: 600 })).body;
    expect(rotated.secret).not.toBe(endpoint.secret);
    expect(rotated.secrets.map(({ state }: { state: string }) => state)).toEqual(['active', 'retiring']);
    await ann.addNote('live', 'both');
    await receiver.count(1);
    for (const secret of [endpoint.secret, rotated.secret]) verified(receiver.received[0], secret);

    const retiring = rotated.secrets[1].id;
    const left = (await ann.send('POST', `${endpoint.path}/secrets/${retiring}/revoke`)).body;
    expect(left.secrets.map(({ state }: { state: string }) => state)).toEqual(['active']);
    await ann.addNote('live', 'new');
    await receiver.count(2);
    verified(receiver.received[1], rotated.secret);
    expect(() => verified(receiver.received[1], endpoint.secret)).toThrow();
  });

  it('can be one’s own', async () => {
    const ann = await owner();
    const receiver = await open.start();
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64url')}`;
    expect((await ann.listen(receiver, { secret })).secret).toBe(secret);
    await ann.addNote('live', 'own');
    await receiver.count(1);
    verified(receiver.received[0], secret);
  });

  it('stands in no list, log, error, audit row or table', async () => {
    const ann = await owner();
    const receiver = await open.start();
    answering(receiver, [500, 200]);
    const endpoint = await ann.listen(receiver);
    await ann.addNote('live', 'secret');
    await receiver.count(2);
    const text = endpoint.secret.slice('whsec_'.length);
    const [delivery] = await deliveriesOf(ann, endpoint);
    for (const path of [
      '/webhooks',
      endpoint.path,
      `${endpoint.path}/deliveries`,
      `${endpoint.path}/deliveries/${delivery?.id}`,
      `${endpoint.path}/deliveries/${delivery?.id}/attempts`,
      '/audit',
      '/effects',
    ]) {
      expect((await ann.get(path)).text, path).not.toContain(text);
    }
    expect(world.t.log.join('\n')).not.toContain(text);
    for (const table of [
      'signing_secrets',
      'targets',
      'target_versions',
      'messages',
      'deliveries',
      'attempts',
      'audit_log',
    ]) {
      const rows = await asOwner<{ row: string }>(
        world.owner,
        `select row_to_json(t)::text || coalesce(encode(convert_to(t::text, 'UTF8'), 'escape'), '') as row
         from live.${table} t where workspace_id = $1`,
        [ann.workspaceId],
      );
      expect(rows.map(({ row }) => row).join('\n'), table).not.toContain(text);
    }
  });
});
