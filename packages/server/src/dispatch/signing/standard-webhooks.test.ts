import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { generateSecret, readSecret } from '../../core/signing-secrets/secret-text.ts';
import { attemptOf } from './attempt.fixture.ts';
import vectors from './fixtures/standard-webhooks.json' with { type: 'json' };
import { standardWebhooks } from './standard-webhooks.ts';

afterEach(() => void vi.useRealTimers());

const { id, secret, secret_without_prefix: bareSecret } = vectors;
const scheme = standardWebhooks('webhook');

describe('the vectors of the specification', () => {
  test.each(vectors.sign)('signs $payload at $timestamp', ({ id, timestamp, payload, signature }) => {
    for (const key of [secret, bareSecret]) {
      const attempt = attemptOf({ id, timestamp: timestamp * 1000, body: payload, secrets: [key] });
      expect(scheme.sign(attempt)).toEqual({
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signature,
      });
    }
  });

  interface Case {
    readonly name: string;
    readonly valid: boolean;
    readonly secret?: string;
    readonly drop?: string;
    readonly set?: Readonly<Record<string, string>>;
    readonly cut?: number;
    readonly timestamp?: number;
    readonly offset_seconds?: number;
    readonly before?: readonly string[];
    readonly after?: readonly string[];
    readonly payload?: string;
  }
  const cases: Case[] = vectors.verify;
  const refusedSecrets = cases.flatMap(({ secret, name }) => (secret === undefined ? [] : [{ name, secret }]));
  const payload = vectors.sign[0]?.payload ?? '';

  /** What we send, with what the case does to it on the way. */
  function received(found: Case): Record<string, string> {
    const timestamp = (found.timestamp ?? Math.floor(Date.now() / 1000)) + (found.offset_seconds ?? 0);
    const body = found.payload ?? payload;
    const headers: Record<string, string> = {
      ...scheme.sign(attemptOf({ id, timestamp: timestamp * 1000, body, secrets: [secret] })),
      ...found.set,
    };
    const signature = (headers['webhook-signature'] ?? '').slice(0, found.cut);
    headers['webhook-signature'] = [...(found.before ?? []), signature, ...(found.after ?? [])].join(' ');
    if (found.drop !== undefined) delete headers[found.drop];
    return headers;
  }

  test.each(cases.filter((found) => found.secret === undefined))('a receiver finds valid: $valid, $name', (found) => {
    if (found.timestamp !== undefined) vi.setSystemTime(found.timestamp * 1000);
    for (const key of [secret, bareSecret]) {
      const verify = () => new Webhook(key).verify(found.payload ?? payload, received(found));
      if (found.valid) expect(verify()).toEqual(found.payload === '' ? undefined : JSON.parse(payload));
      else expect(verify).toThrow();
    }
  });

  test.each(refusedSecrets)('$name is neither accepted nor signed with', ({ secret }) => {
    expect(readSecret(secret, 'base64').ok).toBe(false);
    expect(() => new Webhook(secret)).toThrow();
    expect(() => scheme.sign(attemptOf({ secrets: [secret] }))).toThrow();
  });
});

test.each(['base64', 'base64url', 'text'] as const)(
  'a generated secret (%s) is one that the library reads',
  (format) => {
    const key = generateSecret(format);
    const headers = scheme.sign(attemptOf({ timestamp: Date.now(), body: '{"a":"ü"}', secrets: [key] }));
    expect(new Webhook(key).verify('{"a":"ü"}', { ...headers })).toEqual({ a: 'ü' });
  },
);

test('during a rotation there is a signature of each secret, newest first, and either verifies', () => {
  const [newer, older] = [generateSecret('base64'), generateSecret('base64')];
  const about = { timestamp: Date.now(), body: '{}' };
  const headers = scheme.sign(attemptOf({ ...about, secrets: [newer, older] }));
  const alone = [newer, older].map((key) => scheme.sign(attemptOf({ ...about, secrets: [key] }))['webhook-signature']);
  expect(headers['webhook-signature']).toBe(alone.join(' '));
  for (const key of [newer, older]) expect(new Webhook(key).verify('{}', { ...headers })).toEqual({});
  expect(() => new Webhook(generateSecret('base64')).verify('{}', { ...headers })).toThrow();
});

test('the names of Svix carry the same values', () => {
  const headers = standardWebhooks('svix', 'webhook').sign(attemptOf({ secrets: [secret] }));
  expect(Object.keys(headers)).toEqual([
    'svix-id',
    'svix-timestamp',
    'svix-signature',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
  ]);
  for (const name of ['id', 'timestamp', 'signature']) expect(headers[`svix-${name}`]).toBe(headers[`webhook-${name}`]);
  expect(headers['svix-timestamp']).toBe('1700000000');
});

test('without a secret there is no signature', () => {
  expect(scheme.sign(attemptOf({}))).toEqual({ 'webhook-id': 'msg_1', 'webhook-timestamp': '1700000000' });
});

test('bytes that are no text are not signed as another text', () => {
  expect(() => scheme.sign(attemptOf({ body: Buffer.from([0xff]), secrets: [secret] }))).toThrow(TypeError);
});
