import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { circulars } from '../../testing/fixtures/circulars/service.ts';
import type { Caller, TestPlatform } from '../../testing/harness.ts';
import { type MailServer, startMailServer } from '../../testing/mail-server.ts';
import { signUp, type TestPerson } from '../../testing/person.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';

let world: FixtureWorld;
let t: TestPlatform;
let vendor: Receiver;
let mail: MailServer;
beforeAll(async () => {
  [world, vendor, mail] = await Promise.all([
    createFixtureWorld({
      services: [circulars],
      env: { INTERLOCK_ALLOW_PRIVATE_TARGETS: '1', WEBHOOK_RETRY_SCALE: '0.001' },
    }),
    startReceiver(),
    startMailServer(),
  ]);
  t = world.t;
  t.platform.startLoops();
});
afterEach(() => {
  vendor.answer = (_, response) => response.end('{}');
  mail.refuse = null;
});
afterAll(async () => {
  await world?.close();
  await Promise.all([vendor?.close(), mail?.close()]);
});

const json =
  (status: number, body: unknown): Receiver['answer'] =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

interface Office {
  readonly person: TestPerson;
  readonly live: Caller;
  readonly test: Caller;
  connect(channel: string, settings: Record<string, string | null>): ReturnType<TestPerson['send']>;
  send(caller: Caller, channel: string, payload: Record<string, unknown>): Promise<void>;
  /** The newest message, once it has come to an end. */
  ended(mode?: string): Promise<Record<string, unknown>>;
}

async function office(): Promise<Office> {
  const person = await signUp(t);
  const keyOf = async (mode: 'live' | 'test') =>
    t.as((await t.key(person.workspaceId, { service: 'circulars', mode })).key);
  const newest = async (mode: string) => (await person.get(`/messages?mode=${mode}&limit=1`)).body.messages[0];
  return {
    person,
    live: await keyOf('live'),
    test: await keyOf('test'),
    connect: (channel, settings) => person.send('PATCH', `/integrations/${channel}`, settings),
    async send(caller, channel, payload) {
      const { status, text } = await caller.post('/circulars/v1/messages', { channel, payload });
      expect(status, text).toBe(200);
    },
    async ended(mode = 'live') {
      await expect.poll(async () => (await newest(mode))?.status, { timeout: 20_000 }).not.toBe('pending');
      return newest(mode);
    },
  };
}

const slack = () => ({
  token: 'xoxb-1234567890-abc',
  defaultChannel: '#launches',
  baseUrl: `${vendor.url}/slack/api/`,
});
const smtp = () => ({
  provider: 'smtp',
  from: 'Ann <ann@example.com>',
  host: '127.0.0.1',
  port: String(mail.port),
  security: 'none',
});
const resend = () => ({
  provider: 'resend',
  from: 'ann@example.com',
  apiKey: 're_123456',
  baseUrl: `${vendor.url}/resend`,
});
const stripe = () => ({ secretKey: 'sk_live_abcdef', baseUrl: vendor.url });

describe('a message in live mode', () => {
  it('is posted to Slack, where the recipient is, or else to the default channel', async () => {
    const { connect, send, live, ended } = await office();
    expect((await connect('slack', slack())).status).toBe(200);
    vendor.answer = json(200, { ok: true, ts: '1763719200.000100' });
    for (const [recipient, channel] of [
      ['U024BE7LH', 'U024BE7LH'],
      ['person_ann', '#launches'],
    ]) {
      const before = vendor.received.length;
      await send(live, 'slack', { kind: 'launch', to: { user: recipient }, text: 'Aurora & <Outfitters> launched ✓' });
      expect(await ended()).toMatchObject({
        channel: 'slack',
        kind: 'launch',
        recipient,
        status: 'sent',
        reason: null,
        attempts: 1,
        providerMessageId: '1763719200.000100',
      });
      const { url, headers, body } = vendor.received[before] ?? {};
      expect(url).toBe('/slack/api/chat.postMessage');
      expect(headers?.authorization).toBe('Bearer xoxb-1234567890-abc');
      expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
        channel,
        text: 'Aurora & <Outfitters> launched ✓',
      });
    }
  });

  it('is sent by Resend under one idempotency key', async () => {
    const { connect, send, live, ended } = await office();
    expect((await connect('email', resend())).status).toBe(200);
    let asked = 0;
    vendor.answer = (request, response) =>
      (++asked === 1 ? json(500, {}) : json(200, { id: 'mail_1' }))(request, response);
    const before = vendor.received.length;
    await send(live, 'email', { kind: 'welcome', to: 'mira@aurora.example', subject: 'Hello', text: 'Welcome.' });
    const message = await ended();
    expect(message).toMatchObject({
      status: 'sent',
      recipient: 'mira@aurora.example',
      attempts: 2,
      providerMessageId: 'mail_1',
    });
    const [first, second] = vendor.received.slice(before);
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      from: 'ann@example.com',
      to: 'mira@aurora.example',
      subject: 'Hello',
    });
    expect(first?.url).toBe('/resend/emails');
    expect(first?.headers['idempotency-key']).toBe(message.id);
    expect(second?.headers['idempotency-key']).toBe(message.id);
  });

  it('is handed to a mail server, in whatever language', async () => {
    const { connect, send, live, ended } = await office();
    expect((await connect('email', { ...smtp(), user: 'ann', password: 'right' })).status).toBe(200);
    const before = mail.received.length;
    await send(live, 'email', {
      kind: 'reminder',
      to: 'mira@aurora.example',
      subject: 'Größe ✓',
      text: 'Zeile\n.\nEnde',
    });
    const message = await ended();
    expect(message).toMatchObject({
      status: 'sent',
      lastStatusCode: 250,
      providerMessageId: `<${message.id}@example.com>`,
    });
    const [received] = mail.received.slice(before);
    expect(received).toMatchObject({ from: 'ann@example.com', to: ['mira@aurora.example'], user: 'ann' });
    expect(received?.text).toContain(`Subject: =?UTF-8?B?${Buffer.from('Größe ✓').toString('base64')}?=`);
    expect(received?.text).toMatch(/Zeile\r?\n\.\r?\nEnde/);
  });

  it('tells Stripe', async () => {
    const { connect, send, live, ended } = await office();
    expect((await connect('stripe', stripe())).status).toBe(200);
    vendor.answer = json(200, { id: 'cus_9', object: 'customer' });
    const before = vendor.received.length;
    const payload = {
      kind: 'customer.updated',
      event_id: 'evt_1',
      stripe_customer_id: 'cus_9',
      target: { type: 'customer', id: 'c1', display_id: 1 },
    };
    await send(live, 'stripe', payload);
    const message = await ended();
    expect(message).toMatchObject({ status: 'sent', providerMessageId: 'cus_9' });
    const [request] = vendor.received.slice(before);
    expect([request?.method, request?.url]).toEqual(['POST', '/v1/customers/cus_9']);
    expect(request?.headers).toMatchObject({ authorization: 'Bearer sk_live_abcdef', 'idempotency-key': message.id });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      'metadata[interlock_event]': 'evt_1',
      'metadata[interlock_customer]': 'c1',
    });
  });
});

describe('a message in test mode', () => {
  it('opens no connection, needs no credential, and keeps what would have left', async () => {
    const { connect, send, live, test, ended, person } = await office();
    const seen = [vendor.received.length, mail.connections()];
    const payload = { kind: 'welcome', to: 'mira@aurora.example', subject: 'Hello', text: 'Welcome.' };
    await send(test, 'email', payload);
    const message = await ended('test');
    expect(message).toMatchObject({
      mode: 'test',
      status: 'suppressed',
      reason: 'test_mode',
      attempts: 0,
      providerMessageId: null,
    });
    expect((await person.get(`/messages/${message.id}`)).body.payload).toEqual(payload);
    await connect('email', smtp());
    for (const channel of ['slack', 'email', 'stripe']) await send(test, channel, payload);
    await t.platform.dispatcher.settleDue();
    expect([vendor.received.length, mail.connections()]).toEqual(seen);
    const refused = await person.send('POST', `/messages/${message.id}/send-again`, {});
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
    await send(live, 'email', payload);
    expect(await ended('live')).toMatchObject({ status: 'sent' });
  });

  it('cannot be queued past the contract by a statement of a handler', async () => {
    const { person } = await office();
    const db = t.platform.database.transaction('test', person.workspaceId);
    const { sql } = await import('../../core/db/sql.ts');
    await expect(
      db.run(
        sql`insert into deliveries (id, service, kind, source_id, message_id, event_type, scheduled_for, due_at, idempotency_key)
          values ('dlv_x', 'circulars', 'slack', 'eff_x', 'msg_x', 'slack.message', now(), now(), 'eff_x')`,
      ),
    ).rejects.toThrow(/row-level security/);
    await db.rollback();
  });
});

describe('a message that does not arrive', () => {
  it('is put down with its reason when nothing is connected, and is sent once it is', async () => {
    const { connect, send, live, ended, person } = await office();
    await send(live, 'slack', { kind: 'launch', to: null, text: 'Launched.' });
    const failed = await ended();
    expect(failed).toMatchObject({
      status: 'failed',
      reason: 'not_configured',
      answer: 'Slack is not connected to this workspace.',
    });
    const effect = async () => (await person.get(`/effects/${failed.id}`)).body;
    expect(await effect()).toMatchObject({ state: 'failed', deliveries: [{ kind: 'slack', status: 'dead_letter' }] });
    vendor.answer = json(200, { ok: true, ts: '1.2' });
    await connect('slack', slack());
    expect((await person.send('POST', `/messages/${failed.id}/send-again`, {})).status).toBe(202);
    expect(await ended()).toMatchObject({ id: failed.id, status: 'sent', reason: null });
    expect(await effect()).toMatchObject({
      state: 'delivered',
      deliveries: [{ status: 'succeeded' }, { status: 'dead_letter' }],
    });
    expect((await person.send('POST', `/messages/${failed.id}/send-again`, {})).status).toBe(409);
  });

  it('is not tried again when the other side means its no', async () => {
    const { connect, send, live, ended } = await office();
    await connect('slack', slack());
    vendor.answer = json(200, { ok: false, error: 'channel_not_found' });
    await send(live, 'slack', { kind: 'launch', to: { channel: 'C00000000' }, text: 'Launched.' });
    expect(await ended()).toMatchObject({ status: 'failed', reason: 'refused', attempts: 1 });

    await connect('email', smtp());
    mail.refuse = { code: 550, message: 'No such user here' };
    await send(live, 'email', { kind: 'welcome', to: 'nobody@aurora.example', subject: 'Hello', text: '' });
    expect(await ended()).toMatchObject({
      status: 'failed',
      reason: 'refused',
      attempts: 1,
      answer: expect.stringMatching(/No such user/),
    });

    await connect('email', { ...resend() });
    vendor.answer = json(422, { name: 'validation_error', message: 'The domain is not verified.' });
    await send(live, 'email', { kind: 'welcome', to: 'mira@aurora.example', subject: 'Hello', text: '' });
    expect(await ended()).toMatchObject({
      status: 'failed',
      reason: 'terminal_response',
      lastStatusCode: 422,
      answer: expect.stringContaining('not verified'),
    });

    await connect('stripe', stripe());
    vendor.answer = json(404, { error: { type: 'invalid_request_error', message: 'No such customer' } });
    await send(live, 'stripe', { kind: 'customer.link', stripe_customer_id: 'cus_0' });
    expect(await ended()).toMatchObject({ status: 'failed', lastStatusCode: 404 });
  });

  it('is tried again when it is a no for now', async () => {
    const { connect, send, live, ended } = await office();
    await connect('slack', slack());
    let asked = 0;
    vendor.answer = (request, response) => {
      asked++;
      if (asked === 1) response.writeHead(429, { 'retry-after': '0' }).end();
      else if (asked === 2) json(200, { ok: false, error: 'service_unavailable' })(request, response);
      else if (asked === 3) response.destroy();
      else json(200, { ok: true, ts: '1.2' })(request, response);
    };
    await send(live, 'slack', { kind: 'launch', to: { channel: 'C024BE91L' }, text: 'Launched.' });
    expect(await ended()).toMatchObject({ status: 'sent', attempts: 4 });
    await connect('email', smtp());
    mail.refuse = { code: 451, message: 'Greylisted' };
    await send(live, 'email', { kind: 'welcome', to: 'mira@aurora.example', subject: 'Hello', text: '' });
    const connections = mail.connections();
    await expect.poll(() => mail.connections(), { timeout: 10_000 }).toBeGreaterThan(connections + 1);
    mail.refuse = null;
    expect(await ended()).toMatchObject({ status: 'sent' });
  });

  it('has nobody to go to', async () => {
    const { connect, send, live, ended } = await office();
    await connect('email', smtp());
    await send(live, 'email', { kind: 'reminder', to: null, subject: 'Hello', text: '' });
    expect(await ended()).toMatchObject({ status: 'failed', reason: 'invalid_message', recipient: null });
    await connect('email', { fallbackTo: 'owner@example.com' });
    await send(live, 'email', { kind: 'reminder', to: null, subject: 'Hello', text: '' });
    expect(await ended()).toMatchObject({ status: 'sent' });
    expect(mail.received.at(-1)?.to).toEqual(['owner@example.com']);
  });
});

describe('the settings of a channel', () => {
  it('never show a secret again', async () => {
    const { connect, person } = await office();
    const made = await connect('slack', slack());
    expect(made.body).toMatchObject({
      service: 'circulars',
      channel: 'slack',
      modes: { live: 'deliver', test: 'suppress' },
      connected: true,
      problem: null,
      settings: { defaultChannel: '#launches' },
      secrets: { token: '-abc' },
    });
    const listed = await person.get('/integrations');
    expect(listed.text + made.text).not.toContain(slack().token);
    expect(
      listed.body.integrations.map((one: { channel: string; connected: boolean }) => [one.channel, one.connected]),
    ).toEqual([
      ['slack', true],
      ['email', false],
      ['stripe', false],
    ]);
    expect(t.log.join('')).not.toContain('xoxb-');
    expect((await person.send('DELETE', '/integrations/slack')).status).toBe(204);
    expect((await person.get('/integrations')).body.integrations[0]).toMatchObject({ connected: false, secrets: {} });
  });

  it.each([
    ['slack', { token: 'hunter2' }, 'token'],
    ['slack', { apiKey: 're_1234' }, 'apiKey'],
    ['slack', { baseUrl: 'ftp://slack.example.com' }, 'baseUrl'],
    ['slack', { baseUrl: 'http://169.254.169.254/' }, 'baseUrl'],
    ['email', { from: 'a@b.c\r\nBcc: all@example.com' }, 'from'],
    ['email', { provider: 'pigeon' }, 'provider'],
    ['email', { provider: 'smtp', host: '169.254.169.254' }, 'host'],
    ['email', { provider: 'smtp', host: 'mail.example.com', port: '22' }, 'host'],
    ['stripe', { secretKey: 'pk_live_public' }, 'secretKey'],
    ['stripe', { colour: 'red' }, 'colour'],
    ['fax', { token: 'x' }, 'channel'],
  ])('%s %j is refused at its field', async (channel, settings, field) => {
    const { connect } = await office();
    const { status, body } = await connect(channel, settings);
    expect([status, body.error.field]).toEqual([400, field]);
  });

  it('ask for a secret again before it is sent to another place', async () => {
    const { connect } = await office();
    await connect('slack', slack());
    const moved = await connect('slack', { baseUrl: 'https://elsewhere.example.com/api/' });
    expect([moved.status, moved.body.error.field]).toEqual([400, 'token']);
    expect((await connect('slack', { ...slack(), baseUrl: 'https://elsewhere.example.com/api/' })).status).toBe(200);
  });

  it('are for owners and admins, and of one workspace', async () => {
    const { connect, person } = await office();
    await connect('slack', slack());
    const member = await signUp(t);
    const { id } = (await person.send('POST', '/invitations', { email: member.email, role: 'member' })).body;
    await member.send('POST', `/invitations/${id}/accept`);
    const there = { headers: { 'interlock-workspace': person.workspaceId } };
    expect((await member.get('/integrations', there)).body.integrations[0].connected).toBe(true);
    for (const [method, path, body] of [
      ['PATCH', '/integrations/slack', slack()],
      ['DELETE', '/integrations/slack', undefined],
      ['POST', '/integrations/slack/test', { mode: 'live' }],
    ] as const) {
      expect((await member.send(method, path, body, there)).status, path).toBe(403);
    }
    const stranger = await signUp(t);
    expect((await stranger.get('/integrations')).body.integrations[0].connected).toBe(false);
  });

  it('can be tried, with what the mode makes of it', async () => {
    const { connect, person, ended } = await office();
    await connect('slack', slack());
    vendor.answer = json(200, { ok: true, ts: '1.2' });
    const before = vendor.received.length;
    const tried = await person.send('POST', '/integrations/slack/test', { mode: 'test' });
    expect([tried.status, tried.body.status, tried.body.reason]).toEqual([202, 'suppressed', 'test_mode']);
    expect(vendor.received.length).toBe(before);
    const sent = await person.send('POST', '/integrations/slack/test', { mode: 'live', recipient: 'U024BE7LH' });
    expect([sent.status, sent.body.kind]).toEqual([202, 'test']);
    expect(await ended()).toMatchObject({ id: sent.body.id, status: 'sent' });
    const { entries } = (await person.get('/audit')).body;
    expect(entries.map(({ operation, mode }: { operation: string; mode: string }) => `${operation} ${mode}`)).toEqual([
      'integrations.test_sent live',
      'integrations.test_sent test',
      'integrations.connected live',
    ]);
  });
});
