import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { type MailServer, startMailServer } from '../../testing/mail-server.ts';
import { freshAddress, signUp, type TestPerson } from '../../testing/person.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';
import {
  createOnboardingWorld,
  type Mode,
  made,
  newCustomer,
  type OnboardingWorld,
  patch,
} from './onboarding.fixture.ts';

let world: OnboardingWorld;
let mail: MailServer;
let stripe: Receiver;
beforeAll(async () => {
  [world, mail, stripe] = await Promise.all([
    createOnboardingWorld({ INTERLOCK_ALLOW_PRIVATE_TARGETS: '1', WEBHOOK_RETRY_SCALE: '0.001' }),
    startMailServer(),
    startReceiver(),
  ]);
  stripe.answer = (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"cus_9","object":"customer"}');
  world.t.platform.startLoops();
});
afterAll(async () => {
  await world?.close();
  await Promise.all([mail?.close(), stripe?.close()]);
});

interface Office {
  readonly person: TestPerson;
  readonly live: Caller;
  readonly test: Caller;
}

async function office(): Promise<Office> {
  const person = await signUp(world.t);
  const keyOf = async (mode: Mode) =>
    world.t.as((await world.t.key(person.workspaceId, { service: 'onboarding', mode, name: `${mode} key` })).key);
  return { person, live: await keyOf('live'), test: await keyOf('test') };
}

const messages = async (person: TestPerson, mode: Mode, kind: string) =>
  ((await person.get(`/messages?mode=${mode}&limit=200`)).body.messages as { kind: string; status: string }[]).filter(
    (message) => message.kind === kind,
  );

describe('reminders', () => {
  it('of what a live key opened arrive as mail; of what a test key opened nobody is mailed, until a live key takes it up', async () => {
    const { person, live, test } = await office();
    const smtp = {
      provider: 'smtp',
      from: 'team@example.com',
      host: '127.0.0.1',
      port: String(mail.port),
      security: 'none',
    };
    expect((await person.send('PATCH', '/integrations/email', smtp)).status).toBe(200);
    const open = async (caller: Caller, name: string) => {
      const customer = await newCustomer(caller, { name });
      await made(caller.post(`/api/v1/customers/${customer.id}/contacts`, { name, email: `${name}@customer.example` }));
      return made(caller.post('/api/v1/onboardings', { customer_id: customer.id, name: `${name} onboarding` }));
    };
    const rehearsed = await open(test, 'rehearsed');
    await open(live, 'earnest');
    const nextDay = async () => {
      world.t.clock.advance(86_400_000);
      await world.t.platform.runDueLoops();
    };

    await nextDay();
    await expect
      .poll(() => messages(person, 'live', 'reminder'), { timeout: 20_000 })
      .toMatchObject([{ status: 'sent' }]);
    expect(await messages(person, 'test', 'reminder')).toMatchObject([{ status: 'suppressed' }]);
    const mailed = (name: string) => mail.received.filter(({ to }) => to.includes(`${name}@customer.example`)).length;
    // Its opening, and the reminder.
    expect([mailed('earnest'), mailed('rehearsed')]).toEqual([2, 0]);

    await made(patch(live, `/api/v1/onboardings/${rehearsed.id}`, { notes: 'in earnest now' }), 200);
    await nextDay();
    await expect
      .poll(async () => (await messages(person, 'live', 'reminder')).map(({ status }) => status), { timeout: 20_000 })
      .toEqual(['sent', 'sent', 'sent']);
    expect(await messages(person, 'test', 'reminder')).toHaveLength(1);
    expect([mailed('earnest'), mailed('rehearsed')]).toEqual([3, 1]);
  });
});

describe('an event of Stripe', () => {
  const secrets = { live: 'whsec_live_0123456789', test: 'whsec_test_0123456789' };
  let events = 0;
  const subscription = (livemode: boolean, { type = 'updated', age = 0, id = 'sub_1', status = 'active' } = {}) => ({
    id: `evt_onboarding_${++events}`,
    object: 'event',
    type: `customer.subscription.${type}`,
    created: Math.floor(world.t.clock.now() / 1000) - age,
    livemode,
    data: {
      object: {
        id,
        object: 'subscription',
        customer: 'cus_9',
        status,
        items: {
          data: [
            {
              quantity: 2,
              price: {
                id: 'price_1',
                nickname: 'Größe',
                unit_amount: 12_000,
                recurring: { interval: 'month', interval_count: 1 },
              },
            },
          ],
        },
      },
    },
  });
  /** As Stripe writes it: with line breaks, and with letters that a second writing would spell otherwise. */
  const written = (event: object): string => JSON.stringify(event, null, 2).replace('ö', '\\u00f6');
  const send = (workspaceId: string, payload: string, secret: string, body = payload) =>
    world.t.as(null).send('POST', `/api/v1/integrations/stripe/${workspaceId}`, body, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': Stripe.webhooks.generateTestHeaderString({
          payload,
          secret,
          timestamp: Math.floor(world.t.clock.now() / 1000),
        }),
      },
      address: freshAddress(),
    });

  it('changes the customer in either mode; only that of live mode is acknowledged to Stripe', async () => {
    const { person, live, test } = await office();
    const settings = {
      secretKey: 'sk_live_abcdef',
      baseUrl: stripe.url,
      webhookSecret: secrets.live,
      webhookSecretTest: secrets.test,
    };
    expect((await person.send('PATCH', '/integrations/stripe', settings)).status).toBe(200);
    const customer = await newCustomer(test, { stripe_customer_id: 'cus_9' });
    const read = async () => (await live.get(`/api/v1/customers/${customer.id}`)).body;

    const rehearsal = written(subscription(false));
    expect((await send(person.workspaceId, rehearsal, secrets.test)).status).toBe(200);
    expect(await read()).toMatchObject({ mrr: 24_000, plan: 'Größe' });
    expect(await messages(person, 'test', 'customer.subscription.updated')).toMatchObject([{ status: 'suppressed' }]);
    expect(stripe.connections()).toBe(0);

    const earnest = subscription(true, { type: 'deleted' });
    const answer = await send(person.workspaceId, written(earnest), secrets.live);
    expect([answer.status, answer.body]).toEqual([200, { received: true, duplicate: false }]);
    expect(await read()).toMatchObject({ mrr: 0, plan: null });
    await expect.poll(() => stripe.received.length, { timeout: 20_000 }).toBe(1);
    const [acknowledged] = stripe.received;
    expect(`${acknowledged?.method} ${acknowledged?.url}`).toBe('POST /v1/customers/cus_9');
    expect(new URLSearchParams(acknowledged?.body).get('metadata[interlock_event]')).toBe(earnest.id);
    // Once more, as Stripe does when it is not sure: nothing happens again.
    expect((await send(person.workspaceId, written(earnest), secrets.live)).body.duplicate).toBe(true);
    const feed = (await live.get(`/api/v1/customers/${customer.id}/activity`)).body.data;
    expect(feed.map(({ actor, mode }: { actor: string; mode: string }) => `${actor} ${mode}`)).toEqual([
      'stripe live',
      'stripe test',
      'test key test',
    ]);
  });

  it('says the same whatever order it comes in, and subscriptions of one customer add up', async () => {
    const { person, live } = await office();
    const settings = { secretKey: 'sk_live_abcdef', webhookSecret: secrets.live, webhookSecretTest: secrets.test };
    expect((await person.send('PATCH', '/integrations/stripe', settings)).status).toBe(200);
    const customer = await newCustomer(live, { stripe_customer_id: 'cus_9' });
    const after = async (said: object) => {
      const answer = await send(person.workspaceId, written(subscription(true, said)), secrets.live);
      expect([answer.status, answer.body]).toEqual([200, { received: true, duplicate: false }]);
      const { mrr, plan } = (await live.get(`/api/v1/customers/${customer.id}`)).body;
      return [mrr, plan];
    };
    expect(await after({ age: 60, status: 'incomplete' })).toEqual([0, 'Größe']);
    expect(await after({ age: 50 })).toEqual([24_000, 'Größe']);
    expect(await after({ type: 'created', age: 60, status: 'incomplete' })).toEqual([24_000, 'Größe']);
    expect(await after({ id: 'sub_2', age: 40 })).toEqual([48_000, 'Größe']);
    expect(await after({ type: 'deleted', age: 20 })).toEqual([24_000, 'Größe']);
    expect(await after({ age: 30 })).toEqual([24_000, 'Größe']);
    // Of the second in which it ended.
    expect(await after({ age: 20 })).toEqual([24_000, 'Größe']);
    expect(await after({ id: 'sub_2', type: 'deleted' })).toEqual([0, null]);
    expect(await after({ id: 'sub_2', type: 'created', age: 45 })).toEqual([0, null]);
  });

  it('is verified on the bytes that came, not on what they mean', async () => {
    const { person, live } = await office();
    const settings = { secretKey: 'sk_live_abcdef', webhookSecret: secrets.live, webhookSecretTest: secrets.test };
    expect((await person.send('PATCH', '/integrations/stripe', settings)).status).toBe(200);
    const customer = await newCustomer(live, { stripe_customer_id: 'cus_9', mrr: 5 });
    const event = subscription(true);
    const payload = written(event);
    for (const [body, secret] of [
      [JSON.stringify(event), secrets.live],
      [`${payload} `, secrets.live],
      [payload.replace('cus_9', 'cus_8'), secrets.live],
      // An event of live mode under the secret of test mode.
      [payload, secrets.test],
    ] as const) {
      const { status } = await send(person.workspaceId, payload, secret, body);
      expect(status, body).toBeGreaterThanOrEqual(400);
      expect(status, body).toBeLessThan(500);
    }
    expect((await live.get(`/api/v1/customers/${customer.id}`)).body.mrr).toBe(5);
    expect((await send(person.workspaceId, payload, secrets.live)).status).toBe(200);
    expect((await live.get(`/api/v1/customers/${customer.id}`)).body.mrr).toBe(24_000);
  });
});
