import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectCleanLog } from '../testing/clean-log.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { signUp, type TestPerson } from '../testing/person.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
});

const create = (person: TestPerson, more: object = {}) =>
  person.send('POST', '/keys', { service: 'randomness', mode: 'test', name: 'CI', ...more });
const draw = async (key: string) => (await t.as(key).get('/api/ints?count=1&min=1&max=6')).status;

/** A revocation reaches memory by a notification. */
const drawUntil = (key: string, status: number) => expect.poll(() => draw(key), { timeout: 2_000 }).toBe(status);

async function memberOf(owner: TestPerson, role: string): Promise<TestPerson> {
  const person = await signUp(t);
  const { id } = (await owner.send('POST', '/invitations', { email: person.email, role })).body;
  expect((await person.send('POST', `/invitations/${id}/accept`)).status).toBe(200);
  return person;
}

it('creates a key that works on its service, shown this once, and not after it is revoked', async () => {
  const ann = await signUp(t);
  const made = await create(ann, { scopes: ['draw'] });
  expect(made.status).toBe(201);
  const { key, id } = made.body;
  expect(key).toMatch(/^pk_test_/);
  expect(await draw(key)).toBe(200);
  const shown = await ann.get(`/keys/${id}`);
  expect(shown.body).toMatchObject({ id, name: 'CI', scopes: ['draw'], last4: key.slice(-4), revokedAt: null });
  expect(shown.text).not.toContain(key);

  expect((await ann.send('POST', `/keys/${id}/revoke`)).body.revokedAt).toBeGreaterThan(0);
  await drawUntil(key, 401);
  const { activity } = (await ann.get(`/keys/${id}/activity`)).body;
  expect(activity.map(({ event }: { event: string }) => event)).toEqual(['revoked', 'created']);
});

it('keeps both of two changes that are made at once', async () => {
  const ann = await signUp(t);
  const { id } = (await create(ann)).body;
  for (let round = 0; round < 10; round++) {
    const changes = { name: `CI ${round}`, allowedIps: [`203.0.113.${round}`], scopes: [round % 2 ? 'draw' : 'read'] };
    await Promise.all(
      Object.entries(changes).map((one) => ann.send('PATCH', `/keys/${id}`, Object.fromEntries([one]))),
    );
    expect((await ann.get(`/keys/${id}`)).body).toMatchObject(changes);
  }
});

it('binds a key to a client of its own mode, once and for good', async () => {
  const ann = await signUp(t);
  const bind = (boundTo: unknown, more: object = {}) =>
    create(ann, { service: 'invoices', mode: 'test', name: 'Bound', boundTo, ...more });
  const team = (await bind(null, { name: 'Of the team' })).body;
  const { id } = (await t.as(team.key).post('/external/v1/clients', { name: 'Baltic Timber UAB' })).body;
  const made = await bind(id);
  expect([made.status, made.body.boundTo]).toEqual([201, id]);
  expect((await ann.get(`/keys/${made.body.id}`)).body.boundTo).toBe(id);
  expect((await t.as(made.body.key).get('/external/v1/invoices')).status).toBe(200);
  const refused = async (answer: ReturnType<typeof create>) => {
    const { status, body } = await answer;
    return [status, body.error.code, body.error.field];
  };
  expect(await refused(bind(id, { mode: 'live' }))).toEqual([400, 'mode_mismatch', 'boundTo']);
  expect(await refused(bind('cl_test_0000000000000000000000'))).toEqual([404, 'not_found', 'boundTo']);
  expect(await refused(create(ann, { boundTo: id }))).toEqual([400, 'invalid_input', 'boundTo']);
  expect(await refused(ann.send('PATCH', `/keys/${made.body.id}`, { boundTo: null }))).toEqual([
    400,
    'invalid_input',
    'boundTo',
  ]);
});

it('2.2: knows who made a key, and gives no two working keys of a mode one name where the contract says so', async () => {
  const ann = await signUp(t);
  const make = (more: object = {}) => create(ann, { service: 'invoices', mode: 'test', name: 'CI', ...more });
  const first = await make();
  const whose = (await ann.get('/me')).body.person.id;
  expect([first.status, first.body.createdBy]).toEqual([201, whose]);
  expect((await ann.get(`/keys/${first.body.id}`)).body.createdBy).toBe(whose);
  expect((await t.key(ann.workspaceId, { service: 'invoices' })).createdBy).toBeNull();

  const answers = await Promise.all([make({ name: 'At once' }), make({ name: 'At once' }), make({ name: 'At once' })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  const refused = (await make()).body.error;
  expect([refused.code, refused.field]).toEqual(['conflict', 'name']);
  expect(refused.message).toContain(first.body.id);
  expect((await make({ mode: 'live' })).status).toBe(201);
  expect((await create(await signUp(t), { service: 'invoices', name: 'CI' })).status).toBe(201);
  const other = (await make({ name: 'Nightly' })).body;
  const renamed = (name: string) => ann.send('PATCH', `/keys/${other.id}`, { name });
  expect([(await renamed('CI')).status, (await renamed('Nightly')).status]).toEqual([409, 200]);
  // A key that works no more gives its name back.
  await ann.send('POST', `/keys/${first.body.id}/revoke`);
  expect((await renamed('CI')).status).toBe(200);
  for (const name of ['Twin', 'Twin']) expect((await create(ann, { name })).status).toBe(201);
});

it('4: the mode of a key never changes, and a request that would change it is refused', async () => {
  const ann = await signUp(t);
  const { id, key } = (await create(ann)).body;
  const changed = await ann.send('PATCH', `/keys/${id}`, { name: 'Live now', mode: 'live' });
  expect([changed.status, changed.body.error.field]).toEqual([400, 'mode']);
  expect((await ann.get(`/keys/${id}`)).body).toMatchObject({ mode: 'test', name: 'CI' });
  const rotated = (await ann.send('POST', `/keys/${id}/rotate`, { mode: 'live' })).body;
  expect(rotated.error.field).toBe('mode');
  expect((await ann.send('POST', `/keys/${id}/rotate`, {})).body).toMatchObject({ id, mode: 'test' });
  expect(key).toMatch(/^pk_test_/);
});

it('rotates a key with an overlap, after which the old text stops', async () => {
  const ann = await signUp(t);
  const { key, id } = (await create(ann)).body;
  const rotated = (await ann.send('POST', `/keys/${id}/rotate`, { overlapSeconds: 60 })).body;
  expect(rotated.id).toBe(id);
  expect(await draw(rotated.key)).toBe(200);
  expect(await draw(key)).toBe(200);
  const again = (await ann.send('POST', `/keys/${id}/rotate`, {})).body;
  await drawUntil(rotated.key, 401);
  expect(await draw(again.key)).toBe(200);
});

it('edits names, scopes, expiry and allowlists', async () => {
  const ann = await signUp(t);
  const { key, id } = (await create(ann)).body;
  const edited = await ann.send('PATCH', `/keys/${id}`, {
    name: 'Nightly',
    scopes: ['read'],
    allowedIps: ['203.0.113.0/24'],
    allowedReferers: ['https://*.example.com'],
    expiresAt: t.clock.now() + 60_000,
  });
  expect(edited.body).toMatchObject({ name: 'Nightly', scopes: ['read'], allowedIps: ['203.0.113.0/24'] });
  await drawUntil(key, 403);
  expect((await ann.send('PATCH', `/keys/${id}`, { expiresAt: null })).body.expiresAt).toBeNull();
});

it('holds a key to fewer requests, changes that at once, and never to more than the plan allows', async () => {
  const ann = await signUp(t);
  const make = (rateLimit: unknown, service = 'invoices') =>
    ann.send('POST', '/keys', { service, mode: 'live', name: 'Nightly', rateLimit });
  const made = await make({ perMinute: 5, perHour: 100 });
  expect([made.status, made.body.rateLimit]).toEqual([201, { perMinute: 5, perHour: 100 }]);
  const { id, key } = made.body;
  const limits = async () => {
    const { headers } = await t.as(key).get('/external/v1/me');
    return [headers['x-ratelimit-limit'], headers['x-ratelimit-limit-hour']];
  };
  expect(await limits()).toEqual(['5', '100']);
  const edited = await ann.send('PATCH', `/keys/${id}`, { rateLimit: { perMinute: 7 } });
  expect(edited.body.rateLimit).toEqual({ perMinute: 7, perHour: null });
  await expect.poll(limits, { timeout: 2_000 }).toEqual(['7', '1000']);
  expect((await ann.send('PATCH', `/keys/${id}`, { name: 'Weekly' })).body.rateLimit).toEqual(edited.body.rateLimit);
  expect((await ann.send('PATCH', `/keys/${id}`, { rateLimit: null })).body.rateLimit).toBeNull();
  await expect.poll(limits, { timeout: 2_000 }).toEqual(['60', '1000']);
  expect((await make({})).body.rateLimit).toBeNull();

  const refused = async (answer: ReturnType<typeof make>) => {
    const { status, body } = await answer;
    return [status, body.error?.code, body.error?.field];
  };
  for (const [rateLimit, field] of [
    [{ perMinute: 61 }, 'rateLimit.perMinute'],
    [{ perMinute: 60, perHour: 1001 }, 'rateLimit.perHour'],
  ] as const) {
    expect(await refused(make(rateLimit))).toEqual([400, 'invalid_input', field]);
    expect(await refused(ann.send('PATCH', `/keys/${id}`, { rateLimit }))).toEqual([400, 'invalid_input', field]);
  }
  for (const rateLimit of [{ perMinute: 0 }, { perMinute: 1.5 }, { perMinute: '5' }, { perDay: 5 }, 5, [5], '5/m']) {
    const [status, code, field] = await refused(make(rateLimit));
    expect([status, code, field]).toEqual([400, 'invalid_input', expect.stringMatching(/^rateLimit/)]);
  }
  // Randomness counts addresses, and onboarding by the minute alone.
  expect(await refused(make({ perMinute: 5 }, 'randomness'))).toEqual([400, 'invalid_input', 'rateLimit.perMinute']);
  expect(await refused(make({ perHour: 5 }, 'onboarding'))).toEqual([400, 'invalid_input', 'rateLimit.perHour']);
  expect((await make({ perMinute: 5 }, 'onboarding')).status).toBe(201);
});

it('limits a key of a service that sets no limit of its own', async () => {
  const ann = await signUp(t);
  const { key } = (
    await ann.send('POST', '/keys', { service: 'scheduler', mode: 'test', name: 'One', rateLimit: { perMinute: 1 } })
  ).body;
  const statuses = [];
  for (let call = 0; call < 2; call++) statuses.push((await t.as(key).get('/v1/schedules')).status);
  expect(statuses).toEqual([200, 429]);
});

it('filters the list by service and mode', async () => {
  const ann = await signUp(t);
  const names = async (query: string) =>
    (await ann.get(`/keys${query}`)).body.keys.map(({ mode }: { mode: string }) => mode);
  expect(new Set(await names('?service=randomness&mode=live'))).toEqual(new Set(['live']));
  expect(await names('?service=nothing')).toEqual([]);
  expect((await ann.get('/keys?mode=sandbox')).body.error).toMatchObject({ code: 'invalid_input', field: 'mode' });
});

it.each([
  ['an unknown service', { service: 'weather' }, 'service'],
  ['an unknown mode', { mode: 'sandbox' }, 'mode'],
  ['a blank name', { name: '  ' }, 'name'],
  ['an unknown scope', { scopes: ['everything'] }, 'scopes'],
  ['no scope', { scopes: [] }, 'scopes'],
  ['an expiry in the past', { expiresAt: 1 }, 'expiresAt'],
  ['an expiry past the end of time', { expiresAt: 8_640_000_000_000_001 }, 'expiresAt'],
  ['an expiry that is a text', { expiresAt: 'tomorrow' }, 'expiresAt'],
  ['a bad address', { allowedIps: ['1.2.3.4', '1.2.3.400'] }, 'allowedIps[1]'],
  ['a number among addresses', { allowedIps: [7] }, 'allowedIps[0]'],
  ['a list that is none', { allowedReferers: 'https://example.com' }, 'allowedReferers'],
  ['an unknown field', { secret: 'x' }, 'secret'],
])('refuses %s and names the field', async (_, wrong, field) => {
  const answer = await create(await signUp(t), wrong);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ code: 'invalid_input', field });
});

it('reads no body that is not a JSON object of a sensible size', async () => {
  const ann = await signUp(t);
  const post = (payload: string, type = 'application/json') =>
    t.as(null).send('POST', '/console/v1/keys', payload, {
      headers: { cookie: ann.cookie, 'sec-fetch-site': 'same-origin', 'content-type': type },
    });
  expect((await post('{"service":')).body.error.code).toBe('malformed_body');
  expect((await post('[]')).body.error.code).toBe('malformed_body');
  expect((await post('{"__proto__":{"x":1}}')).status).toBe(400);
  expect((await post('a=b', 'application/x-www-form-urlencoded')).status).toBe(415);
  expect((await post(`{"name":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
  expect((await post('{"service":"randomness","mode":"test","name":"a\\u0000b"}')).body.error).toMatchObject({
    code: 'invalid_input',
    field: 'name',
  });
});

it('lets members read keys, and only owners and admins change them', async () => {
  const ann = await signUp(t);
  const { id } = (await create(ann)).body;
  const member = await memberOf(ann, 'member');
  const admin = await memberOf(ann, 'admin');
  expect((await member.get(`/keys/${id}`)).status).toBe(200);
  expect((await member.get('/keys')).status).toBe(200);
  for (const refused of [
    await create(member),
    await member.send('PATCH', `/keys/${id}`, { name: 'mine' }),
    await member.send('POST', `/keys/${id}/rotate`, {}),
    await member.send('POST', `/keys/${id}/revoke`),
    // A body that is wrong too does not tell a member more.
    await member.send('POST', '/keys', { wrong: true }),
  ]) {
    expect([refused.status, refused.body.error.code]).toEqual([403, 'role_missing']);
  }
  expect((await create(admin)).status).toBe(201);
  expect((await admin.send('POST', `/keys/${id}/revoke`)).status).toBe(200);
});

it('answers for keys of another workspace as if they did not exist', async () => {
  const ann = await signUp(t);
  const bob = await signUp(t);
  const { id } = (await create(ann)).body;
  for (const answer of [
    await bob.get(`/keys/${id}`),
    await bob.get(`/keys/${id}/activity`),
    await bob.send('PATCH', `/keys/${id}`, { name: 'mine' }),
    await bob.send('POST', `/keys/${id}/rotate`, {}),
    await bob.send('POST', `/keys/${id}/revoke`),
  ]) {
    expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
  }
  expect((await bob.get('/keys')).text).not.toContain(id);
  expect((await ann.get(`/keys/${id}`)).body).toMatchObject({ name: 'CI', revokedAt: null });
});
