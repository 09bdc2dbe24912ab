import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectCleanLog } from '../testing/clean-log.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { freshAddress, signUp, type TestPerson } from '../testing/person.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
});

const account = (
  person: TestPerson,
  method: string,
  body?: object,
  query = '',
  own: object = { 'sec-fetch-site': 'same-origin' },
) =>
  t.as(null).send(method, `/api/account${query}`, body === undefined ? undefined : JSON.stringify(body), {
    headers: { cookie: person.cookie, ...own, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
  });

const login = async (email: string, password: string) =>
  (await t.as(null).post('/auth/login', { email, password }, { address: freshAddress() })).status;

it('shows a person his account, and nobody else anything', async () => {
  const ann = await signUp(t);
  const shown = await account(ann, 'GET');
  expect(shown.body).toMatchObject({
    id: ann.id,
    email: ann.email,
    workspaces: [{ id: ann.workspaceId, role: 'owner' }],
  });
  expect((await t.as(null).get('/api/account')).status).toBe(401);
});

it('changes address and password with the current password only', async () => {
  const ann = await signUp(t);
  const email = `new-${ann.email}`;
  const wrong = await account(ann, 'PATCH', { currentPassword: 'not it at all', email });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error.field).toBe('currentPassword');
  expect((await account(ann, 'PATCH', { currentPassword: ann.password, email })).body.email).toBe(email);
  expect(
    (await account(ann, 'PATCH', { currentPassword: ann.password, password: 'another long password' })).status,
  ).toBe(200);
  expect(await login(email, ann.password)).toBe(401);
  expect(await login(email, 'another long password')).toBe(200);
});

it('refuses the address of another account', async () => {
  const [ann, bob] = [await signUp(t), await signUp(t)];
  const taken = await account(ann, 'PATCH', { currentPassword: ann.password, email: bob.email });
  expect(taken.status).toBe(409);
  expect(taken.body.error.field).toBe('email');
});

it('takes changes from this server’s own pages only', async () => {
  const ann = await signUp(t);
  const forged = await account(ann, 'DELETE', undefined, `?confirm=${ann.email}`, { origin: 'https://evil.example' });
  expect(forged.status).toBe(403);
  expect((await account(ann, 'GET')).status).toBe(200);
});

it('deletes an account with its keys, chains and outcomes, after it was confirmed', async () => {
  const [ann, bob] = [await signUp(t), await signUp(t)];
  const liveKey = (person: TestPerson) => person.keys.find(({ mode }) => mode === 'live')?.key ?? '';
  const drawn = (await t.as(liveKey(ann)).get('/api/ints?clientSeed=to-be-deleted')).body;
  const kept = (await t.as(liveKey(bob)).get('/api/ints?clientSeed=to-be-kept')).body;
  expect((await account(ann, 'DELETE', undefined, '?confirm=yes')).body.error.field).toBe('confirm');
  expect((await account(ann, 'DELETE', undefined, `?confirm=${encodeURIComponent(ann.email)}`)).status).toBe(204);

  await expect.poll(async () => (await t.as(liveKey(ann)).get('/api/usage')).status, { timeout: 2_000 }).toBe(401);
  expect((await t.as(null).get(`/api/verifyShortId?shortId=${drawn.shortId}`)).status).toBe(404);
  expect(
    (await t.as(null).get(`/api/verifyServerHash?clientSeed=to-be-deleted&serverHash=${drawn.serverHash}`)).body
      .verified,
  ).toBe(false);
  expect((await t.as(null).get(`/api/verifyShortId?shortId=${kept.shortId}`)).status).toBe(200);
  expect(await login(ann.email, ann.password)).toBe(401);
});

it.each([
  ['its last two members, the workspace goes with them', false, [204, 204]],
  ['two of three members, the workspace keeps an owner', true, [204, 409]],
])('when two owners go at the same moment who are %s', async (_, hasThird, statuses) => {
  const [ann, bob, eve] = [await signUp(t), await signUp(t), await signUp(t)];
  const join = async (person: TestPerson, role: string) => {
    const { id } = (await ann.send('POST', '/invitations', { email: person.email, role })).body;
    expect((await person.send('POST', `/invitations/${id}/accept`)).status).toBe(200);
  };
  await join(bob, 'owner');
  if (hasThird) await join(eve, 'member');
  const answers = await Promise.all(
    [ann, bob].map((person) => account(person, 'DELETE', undefined, `?confirm=${encodeURIComponent(person.email)}`)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual(statuses);
  const key = ann.keys[0]?.key ?? '';
  const works = async () => (await t.as(key).get('/api/usage')).status !== 401;
  await expect.poll(works).toBe(hasThird);
});
