import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { ServiceContract } from '../../core/service.ts';
import { generateSecret } from '../../core/signing-secrets/secret-text.ts';
import { composeWebhook, type WebhookSending } from './compose.ts';
import { parseoDialect, pivotalDialect, provableDialect, standardDialect } from './dialects.ts';
import { eventIdOf, messageIdOf } from './event-id.ts';
import { planFanOut } from './plan-fan-out.ts';

const now = Date.now();
const dialects = {
  provable: provableDialect(),
  parseo: parseoDialect(),
  pivotal: pivotalDialect,
  standard: standardDialect,
};

describe.each(Object.entries(dialects))('%s: the request of an attempt', (_, dialect) => {
  const secrets = [generateSecret(dialect.secretFormat), generateSecret(dialect.secretFormat)];
  const sending: WebhookSending = {
    deliveryId: dialect.deliveryId('live', now),
    eventId: 'evt_7G6f5E4d3C2b1A0z9Y8xWv',
    eventType: 'invoice.processed',
    mode: 'live',
    url: 'https://example.com/hooks?tenant=7',
    body: '{"name":"Müller"}',
    attempt: 3,
    secrets,
  };

  test('carries the bytes of the event, signed with every secret that signs now', () => {
    const request = composeWebhook(dialect, sending, now);
    expect(request).toMatchObject({ method: 'POST', url: sending.url, timeoutMs: dialect.schedule.timeoutMs });
    expect(Buffer.from(request.body ?? '').toString()).toBe(sending.body);
    for (const secret of secrets) new Webhook(secret).verify(sending.body, { ...request.headers });
  });

  test('is the same for the same attempt, and signed anew for another moment', () => {
    const { headers } = composeWebhook(dialect, sending, now);
    expect(composeWebhook(dialect, sending, now).headers).toEqual(headers);
    expect(composeWebhook(dialect, sending, now + 1_000).headers).not.toEqual(headers);
  });

  test('is delivered under ids that sort by when they were made', () => {
    const ids = [1, 2, 3].map((ms) => dialect.deliveryId('test', now + ms * 1_000));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 100 }, () => dialect.deliveryId('test', now))).size).toBe(100);
  });
});

test('an event is found from its effect, and its message from the event', () => {
  expect(eventIdOf({}, 'live', 'eff_8Jc')).toBe('evt_8Jc');
  expect(eventIdOf({ ids: 'mode' }, 'test', 'eff_8Jc')).toBe('evt_test_8Jc');
  expect(messageIdOf('evt_test_8Jc')).toBe('msg_test_8Jc');
});

describe('which deliveries events become', () => {
  const contract = {
    name: 'shop',
    modes: { data: { live: 'isolated', test: 'isolated' } },
    webhooks: { events: { 'order.paid': '', 'order.sent': '' } },
  };
  // Of a contract nothing else is looked at.
  const publisher = { contract: contract as unknown as ServiceContract, dialect: standardDialect };
  const event = (effectId: string, type: string, subject: string | null = null) => ({
    effectId,
    service: 'shop',
    type,
    subject,
    data: {},
    at: new Date(now),
  });
  const endpoint = (id: string, events: string[], more: object = {}) => ({
    id,
    service: 'shop',
    events,
    subject: null,
    testMode: false,
    enabled: true,
    ...more,
  });
  const plan = (events: ReturnType<typeof event>[], endpoints: ReturnType<typeof endpoint>[]) =>
    planFanOut(
      { mode: 'live', workspaceId: 'ws_1', now },
      events,
      endpoints,
      (service) => (service === 'shop' ? publisher : undefined),
      (text) => Buffer.from(text),
    );

  test('is one for each endpoint that is subscribed, and one message for all of them', () => {
    const { messages, deliveries, states } = plan(
      [event('eff_1', 'order.paid'), event('eff_2', 'order.sent', 'cl_1')],
      [endpoint('wh_1', ['*']), endpoint('wh_2', ['order.paid']), endpoint('wh_3', ['*'], { subject: 'cl_1' })],
    );
    expect(messages.map(({ id }) => id)).toEqual(['msg_1', 'msg_2']);
    expect(deliveries.map(({ eventId, targetId }) => [eventId, targetId])).toEqual([
      ['evt_1', 'wh_1'],
      ['evt_1', 'wh_2'],
      ['evt_2', 'wh_1'],
      ['evt_2', 'wh_3'],
    ]);
    expect([...states.values()]).toEqual(['delivered', 'delivered']);
  });

  test('is none where nobody is: of another service, of another event, disabled', () => {
    const nobody = [
      endpoint('wh_1', ['*'], { service: 'other' }),
      endpoint('wh_2', ['order.sent']),
      endpoint('wh_3', ['*'], { enabled: false }),
    ];
    const { messages, deliveries, states } = plan([event('eff_1', 'order.paid')], nobody);
    expect([messages, deliveries, [...states]]).toEqual([[], [], [['eff_1', 'unsubscribed']]]);
  });

  test('is left to others for a service that is not known here', () => {
    const { states } = plan([{ ...event('eff_1', 'order.paid'), service: 'newer' }], []);
    expect(states.size).toBe(0);
  });
});
