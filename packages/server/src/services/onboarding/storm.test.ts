import { env } from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../../testing/mail-server.ts';
import { signUp, type TestPerson } from '../../testing/person.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';
import { createOnboardingWorld, type Mode, type OnboardingWorld } from './onboarding.fixture.ts';
import { storm } from './storm.fixture.ts';

/** `STORM_CALLS=5000` makes it as large as anybody wants. */
const calls = Number(env.STORM_CALLS ?? 1_000);
const seed = Number(env.STORM_SEED ?? 7);
/** Long enough for the slowest machine and the largest storm. */
const patienceMs = 30_000 + calls * 100;

let world: OnboardingWorld;
let person: TestPerson;
let vendors: { slack: Receiver; stripe: Receiver; mail: MailServer };
let hooks: Record<Mode, Receiver>;

beforeAll(async () => {
  const [slack, stripe, live, test, mail] = await Promise.all([
    startReceiver(),
    startReceiver(),
    startReceiver(),
    startReceiver(),
    startMailServer(),
  ]);
  vendors = { slack, stripe, mail };
  hooks = { live, test };
  const json = (body: object): Receiver['answer'] => {
    const text = JSON.stringify(body);
    return (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  };
  slack.answer = json({ ok: true, ts: '1763719200.000100' });
  stripe.answer = json({ id: 'cus_1', object: 'customer', data: [] });
  world = await createOnboardingWorld({ INTERLOCK_ALLOW_PRIVATE_TARGETS: '1', WEBHOOK_RETRY_SCALE: '0.001' });
  person = await signUp(world.t);
  const connect = async (channel: string, settings: object) =>
    expect((await person.send('PATCH', `/integrations/${channel}`, settings)).status).toBe(200);
  await connect('slack', { token: 'xoxb-1234567890', defaultChannel: '#launches', baseUrl: slack.url });
  await connect('stripe', { secretKey: 'sk_live_abcdef', baseUrl: stripe.url });
  await connect('email', {
    provider: 'smtp',
    from: 'team@example.com',
    fallbackTo: 'owner@example.com',
    host: '127.0.0.1',
    port: String(mail.port),
    security: 'none',
  });
  for (const mode of ['live', 'test'] as const) {
    const { status } = await person.send('POST', '/webhooks', { service: 'onboarding', mode, url: hooks[mode].url });
    expect(status).toBe(201);
  }
  world.t.platform.startLoops();
});
afterAll(async () => {
  await world?.close();
  const servers = [vendors?.slack, vendors?.stripe, vendors?.mail, hooks?.live, hooks?.test];
  await Promise.all(servers.map((server) => server?.close()));
});

const rage = async (mode: Mode) => {
  const { key } = await world.t.key(person.workspaceId, { service: 'onboarding', mode, name: `storm-${mode}` });
  return storm(world.t.as(key), `storm-${mode}`, calls, seed);
};

/** How often each message was caused in a mode, by what became of it. */
async function messages(mode: Mode): Promise<{ kinds: Record<string, number>; statuses: Record<string, number> }> {
  const kinds: Record<string, number> = {};
  const statuses: Record<string, number> = {};
  let cursor: string | null = null;
  do {
    const place: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { body } = await person.get(`/messages?mode=${mode}&limit=200${place}`);
    for (const { channel, kind, status } of body.messages) {
      kinds[`${channel} ${kind}`] = (kinds[`${channel} ${kind}`] ?? 0) + 1;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    cursor = body.cursor;
  } while (cursor !== null);
  return { kinds, statuses };
}

async function audited(mode: Mode): Promise<number> {
  await world.t.platform.flush();
  let count = 0;
  let cursor: string | null = null;
  do {
    const place: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { body } = await person.get(`/audit?mode=${mode}&service=onboarding&limit=200${place}`);
    for (const entry of body.entries) {
      expect(entry.mode).toBe(mode);
      if (entry.caller === 'key') count++;
    }
    cursor = body.cursor;
  } while (cursor !== null);
  return count;
}

const livemodes = (receiver: Receiver) => new Set(receiver.received.map(({ body }) => JSON.parse(body).livemode));

it(
  'a storm with a test key reaches nobody but the endpoints of test mode; the same with a live key reaches them all',
  async () => {
    const quiet = () => [
      vendors.slack.connections(),
      vendors.stripe.connections(),
      vendors.mail.connections(),
      hooks.live.connections(),
    ];

    const inTest = await rage('test');
    const events = async (mode: Mode) =>
      (
        await world.rows<{ count: number }>(
          `select count(*)::int as count from ${mode}.effects where workspace_id = $1 and state = 'delivered' and name like '%.%'
         and name not in ('slack.message', 'email.message', 'stripe.link', 'stripe.acknowledge')`,
          [person.workspaceId],
        )
      )[0]?.count;
    const pending = async (mode: Mode) =>
      (
        await world.rows<{ count: number }>(
          `select (select count(*) from ${mode}.effects where workspace_id = $1 and state = 'pending')
         + (select count(*) from ${mode}.deliveries where workspace_id = $1 and finalized_at is null) as count`,
          [person.workspaceId],
        )
      )[0]?.count;
    await expect.poll(() => pending('test'), { timeout: patienceMs }).toEqual(0);
    expect(inTest.get(201)).toBeGreaterThan(calls / 5);
    expect(inTest.get(200)).toBeGreaterThan(calls / 10);
    expect(inTest.has(500)).toBe(false);
    expect(quiet()).toEqual([0, 0, 0, 0]);
    expect(hooks.test.received).toHaveLength((await events('test')) ?? 0);
    expect(livemodes(hooks.test)).toEqual(new Set([false]));
    const suppressed = await messages('test');
    expect(Object.keys(suppressed.statuses)).toEqual(['suppressed']);
    const heardInTest = hooks.test.received.length;

    const inLive = await rage('live');
    await expect.poll(() => pending('live'), { timeout: patienceMs }).toEqual(0);
    expect(inLive).toEqual(inTest);
    const sent = await messages('live');
    expect(Object.keys(sent.statuses)).toEqual(['sent']);
    // What would have left in test mode is what leaves in live mode.
    expect(sent.kinds).toEqual(suppressed.kinds);
    const of = (channel: string) =>
      Object.entries(sent.kinds).reduce((sum, [kind, count]) => sum + (kind.startsWith(`${channel} `) ? count : 0), 0);
    expect([vendors.slack.received.length, vendors.mail.received.length, vendors.stripe.received.length]).toEqual([
      of('slack'),
      of('email'),
      of('stripe'),
    ]);
    expect(hooks.live.received).toHaveLength(heardInTest);
    expect(livemodes(hooks.live)).toEqual(new Set([true]));
    expect(hooks.test.received).toHaveLength(heardInTest);

    expect(await audited('test')).toBe(calls);
    expect(await audited('live')).toBe(calls);
  },
  patienceMs * 3,
);
