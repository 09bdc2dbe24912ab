import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../testing/clean-log.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { callerWith, cookieOf, freshAddress, signUp } from '../testing/person.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
});

const login = (email: string, password: string, address = freshAddress()) =>
  t.as(null).post('/auth/login', { email, password }, { address });

describe('signing up', () => {
  it('makes a workspace, and shows one live and one test key for each service that work at once', async () => {
    const ann = await signUp(t, { name: 'Ann' });
    expect((await ann.get('/me')).body).toEqual({
      person: { id: ann.id, name: 'Ann', email: ann.email },
      workspaces: [{ id: ann.workspaceId, name: 'Ann', role: 'owner' }],
      active: { id: ann.workspaceId, name: 'Ann', role: 'owner' },
    });
    expect(ann.keys.map(({ service, mode }) => [service, mode])).toEqual(
      t.platform.services.flatMap(({ contract }) => [
        [contract.name, 'live'],
        [contract.name, 'test'],
      ]),
    );
    for (const { key, mode } of ann.keys.filter(({ service }) => service === 'randomness')) {
      const drawn = await t.as(key).get('/api/ints?count=1&min=1&max=6');
      expect(drawn.status).toBe(200);
      expect(drawn.headers['interlock-mode']).toBe(mode);
    }
    const { keys } = (await ann.get('/keys')).body;
    expect(keys).toHaveLength(ann.keys.length);
    for (const { key } of ann.keys) expect(JSON.stringify(keys)).not.toContain(key);
  });

  it('gives a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await t
      .as(null)
      .post(
        '/auth/signup',
        { email: 'cookie@example.com', password: 'a long enough password', acceptTerms: true },
        { address: freshAddress() },
      );
    expect(String(answer.headers['set-cookie'])).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('marks the cookie Secure where people come by https', async () => {
    const https = await createTestPlatform({ config: { publicUrl: 'https://interlock.example' } });
    const answer = await https
      .as(null)
      .post(
        '/auth/signup',
        { email: 'secure@example.com', password: 'a long enough password', acceptTerms: true },
        { address: freshAddress() },
      );
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Secure-interlock\.session_token=.*; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await callerWith(https, cookieOf(answer)).get('/me')).status).toBe(200);
    await https.close();
  });

  it.each([
    ['no consent', { acceptTerms: false }, 'acceptTerms'],
    ['a short password', { password: 'short' }, 'password'],
    ['an endless password', { password: 'x'.repeat(129) }, 'password'],
    ['no address', { email: 'nobody' }, 'email'],
    ['a number for an address', { email: 7 }, 'email'],
    ['a NUL in the name', { name: 'a\0b' }, 'name'],
    ['a lone surrogate in the password', { password: 'long enough \ud800' }, 'password'],
    ['an unknown field', { role: 'owner' }, 'role'],
  ])('refuses %s and names the field', async (_, wrong, field) => {
    const body = { email: 'x@example.com', password: 'a long enough password', acceptTerms: true, ...wrong };
    const answer = await t.as(null).post('/auth/signup', body, { address: freshAddress() });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 'invalid_input', field });
    expect(answer.body.error.request_id).toBe(answer.headers['x-request-id']);
  });

  it('refuses an address that is taken, however it is spelled, also when both come at once', async () => {
    const ann = await signUp(t);
    const again = { email: ann.email.toUpperCase(), password: 'another long password', acceptTerms: true };
    const answer = await t.as(null).post('/auth/signup', again, { address: freshAddress() });
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({ code: 'conflict', field: 'email' });
    const race = await Promise.all(
      Array.from({ length: 4 }, () =>
        t
          .as(null)
          .post(
            '/auth/signup',
            { email: 'race@example.com', password: 'a long enough password', acceptTerms: true },
            { address: freshAddress() },
          ),
      ),
    );
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('is closed where the operator says so, and open to invited addresses where he says that', async () => {
    const ann = await signUp(t);
    const { id } = (await ann.send('POST', '/invitations', { email: 'Guest@example.com' })).body;
    const body = { email: 'guest@example.com', password: 'a long enough password', acceptTerms: true };
    const post = (platform: TestPlatform, sent: object) =>
      platform.as(null).post('/auth/signup', sent, { address: freshAddress() });

    const off = await createTestPlatform({ config: { signup: 'off' } });
    expect((await post(off, { ...body, invitation: id })).body.error.code).toBe('signup_closed');
    await off.close();

    const invite = await createTestPlatform({ config: { signup: 'invite' } });
    for (const refused of [
      body,
      { ...body, invitation: 'inv_nothing' },
      { ...body, email: 'other@example.com', invitation: id },
    ]) {
      const answer = await post(invite, refused);
      expect(answer.status).toBe(403);
      expect(answer.body.error.code).toBe('signup_closed');
    }
    expect((await post(invite, { ...body, invitation: id })).status).toBe(201);
    await invite.close();
  });
});

describe('signing in and out', () => {
  it('opens a session with the right password, and ends it on the server when the person leaves', async () => {
    const ann = await signUp(t);
    const answer = await login(ann.email, ann.password);
    expect(answer.status).toBe(200);
    expect(answer.body.person.id).toBe(ann.id);
    const cookie = cookieOf(answer);
    expect(cookie).not.toBe(ann.cookie);
    expect((await callerWith(t, cookie).get('/me')).status).toBe(200);
    const out = await t.as(null).post('/auth/logout', undefined, { headers: { cookie } });
    expect(out.status).toBe(204);
    expect((await callerWith(t, cookie).get('/me')).status).toBe(401);
    expect((await ann.get('/me')).status).toBe(200);
  });

  it('does not tell a wrong password from an unknown address', async () => {
    const ann = await signUp(t);
    const wrong = await login(ann.email, 'not the password');
    const unknown = await login('nobody-here@example.com', 'not the password');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.headers['set-cookie']).toBeUndefined();
    const { request_id: _a, ...one } = wrong.body.error;
    const { request_id: _b, ...other } = unknown.body.error;
    expect(one).toEqual(other);
  });

  it('slows an address down that keeps guessing, and nobody else', async () => {
    const ann = await signUp(t);
    const address = freshAddress();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      statuses.push((await login(ann.email, `guess number ${attempt}`, address)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const refused = await login(ann.email, ann.password, address);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await login(ann.email, ann.password)).status).toBe(200);
  });

  it('does not count by a header that anybody can send', async () => {
    const address = freshAddress();
    let last = 0;
    for (let attempt = 0; attempt < 11; attempt++) {
      const headers = { 'x-forwarded-for': freshAddress(), 'x-interlock-address': freshAddress() };
      const sent = { email: 'nobody@example.com', password: 'guess' };
      last = (await t.as(null).post('/auth/login', sent, { address, headers })).status;
    }
    expect(last).toBe(429);
  });

  it('takes no forged, cut or swapped cookie', async () => {
    const ann = await signUp(t);
    const [token, signature] = ann.cookie.split('.').slice(-2);
    for (const cookie of [
      'interlock.session_token=',
      `interlock.session_token=${token}`,
      ann.cookie.slice(0, -6),
      `interlock.session_token=x${token}.${signature}`,
      'interlock.session_token=%00.%ff',
    ]) {
      expect((await callerWith(t, cookie).get('/me')).status).toBe(401);
    }
  });

  it('changes a password through the mounted handler, which counts there too', async () => {
    const ann = await signUp(t);
    const headers = { cookie: ann.cookie, 'sec-fetch-site': 'same-origin' };
    const change = (currentPassword: string) =>
      t
        .as(null)
        .post(
          '/auth/session/change-password',
          { currentPassword, newPassword: 'quite another password' },
          { headers, address: freshAddress() },
        );
    expect((await change('wrong')).body.error).toMatchObject({ code: 'invalid_input', field: 'currentPassword' });
    expect((await change(ann.password)).status).toBe(200);
    expect((await login(ann.email, ann.password)).status).toBe(401);
    expect((await login(ann.email, 'quite another password')).status).toBe(200);
  });

  it('mounts no route of the library that goes past the rules of the console', async () => {
    const ann = await signUp(t);
    const headers = { cookie: ann.cookie, 'sec-fetch-site': 'same-origin' };
    for (const path of ['sign-up/email', 'organization/create', 'organization/delete', 'delete-user']) {
      expect((await t.as(null).post(`/auth/session/${path}`, {}, { headers })).status).toBe(404);
    }
  });
});

it('says so when the database is away, in the console and at the services', async () => {
  const ann = await signUp(t);
  const broken = await createTestPlatform();
  await broken.platform.database.pools.console.end();
  const { get } = callerWith(broken, ann.cookie);
  const headers = { cookie: ann.cookie, 'sec-fetch-site': 'same-origin' };
  for (const answer of [await get('/me'), await broken.as(null).get('/api/account/keys', { headers })]) {
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
  }
  // The pool that has ended already refuses to end again; the others end.
  await broken.platform.close().catch(() => {});
});

describe('other sites', () => {
  it('cannot sign a browser in or out', async () => {
    const ann = await signUp(t);
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const body = { email: ann.email, password: ann.password };
      for (const path of ['/auth/login', '/auth/logout', '/auth/signup', '/auth/session/sign-out']) {
        const answer = await t.as(null).post(path, body, { headers: { ...headers, cookie: ann.cookie } });
        expect([answer.status, answer.body.error.code]).toEqual([403, 'cross_origin']);
      }
    }
    expect((await ann.get('/me')).status).toBe(200);
  });

  it('cannot change anything with the cookie of a person, and neither can a request that does not say who sends it', async () => {
    const ann = await signUp(t);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
    ]) {
      const answer = await ann.send('POST', '/workspaces', { name: 'Theirs' }, { headers });
      expect([answer.status, answer.body.error.code]).toEqual([403, 'cross_origin']);
    }
    const silent = await t.as(null).post('/console/v1/workspaces', { name: 'x' }, { headers: { cookie: ann.cookie } });
    expect(silent.status).toBe(403);
    expect((await ann.get('/me')).body.workspaces).toHaveLength(1);
  });

  it('have no session at the services either', async () => {
    const ann = await signUp(t);
    const list = (headers: Record<string, string>) =>
      t.as(null).get('/api/account/keys', { headers: { cookie: ann.cookie, ...headers } });
    expect((await list({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await list({ 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await list({ origin: 'https://evil.example' })).status).toBe(401);
  });
});
