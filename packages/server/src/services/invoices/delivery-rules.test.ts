import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Received, type Receiver, startReceiver } from '../../testing/receiver.ts';
import {
  as,
  base,
  createInvoicesWorld,
  finished,
  type InvoicesWorld,
  type Mode,
  made,
  pdf,
  processed,
  refusal,
  type Team,
  upload,
} from './invoices.fixture.ts';

/*
 * The numbered rules of the specification about webhooks, held against what a real receiver gets.
 */

let world: InvoicesWorld;
beforeAll(async () => {
  // Few slots and few connections, so that what holds one shows.
  world = await createInvoicesWorld({ INTERLOCK_DISPATCH_SLOTS: '4', INTERLOCK_POOL_SIZE: '2' });
});
afterAll(() => world.close());

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const signatureOf = (secret: string, { headers, body }: Received): boolean => {
  const sent = String(headers['x-parseo-signature']);
  const t = /^t=(\d+)/.exec(sent)?.[1];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64url');
  return sent.includes(`v1=${createHmac('sha256', key).update(`${t}.${body}`).digest('hex')}`);
};

const listen = (team: Team, mode: Mode, more: object = {}, path = '/hook') =>
  made(team[mode].post(`${base}/webhooks`, { url: `${receiver.url}${path}`, events: ['*'], ...more }));

/** Something happens in live mode: a document that nobody can read. */
async function failLive(team: Team): Promise<void> {
  const file = Buffer.from('<?xml version="1.0"?><Invoice>');
  const { jobId } = await made(upload(team.live, { client: team.client.live, file, fileName: 'cut.xml' }), 202);
  expect((await finished(team.live, jobId)).status).toBe('failed');
}

describe('webhooks', () => {
  it('45: an endpoint of one mode is not for a client of the other', async () => {
    const team = await world.team();
    const body = { url: `${receiver.url}/x`, events: ['*'] };
    for (const [mode, other] of [
      ['live', 'test'],
      ['test', 'live'],
    ] as const) {
      const { status, body: problem } = await team[mode].post(`${base}/webhooks`, {
        ...body,
        clientId: team.client[other],
      });
      expect([status, problem.code, problem.errors[0].field]).toEqual([
        400,
        'validation.client_mode_mismatch',
        'clientId',
      ]);
      expect((await made(team[mode].get(`${base}/webhooks`), 200)).items).toEqual([]);
    }
  });

  it('46, 48, 49, 76: at one URL each mode’s endpoint hears its own events, and says whose they are', {
    timeout: 60_000,
  }, async () => {
    const team = await world.team();
    const [live, test] = [await listen(team, 'live'), await listen(team, 'test')];
    const invoice = await processed(team);
    await made(upload(team.test, { client: team.client.test, fields: { 'hints.testScenario': 'failed' } }), 202);
    await failLive(team);
    await receiver.count(3);
    const events = receiver.received.map((received) => ({ received, event: JSON.parse(received.body) }));
    const heard = events.map(({ received, event }) => [
      event.type,
      event.mode,
      received.headers['x-parseo-mode'],
      signatureOf(test.secret, received),
      signatureOf(live.secret, received),
    ]);
    expect(heard.toSorted()).toEqual([
      ['invoice.failed', 'live', 'live', false, true],
      ['invoice.failed', 'test', 'test', true, false],
      ['invoice.processed', 'test', 'test', true, false],
    ]);
    for (const { event } of events) {
      expect(event.id).toMatch(new RegExp(`^evt_${event.mode}_`));
      expect(event.clientId).toBe(team.client[event.mode as Mode]);
      const { items } = await made(team[event.mode as Mode].get(`${base}/events`), 200);
      expect(items).toContainEqual(event);
    }
    expect(events.find(({ event }) => event.data.invoice !== undefined)?.event.data.invoice).toEqual(invoice);
  });

  it('47: deliveries of one mode are neither listed, read nor sent again by a key of the other', {
    timeout: 60_000,
  }, async () => {
    const team = await world.team();
    const [live, test] = [await listen(team, 'live'), await listen(team, 'test')];
    await failLive(team);
    await receiver.count(1);
    const path = `${base}/webhooks/${live.id}/deliveries`;
    const [delivery] = (await made(team.live.get(path), 200)).items;
    expect((await made(team.test.get(`${base}/webhooks/${test.id}/deliveries`), 200)).items).toEqual([]);
    for (const [at, code] of [
      [path, 'webhook.not_found'],
      [`${path}/${delivery.id}`, 'webhook.not_found'],
      [`${base}/webhooks/${test.id}/deliveries/${delivery.id}`, 'webhook.delivery_not_found'],
    ] as const) {
      expect(await refusal(team.test.get(at)), at).toEqual([404, code]);
    }
    for (const [at, code] of [
      [`${path}/${delivery.id}/redeliver`, 'webhook.not_found'],
      [`${base}/webhooks/${test.id}/deliveries/${delivery.id}/redeliver`, 'webhook.delivery_not_found'],
    ] as const) {
      expect(await refusal(team.test.post(at)), at).toEqual([404, code]);
    }
    expect(await refusal(team.test.post(`${base}/webhooks/${test.id}/test`, { eventId: delivery.eventId }))).toEqual([
      400,
      'validation.client_mode_mismatch',
    ]);
    expect(receiver.received).toHaveLength(1);
    await expect
      .poll(async () => (await team.live.post(`${path}/${delivery.id}/redeliver`)).status, { timeout: 10_000 })
      .toBe(202);
    await receiver.count(2);
    const [first, again] = receiver.received;
    expect([again?.body, again?.headers['x-parseo-event-id']]).toEqual([
      first?.body,
      first?.headers['x-parseo-event-id'],
    ]);
    expect(again?.headers['x-parseo-delivery-id']).not.toBe(first?.headers['x-parseo-delivery-id']);
  });

  it('51: what a test endpoint refuses is sent again like a live one’s, the same bytes under a fresh signature', async () => {
    const team = await world.team();
    receiver.answer = (_, response) => {
      response.statusCode = receiver.received.length < 3 ? 503 : 200;
      response.end();
    };
    const hook = await listen(team, 'test');
    await processed(team);
    await receiver.count(3);
    expect(receiver.received.map(({ headers }) => headers['x-parseo-attempt'])).toEqual(['1', '2', '3']);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(receiver.received.every((received) => signatureOf(hook.secret, received))).toBe(true);
    const path = `${base}/webhooks/${hook.id}/deliveries`;
    const [delivery] = await expect
      .poll(async () => (await team.test.get(`${path}?status=succeeded`)).body.items, { timeout: 10_000 })
      .toHaveLength(1)
      .then(async () => (await team.test.get(`${path}?status=succeeded`)).body.items);
    expect(delivery).toMatchObject({ attemptCount: 3, mode: 'test', trigger: 'event', payloadAvailable: true });
    const { attempts, payload } = await made(team.test.get(`${path}/${delivery.id}`), 200);
    expect(
      attempts
        .map(({ number, responseStatus }: { number: number; responseStatus: number }) => [number, responseStatus])
        .toSorted(),
    ).toEqual([
      [1, 503],
      [2, 503],
      [3, 200],
    ]);
    expect(payload).toEqual(JSON.parse(receiver.received[0]?.body ?? ''));
    const { stats } = await made(team.test.get(`${base}/webhooks/${hook.id}`), 200);
    expect(stats).toMatchObject({
      pending: 0,
      consecutiveFailures: 0,
      lastSuccessAt: delivery.completedAt,
      lastFailureAt: null,
    });
  });

  it('52: test endpoints that never answer keep no live delivery waiting', { timeout: 60_000 }, async () => {
    const team = await world.team();
    let stuck = 0;
    receiver.answer = ({ url }, response) => {
      if (url === '/stuck') stuck++;
      else response.end('ok');
    };
    await listen(team, 'test', {}, '/stuck');
    await listen(team, 'live', {}, '/live');
    const emit = () =>
      made(team.test.post(`${base}/admin/test-mode/events`, { type: 'invoice.updated' }, as(team.client.test)), 202);
    for (let event = 0; event < 20; event++) await emit();
    await expect.poll(() => stuck, { timeout: 10_000 }).toBeGreaterThan(0);
    await failLive(team);
    await expect.poll(() => receiver.received.filter(({ url }) => url === '/live').length, { timeout: 10_000 }).toBe(1);
    // A quarter of the slots, and no more, waits for an answer.
    expect(stuck).toBe(1);
  });

  it('92: each type of event can be had in test mode on demand, about an invoice or a made-up one', async () => {
    const team = await world.team();
    const hook = await listen(team, 'test');
    const invoice = await processed(team);
    await receiver.count(1);
    const types = ['invoice.processed', 'invoice.failed', 'invoice.updated', 'invoice.deleted'];
    for (const type of types) {
      await made(
        team.test.post(`${base}/admin/test-mode/events`, { type, invoiceId: invoice.id }, as(team.client.test)),
        202,
      );
    }
    await receiver.count(5);
    const [, ...told] = receiver.received;
    expect(told.map(({ body }) => JSON.parse(body).type).toSorted()).toEqual(types.toSorted());
    expect(told.every((received) => signatureOf(hook.secret, received))).toBe(true);
    expect(JSON.parse(told[0]?.body ?? '').data.invoice).toEqual(invoice);
    // 93
    expect(
      await refusal(team.live.post(`${base}/admin/test-mode/events`, { type: types[0] }, as(team.client.live))),
    ).toEqual([403, 'test_mode.live_key_not_allowed']);
  });

  it('an endpoint is tried with an event of any type, and holds up nobody while it does not answer', {
    timeout: 60_000,
  }, async () => {
    const team = await world.team();
    const hook = await listen(team, 'test');
    const path = `${base}/webhooks/${hook.id}/test`;
    const ping = await made(team.test.post(path, {}), 200);
    expect(ping).toMatchObject({ ok: true, responseStatus: 200, error: null });
    expect((await made(team.test.post(path, { eventType: 'invoice.deleted' }), 200)).ok).toBe(true);
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.ping', 'invoice.deleted']);
    const unknown = await team.test.post(path, { eventType: 'invoice.eaten' });
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([400, 'eventType']);
    receiver.answer = (_, response) => void response.writeHead(503).end();
    const refused = await made(team.test.post(path, { eventType: 'invoice.failed' }), 200);
    expect(refused).toMatchObject({ ok: false, responseStatus: 503 });
    const tried = () => team.test.get(`${base}/webhooks/${hook.id}/deliveries/${refused.deliveryId}`);
    await expect.poll(async () => (await tried()).body.status).toBe('failed');
    expect((await tried()).body).toMatchObject({ trigger: 'test', attemptCount: 1, nextAttemptAt: null });

    // The same of an event that did happen, also to an endpoint that was made after it.
    const happened = await made(
      team.test.post(`${base}/admin/test-mode/events`, { type: 'invoice.updated' }, as(team.client.test)),
      202,
    );
    const [event] = (await made(team.test.get(`${base}/events`), 200)).items;
    expect(event.data).toEqual(happened.data);
    const later = await listen(team, 'test', {}, '/later');
    const laterPath = `${base}/webhooks/${later.id}`;
    for (const redeliveryOf of [null, expect.stringMatching(/^dlv_test_/)]) {
      const sent = await made(team.test.post(`${laterPath}/test`, { eventId: event.id }), 200);
      expect(sent).toMatchObject({ ok: false, responseStatus: 503 });
      const one = () => team.test.get(`${laterPath}/deliveries/${sent.deliveryId}`);
      await expect.poll(async () => (await one()).body.status).toBe('failed');
      expect((await one()).body).toMatchObject({
        ...{ trigger: 'test', attemptCount: 1, nextAttemptAt: null, redeliveryOf },
        ...{ eventId: event.id, payload: event },
      });
    }
    // A test that failed is nothing that was lost.
    const since = new Date(world.t.clock.now() - 60_000).toISOString();
    expect((await team.test.post(`${laterPath}/redeliver-failed`, { createdFrom: since })).body).toMatchObject({
      redelivered: 0,
    });
    for (const [field, span] of [
      ['createdFrom', { createdFrom: '2020-01-01' }],
      ['createdTo', { createdFrom: since, createdTo: '2020-01-01' }],
    ] as const) {
      const { status, body } = await team.test.post(`${laterPath}/redeliver-failed`, span);
      expect([status, body.errors[0].field, body.errors[0].message]).toEqual([
        400,
        field,
        expect.stringContaining(`"${field}"`),
      ]);
    }
    const other = await made(team.test.post(`${base}/clients`, { name: 'Somebody else' }));
    const apart = await listen(team, 'test', { clientId: other.id }, '/apart');
    for (const [at, eventId] of [
      [`${base}/webhooks/${apart.id}/test`, event.id],
      [`${laterPath}/test`, 'evt_test_0000000000000000000000'],
    ] as const) {
      expect(await refusal(team.test.post(at, { eventId }))).toEqual([404, 'event.not_found']);
    }

    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    receiver.answer = (_, response) => void held.then(() => response.end('ok'));
    const waiting = Array.from({ length: 6 }, () => team.test.post(path, {}));
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBeGreaterThan(2);
    // More calls wait for the endpoint than there are connections.
    const lists = await Promise.all(Array.from({ length: 12 }, () => team.test.get(`${base}/webhooks`)));
    expect(lists.map(({ status }) => status)).toEqual(lists.map(() => 200));
    answer();
    expect((await Promise.all(waiting)).map(({ body }) => body.ok)).toEqual(waiting.map(() => true));
  });
});

describe('idempotency', () => {
  it('57: a repeated upload gives the first answer again and makes nothing', async () => {
    const team = await world.team();
    const file = pdf();
    const headers = { 'idempotency-key': 'once' };
    const send = () => upload(team.test, { client: team.client.test, file, headers });
    const [first, ...more] = await Promise.all([send(), send(), send()]);
    const answers = [first, ...more];
    const done = answers.find(({ status }) => status === 202);
    // Those that came while the first still ran were told to come again.
    for (const { status, body } of answers) {
      if (status !== 202) expect([status, body.code]).toEqual([409, 'idempotency.request_in_progress']);
    }
    const again = await send();
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([202, done?.text, 'true']);
    const count = (table: string) =>
      world.rows<{ n: number }>(`select count(*)::int as n from test.${table} where workspace_id = $1`, [team.id]);
    expect(await count('invoices_jobs')).toEqual([{ n: 1 }]);
    expect(await count('invoices_files')).toEqual([{ n: 1 }]);
    await finished(team.test, again.body.jobId);
    expect((await send()).body).toEqual(done?.body);
    expect(await count('invoices_invoices')).toEqual([{ n: 1 }]);
  });
});
