import { describe, expect, test } from 'vitest';
import { generateSecret } from '../../../server/src/core/signing-secrets/secret-text.ts';
import { parseo } from '../../../server/src/dispatch/signing/parseo.ts';
import { provable } from '../../../server/src/dispatch/signing/provable.ts';
import { sched } from '../../../server/src/dispatch/signing/sched.ts';
import type { SigningScheme } from '../../../server/src/dispatch/signing/signing-scheme.ts';
import { standardWebhooks } from '../../../server/src/dispatch/signing/standard-webhooks.ts';
import type { SchemeName } from './schemes.ts';
import { type ReceivedWebhook, verifyWebhook } from './verify-webhook.ts';

const now = 1_790_000_000_000;
const body = Buffer.from('{"id":"dlv_1","type":"run.failed","amount":1.50,"name":"Zoë"}');
const signers: Record<SchemeName, SigningScheme> = {
  standard: standardWebhooks('webhook'),
  svix: standardWebhooks('svix'),
  sched,
  provable: provable(),
  parseo: parseo(),
};
const names = Object.keys(signers) as SchemeName[];
const secretOf = (scheme: SchemeName) => generateSecret(scheme === 'parseo' ? 'base64url' : 'base64');

/** As the server signs it. */
function signed(scheme: SchemeName, secrets: readonly string[], at = now): ReceivedWebhook & { body: Buffer } {
  const attempt = { id: 'dlv_1', attempt: 2, timestamp: at, method: 'POST', path: '/hooks/in?x=1', body, secrets };
  const headers = signers[scheme].sign(attempt);
  return { headers, body, method: 'POST', path: '/hooks/in?x=1' };
}

describe.each(names)('%s', (scheme) => {
  const secret = secretOf(scheme);
  const check = (received: ReceivedWebhook, over: object = {}) =>
    verifyWebhook({ scheme, secret, ...over }, received, now);

  test('what the server signs is believed, on the bytes that arrived', async () => {
    const verdict = await check(signed(scheme, [secret]));
    expect(verdict).toMatchObject({ ok: true, event: { name: 'Zoë' }, id: 'dlv_1' });
    const text = await check({ ...signed(scheme, [secret]), body: body.toString() });
    expect(text.ok).toBe(true);
  });

  test('header names may be spelled in any case, and come as Headers', async () => {
    const { headers, ...rest } = signed(scheme, [secret]);
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect((await check({ ...rest, headers: upper })).ok).toBe(true);
    expect((await check({ ...rest, headers: new Headers(headers as Record<string, string>) })).ok).toBe(true);
  });

  test('while a secret is rotated both are believed', async () => {
    const next = secretOf(scheme);
    const received = signed(scheme, [next, secret]);
    expect((await check(received)).ok).toBe(true);
    expect((await check(signed(scheme, [secret]), { secret: [next, secret] })).ok).toBe(true);
  });

  test('another secret, and another body', async () => {
    expect(await check(signed(scheme, [secretOf(scheme)]))).toMatchObject({ ok: false, fault: 'wrong_secret' });
    const received = signed(scheme, [secret]);
    const changed = { ...received, body: Buffer.from(body.toString().replace('1.50', '9.50')) };
    expect(await check(changed)).toMatchObject({ ok: false, fault: 'wrong_secret', message: /changed on its way/ });
  });

  test('a parsed body, and one that was parsed and written again', async () => {
    const received = signed(scheme, [secret]);
    const parsed = await check({ ...received, body: JSON.parse(body.toString()) });
    expect(parsed).toMatchObject({ fault: 'parsed_body', message: expect.stringContaining('express.json()') });
    expect(await check({ ...received, body: undefined })).toMatchObject({ fault: 'parsed_body' });
    expect(await check({ ...received, body: Buffer.from(`${body}\n`) })).toMatchObject({ fault: 'changed_body' });
  });

  test('a missing header is named, and so is the scheme that the request is in', async () => {
    expect(await check({ headers: {}, body })).toMatchObject({ fault: 'missing_header' });
    const other = scheme === 'standard' ? 'sched' : 'standard';
    expect(await check(signed(other, [secretOf(other)]))).toMatchObject({
      fault: 'other_scheme',
      message: expect.stringContaining(`"${other}"`),
    });
  });

  test('secrets that cannot be one are refused before anything else', async () => {
    const received = signed(scheme, [secret]);
    for (const [bad, message] of [
      ['', /empty.*environment variable/],
      ['whsec_', /empty/],
      ['pk_test_0123456789', /API key/],
      [[], /no secret/],
    ] as const) {
      const verdict = await check(received, { secret: bad });
      expect(verdict).toMatchObject({ fault: 'bad_secret' });
      expect(verdict.ok ? '' : verdict.message).toMatch(message);
    }
    const quoted = await check(received, { secret: `"${secret}"\n` });
    expect(quoted).toMatchObject({ fault: 'wrong_secret' });
    expect(quoted.ok ? '' : quoted.message).toMatch(/quotes or white space/);
  });

  test('no message holds the secret', async () => {
    for (const over of [{ secret: `'${secret}'` }, { secret: secretOf(scheme) }]) {
      const verdict = await check(signed(scheme, [secret]), over);
      expect(JSON.stringify(verdict)).not.toContain(secret.slice(6));
    }
  });
});

describe.each(names.filter((name) => name !== 'provable'))('the clock of %s', (scheme) => {
  const secret = secretOf(scheme);

  test.each([
    ['behind', now + 400_000, /400 s in the future.*clock is behind/],
    ['ahead, or the request old', now - 400_000, /400 s ago.*ahead/],
  ])('is %s', async (_, at, message) => {
    const verdict = await verifyWebhook({ scheme, secret }, signed(scheme, [secret], at), now);
    expect(verdict).toMatchObject({ fault: 'clock_skew' });
    expect(verdict.ok ? '' : verdict.message).toMatch(message);
    const patient = await verifyWebhook({ scheme, secret, toleranceMs: 500_000 }, signed(scheme, [secret], at), now);
    expect(patient.ok).toBe(true);
  });

  test('is not blamed for a signature that does not hold', async () => {
    const verdict = await verifyWebhook({ scheme, secret: secretOf(scheme) }, signed(scheme, [secret], now - 1e9), now);
    expect(verdict).toMatchObject({ fault: 'wrong_secret' });
  });
});

test('a body that was pretty-printed on its way is told as such', async () => {
  const secret = secretOf('standard');
  const compact = Buffer.from('{"id":"dlv_1","type":"run.failed","n":1}');
  const attempt = { id: 'm', attempt: 1, timestamp: now, method: 'POST', path: '/', body: compact, secrets: [secret] };
  const headers = signers.standard.sign(attempt);
  const printed = JSON.stringify(JSON.parse(compact.toString()), null, 2);
  expect(await verifyWebhook({ scheme: 'standard', secret }, { headers, body: printed }, now)).toMatchObject({
    fault: 'changed_body',
  });
});

test('the path that sched signs is shown when nothing else explains it', async () => {
  const secret = secretOf('sched');
  const received = { ...signed('sched', [secret]), path: '/in' };
  const verdict = await verifyWebhook({ scheme: 'sched', secret }, received, now);
  expect(verdict.ok ? '' : verdict.message).toMatch(/path as well, here \/in: behind a proxy/);
});

test('the published vector of Standard Webhooks', async () => {
  const verdict = await verifyWebhook(
    { scheme: 'standard', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    {
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
    },
    1_614_265_330_000,
  );
  expect(verdict.ok).toBe(true);
});
