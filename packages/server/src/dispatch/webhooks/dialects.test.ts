import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { generateSecret } from '../../core/signing-secrets/secret-text.ts';
import {
  parseoDialect,
  pivotalDialect,
  provableDialect,
  standardDialect,
  type WebhookAttempt,
  type WebhookDialect,
} from './dialects.ts';
import type { WebhookEvent } from './event-body.ts';

const event: WebhookEvent = {
  id: 'evt_test_7G6f5E4d3C2b1A0z9Y8xWv',
  type: 'invoice.processed',
  mode: 'test',
  workspaceId: 'ws_1',
  subject: null,
  occurredAt: Date.now(),
  createdAt: Date.now(),
  data: { object: { name: 'Müller' } },
};

function attemptOf(dialect: WebhookDialect, secrets = [generateSecret(dialect.secretFormat)]): WebhookAttempt {
  return {
    deliveryId: '0f8b5b1e-6f0c-4a52-9c43-2d9a8a3f5c11',
    attempt: 2,
    timestamp: Date.now(),
    event,
    path: '/hooks',
    body: dialect.body(event),
    secrets,
  };
}

const dialects = {
  provable: provableDialect(),
  parseo: parseoDialect(),
  pivotal: pivotalDialect,
  standard: standardDialect,
};

describe.each(Object.entries(dialects))('%s', (_, dialect) => {
  test('is verified with the endpoint’s secret by a library that knows Standard Webhooks only', () => {
    const attempt = attemptOf(dialect);
    const headers = dialect.headers(attempt);
    const [secret = ''] = attempt.secrets;
    expect(new Webhook(secret).verify(attempt.body, { ...headers })).toEqual(JSON.parse(attempt.body.toString()));
    expect(() => new Webhook(generateSecret('base64')).verify(attempt.body, { ...headers })).toThrow();
  });

  test('names the same message in every attempt and at every endpoint', () => {
    const first = dialect.headers(attemptOf(dialect));
    const other = dialect.headers({ ...attemptOf(dialect), deliveryId: 'another', attempt: 5 });
    expect(first['webhook-id']).toMatch(/_test_7G6f5E4d3C2b1A0z9Y8xWv$/);
    expect(other['webhook-id']).toBe(first['webhook-id']);
  });

  test('during a rotation both secrets verify', () => {
    const secrets = [generateSecret(dialect.secretFormat), generateSecret(dialect.secretFormat)];
    const attempt = attemptOf(dialect, secrets);
    for (const secret of secrets) new Webhook(secret).verify(attempt.body, { ...dialect.headers(attempt) });
  });

  test('no header is sent twice under two spellings, and all say what the body is', () => {
    const headers = dialect.headers(attemptOf(dialect));
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(headers).toMatchObject({
      'Content-Type': 'application/json',
      'User-Agent': expect.stringMatching(/\/1\.0$/),
    });
  });
});

test('provable: its own headers', () => {
  const dialect = provableDialect();
  const attempt = attemptOf(dialect);
  const [secret = ''] = attempt.secrets;
  expect(dialect.headers(attempt)).toMatchObject({
    'User-Agent': 'Provable-Webhook/1.0',
    'X-Provable-Event': 'invoice.processed',
    'X-Provable-Delivery': attempt.deliveryId,
    'X-Provable-Timestamp': String(Math.floor(attempt.timestamp / 1000)),
    'X-Provable-Signature': `sha256=${createHmac('sha256', secret).update(attempt.body).digest('hex')}`,
  });
  expect(provableDialect('X-Acme').headers(attempt)).toHaveProperty('X-Acme-Event');
});

test('parseo: its own headers', () => {
  const dialect = parseoDialect();
  expect(dialect.headers(attemptOf(dialect))).toMatchObject({
    'X-Parseo-Event-Id': event.id,
    'X-Parseo-Event-Type': 'invoice.processed',
    'X-Parseo-Delivery-Id': '0f8b5b1e-6f0c-4a52-9c43-2d9a8a3f5c11',
    'X-Parseo-Attempt': '2',
    'X-Parseo-Mode': 'test',
    'X-Parseo-Signature': expect.stringMatching(/^t=\d{13},v1=[0-9a-f]{64}$/),
  });
  expect(parseoDialect('parseo').headers(attemptOf(dialect))).toHaveProperty('parseo-Event-Id');
});

test('pivotal: the headers of Svix, with a message id that is not the event’s', () => {
  const headers = pivotalDialect.headers(attemptOf(pivotalDialect));
  expect(headers['svix-id']).toBe('msg_test_7G6f5E4d3C2b1A0z9Y8xWv');
  for (const name of ['id', 'timestamp', 'signature']) expect(headers[`webhook-${name}`]).toBe(headers[`svix-${name}`]);
});
