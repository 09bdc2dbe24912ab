import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from './testing/fixture-platform.ts';
import { circulars } from './testing/fixtures/circulars/service.ts';
import type { Answer, TestPlatform } from './testing/harness.ts';
import { freshAddress, signUp, type TestPerson } from './testing/person.ts';

let world: FixtureWorld;
let t: TestPlatform;
beforeAll(async () => {
  world = await createFixtureWorld({ services: [circulars] });
  t = world.t;
});
afterAll(() => world?.close());

const secrets = { live: 'whsec_live_0123456789', test: 'whsec_test_0123456789' };

async function connected(): Promise<TestPerson> {
  const person = await signUp(t);
  const { status } = await person.send('PATCH', '/integrations/stripe', {
    secretKey: 'sk_live_abcdef',
    webhookSecret: secrets.live,
    webhookSecretTest: secrets.test,
  });
  expect(status).toBe(200);
  return person;
}

let events = 0;
const eventOf = (livemode: boolean, more: object = {}) => ({
  id: `evt_${++events}`,
  object: 'event',
  type: 'customer.updated',
  created: Math.floor(t.clock.now() / 1000),
  livemode,
  data: { object: { id: 'cus_9', object: 'customer' } },
  ...more,
});

interface Sending {
  readonly secret?: string;
  readonly at?: number;
  readonly body?: string;
  readonly address?: string;
}

/** Sends an event as Stripe does: the library signs what the library must verify. */
function report(workspaceId: string, event: { livemode: boolean }, sending: Sending = {}): Promise<Answer> {
  const payload = JSON.stringify(event, null, 2);
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: sending.secret ?? (event.livemode ? secrets.live : secrets.test),
    timestamp: Math.floor((sending.at ?? t.clock.now()) / 1000),
  });
  return t.as(null).send('POST', `/circulars/v1/integrations/stripe/${workspaceId}`, sending.body ?? payload, {
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    address: sending.address ?? freshAddress(),
  });
}

const messagesOf = async (person: TestPerson, mode: string) =>
  (await person.get(`/messages?mode=${mode}`)).body.messages as Record<string, unknown>[];

describe('an event of Stripe', () => {
  it.each([
    [true, 'live', 'pending'],
    [false, 'test', 'suppressed'],
  ] as const)(
    'with livemode %s is taken in in %s mode, and its acknowledgement is %s',
    async (livemode, mode, status) => {
      const person = await connected();
      const event = eventOf(livemode);
      const answer = await report(person.workspaceId, event);
      expect([answer.status, answer.body]).toEqual([200, { received: true, duplicate: false }]);
      expect(answer.headers['interlock-mode']).toBe(mode);
      expect(await messagesOf(person, mode)).toMatchObject([{ kind: 'customer.updated', recipient: 'cus_9', status }]);
      expect(await messagesOf(person, mode === 'live' ? 'test' : 'live')).toEqual([]);
      const request = answer.headers['x-request-id'];
      const { entries } = (await person.get(`/audit?mode=${mode}&request=${request}`)).body;
      expect(entries[0]).toMatchObject({
        route: '/circulars/v1/integrations/stripe/:workspace',
        status: 200,
        caller: 'system',
        actor: 'stripe',
        suppressed: livemode ? [] : [{ name: 'stripe.message' }],
      });
    },
  );

  it('is taken in once, however often and however much at once it comes', async () => {
    const person = await connected();
    const event = eventOf(true);
    const answers = await Promise.all(Array.from({ length: 8 }, () => report(person.workspaceId, event)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
    expect(await messagesOf(person, 'live')).toHaveLength(1);
  });

  it('of two workspaces under one id is two events', async () => {
    const [ann, bob] = [await connected(), await connected()];
    const event = eventOf(true);
    for (const { workspaceId } of [ann, bob]) expect((await report(workspaceId, event)).body.duplicate).toBe(false);
  });

  it('that failed here comes again', async () => {
    const person = await connected();
    const event = eventOf(true, { type: 'customer.deleted' });
    expect((await report(person.workspaceId, event)).status).toBe(500);
    expect((await report(person.workspaceId, { ...event, type: 'customer.updated' } as never)).body.duplicate).toBe(
      false,
    );
  });

  it('is refused in the same words whatever is wrong with its proof', async () => {
    const person = await connected();
    const stranger = await signUp(t);
    const event = eventOf(true);
    const { workspaceId } = person;
    const refused = [
      await report(workspaceId, event, { secret: 'whsec_made_up_0123' }),
      // The secret of the test account proves nothing about live events.
      await report(workspaceId, event, { secret: secrets.test }),
      await report(workspaceId, event, { at: t.clock.now() - 301_000 }),
      await report(workspaceId, event, { body: JSON.stringify(event) }),
      await report(workspaceId, event, { body: 'not json' }),
      await report(workspaceId, event, { body: '{"livemode":"yes"}' }),
      await report(stranger.workspaceId, event),
      await report('ws_nobody', event),
      await report("x';--", event),
      await t.as(null).post(`/circulars/v1/integrations/stripe/${workspaceId}`, event),
    ];
    const words = refused.map(({ status, body }) => {
      const { requestId: _, ...error } = body.error;
      return JSON.stringify([status, error]);
    });
    expect(new Set(words).size).toBe(1);
    expect(refused[0]).toMatchObject({ status: 400, body: { error: { param: 'Stripe-Signature' } } });
    expect(await messagesOf(person, 'live')).toEqual([]);
  });

  it('that is forged too often from one address is not looked at any more', async () => {
    const { workspaceId } = await connected();
    const address = freshAddress();
    const forged = () => report(workspaceId, eventOf(true), { secret: 'whsec_made_up_0123', address });
    for (let i = 0; i <= 30; i++) await forged();
    expect((await forged()).status).toBe(429);
    expect((await report(workspaceId, eventOf(true))).status).toBe(200);
  });
});
