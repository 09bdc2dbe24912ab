import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../testing/clean-log.ts';
import { createFreshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { signUp, type TestPerson } from '../testing/person.ts';

// A database of its own, where nobody sends what this is about.
let db: FreshDatabase;
let t: TestPlatform;
beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform(db);
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
  await db.drop();
});

let count = 0;
const freshUrl = () => `https://hooks-${++count}.example.com/in`;
const create = (person: TestPerson, more: object = {}) =>
  person.send('POST', '/webhooks', { service: 'randomness', mode: 'live', url: freshUrl(), ...more });
async function endpointOf(person: TestPerson, more: object = {}): Promise<{ id: string; path: string }> {
  const { status, body, text } = await create(person, more);
  expect(status, text).toBe(201);
  return { id: body.id, path: `/webhooks/${body.id}` };
}
async function memberOf(owner: TestPerson, role: string): Promise<TestPerson> {
  const person = await signUp(t);
  const { id } = (await owner.send('POST', '/invitations', { email: person.email, role })).body;
  expect((await person.send('POST', `/invitations/${id}/accept`)).status).toBe(200);
  return person;
}

describe('an endpoint', () => {
  it('is made with a secret that is shown this once', async () => {
    const ann = await signUp(t);
    const made = await create(ann, { description: ' CI receiver ' });
    expect(made.body).toEqual({
      id: expect.stringMatching(/^wh_live_\w{22}$/),
      service: 'randomness',
      mode: 'live',
      url: expect.stringMatching(/^https:/),
      events: ['*'],
      subject: null,
      description: 'CI receiver',
      enabled: true,
      disabled: null,
      health: { failingSince: null, deadLetters: 0 },
      secrets: [
        {
          id: expect.stringMatching(/^sec_/),
          state: 'active',
          hint: made.body.secret.slice(-4),
          createdAt: expect.any(Number),
          retiresAt: null,
        },
      ],
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { secret, ...shown } = made.body;
    expect((await ann.get(`/webhooks/${made.body.id}`)).body).toEqual(shown);
    const { body, text } = await ann.get('/webhooks');
    expect(body.endpoints).toEqual([shown]);
    expect(text).not.toContain(secret);
  });

  it('is found by its service and mode, edited and removed', async () => {
    const ann = await signUp(t);
    const { id, path } = await endpointOf(ann);
    const found = async (query: string) => (await ann.get(`/webhooks${query}`)).body.endpoints.length;
    expect(await Promise.all(['', '?mode=live', '?service=randomness', '?mode=test', '?service=x'].map(found))).toEqual(
      [1, 1, 1, 0, 0],
    );
    const url = freshUrl();
    const edited = await ann.send('PATCH', path, { url, events: ['outcome.*'], description: '' });
    expect(edited.body).toMatchObject({ id, url, events: ['outcome.*'], description: null });
    expect((await ann.send('DELETE', path)).status).toBe(204);
    expect((await ann.get(path)).body.error.code).toBe('not_found');
    expect(await found('')).toBe(0);
  });

  it('is switched off and on, as often as one likes', async () => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    for (let i = 0; i < 2; i++) {
      const off = (await ann.send('POST', `${path}/disable`)).body;
      expect(off).toMatchObject({ enabled: false, disabled: { reason: 'manual', message: expect.any(String) } });
      expect((await ann.send('POST', `${path}/disable`)).body.disabled).toEqual(off.disabled);
      expect((await ann.send('POST', `${path}/enable`)).body).toMatchObject({ enabled: true, disabled: null });
    }
    const { entries } = (await ann.get('/audit?mode=live')).body;
    const changes = entries.map(({ operation }: { operation: string }) => operation);
    expect(changes.filter((name: string) => name.startsWith('webhooks.'))).toEqual([
      'webhooks.enabled',
      'webhooks.disabled',
      'webhooks.enabled',
      'webhooks.disabled',
      'webhooks.created',
    ]);
    expect(entries[0]).toMatchObject({ caller: 'person', actor: ann.id });
  });

  it('is one of ten at most, also when they are made at once, and has a URL of its own', async () => {
    const ann = await signUp(t);
    const made = await Promise.all(Array.from({ length: 14 }, () => create(ann)));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(10);
    const refused = made.filter(({ status }) => status !== 201);
    expect(refused.map(({ status, body }) => [status, body.error.code])).toEqual(
      Array.from({ length: 4 }, () => [409, 'conflict']),
    );
    const bob = await signUp(t);
    const url = freshUrl();
    expect((await create(bob, { url })).status).toBe(201);
    expect((await create(bob, { url })).body.error).toMatchObject({ code: 'conflict', field: 'url' });
    const { path } = await endpointOf(bob);
    expect((await bob.send('PATCH', path, { url })).body.error).toMatchObject({ code: 'conflict', field: 'url' });
  });

  it.each([
    ['an unknown service', { service: 'weather' }, 'service'],
    ['an unknown mode', { mode: 'sandbox' }, 'mode'],
    ['a mode from which nothing leaves', { mode: 'test' }, 'mode'],
    ['no URL', { url: '' }, 'url'],
    ['a URL without a scheme', { url: 'example.com/hooks' }, 'url'],
    ['plain http', { url: 'http://example.com/hooks' }, 'url'],
    ['another scheme', { url: 'ftp://example.com/hooks' }, 'url'],
    ['loopback', { url: 'https://127.0.0.1/hooks' }, 'url'],
    ['loopback in disguise', { url: 'https://2130706433/hooks' }, 'url'],
    ['a private address', { url: 'https://10.0.0.1/hooks' }, 'url'],
    ['the metadata service', { url: 'https://169.254.169.254/latest' }, 'url'],
    ['a local name', { url: 'https://localhost/hooks' }, 'url'],
    ['credentials in the URL', { url: 'https://user:pass@example.com/hooks' }, 'url'],
    ['a URL that is too long', { url: `https://example.com/${'x'.repeat(2_100)}` }, 'url'],
    ['a URL that is a number', { url: 7 }, 'url'],
    ['no events', { events: [] }, 'events'],
    ['an unknown event', { events: ['outcome.created', 'outcome.deleted'] }, 'events[1]'],
    ['a pattern that covers nothing', { events: ['invoice.*'] }, 'events[0]'],
    ['the test event, which is always sent', { events: ['test'] }, 'events[0]'],
    ['events that are no list', { events: 'outcome.created' }, 'events'],
    ['a subject where events have none', { subject: 'cl_1' }, 'subject'],
    ['a description that is too long', { description: 'x'.repeat(201) }, 'description'],
    ['a NUL in the description', { description: 'a\u0000b' }, 'description'],
    ['an empty secret', { secret: '' }, 'secret'],
    ['a prefix for a secret', { secret: 'whsec_' }, 'secret'],
    ['a short secret', { secret: 'whsec_c2hvcnQ=' }, 'secret'],
    ['a secret that is no base64', { secret: `whsec_${'*'.repeat(40)}` }, 'secret'],
    ['an unknown field', { enabled: false }, 'enabled'],
  ])('is refused for %s, with the field named and no secret repeated', async (_, wrong, field) => {
    const answer = await create(await signUp(t), wrong);
    expect([answer.status, answer.text]).toEqual([400, expect.any(String)]);
    expect(answer.body.error).toMatchObject({ code: 'invalid_input', field, request_id: expect.any(String) });
    if ('secret' in wrong && wrong.secret !== '' && wrong.secret !== 'whsec_')
      expect(answer.text).not.toContain(wrong.secret);
  });

  it.each([
    ['nothing', {}, 'body'],
    ['an unknown field', { mode: 'test' }, 'mode'],
    ['a private URL', { url: 'https://192.168.0.1/' }, 'url'],
    ['no events', { events: [] }, 'events'],
    ['a subject where events have none', { subject: 'x' }, 'subject'],
  ])('is not changed by %s', async (_, wrong, field) => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const answer = await ann.send('PATCH', path, wrong);
    expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([400, 'invalid_input', field]);
  });
});

describe('its secrets', () => {
  it.each([
    ['an overlap that is too long', { overlapSeconds: 8 * 86_400 }, 'overlapSeconds'],
    ['an overlap that is negative', { overlapSeconds: -1 }, 'overlapSeconds'],
    ['an overlap that is a text', { overlapSeconds: '60' }, 'overlapSeconds'],
    ['a short secret', { secret: 'whsec_dG9vIHNob3J0' }, 'secret'],
    ['an unknown field', { graceSeconds: 60 }, 'graceSeconds'],
  ])('are not rotated with %s', async (_, wrong, field) => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const answer = await ann.send('POST', `${path}/secrets/rotate`, wrong);
    expect([answer.status, answer.body.error.field]).toEqual([400, field]);
    expect((await ann.get(path)).body.secrets).toHaveLength(1);
  });

  it('are never more than two: another rotation waits for the overlap, or is forced', async () => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const rotate = (more: object = {}) => ann.send('POST', `${path}/secrets/rotate`, { overlapSeconds: 60, ...more });
    expect((await rotate()).status).toBe(200);
    expect((await rotate()).body.error).toMatchObject({ code: 'conflict', message: expect.stringMatching(/force/) });
    const forced = (await rotate({ force: true })).body;
    expect(forced.secrets).toHaveLength(2);
    t.clock.advance(61_000);
    expect((await ann.get(path)).body.secrets).toHaveLength(1);
    t.clock.advance(-61_000);
    expect((await rotate({ force: true, overlapSeconds: 0 })).body.secrets).toHaveLength(1);
  });

  it('keep one that signs: the active one is rotated, not revoked', async () => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const [active] = (await ann.get(path)).body.secrets;
    expect((await ann.send('POST', `${path}/secrets/${active.id}/revoke`)).body.error.code).toBe('conflict');
    expect((await ann.send('POST', `${path}/secrets/sec_nobody/revoke`)).body.error).toMatchObject({
      code: 'not_found',
      field: 'secretId',
    });
  });
});

describe('its deliveries', () => {
  it('are listed in pages that neither skip nor repeat one', async () => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const sent: string[] = [];
    for (let i = 0; i < 7; i++) sent.push((await ann.send('POST', `${path}/test`)).body.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = (await ann.get(`${path}/deliveries?limit=3${query}`)).body;
      seen.push(...page.deliveries.map(({ id }: { id: string }) => id));
      cursor = page.cursor;
      // What comes meanwhile is not part of the walk.
      await ann.send('POST', `${path}/test`);
    } while (cursor !== null);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(sent));
  });

  it('are chosen by status, event and time', async () => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const { id, eventId } = (await ann.send('POST', `${path}/test`)).body;
    const found = async (query: string) =>
      (await ann.get(`${path}/deliveries?${query}`)).body.deliveries.map((row: { id: string }) => row.id);
    const later = t.clock.now() + 60_000;
    for (const query of ['status=pending', 'event=test', `eventId=${eventId}`, `to=${later}`]) {
      expect(await found(query), query).toEqual([id]);
    }
    for (const query of ['status=failed', 'event=outcome.created', 'eventId=evt_x', `from=${later}`]) {
      expect(await found(query), query).toEqual([]);
    }
    const body = (await ann.get(`${path}/deliveries/${id}`)).body;
    expect(JSON.parse(body.body)).toMatchObject({ event: 'test', data: { message: expect.any(String) } });
    expect((await ann.get(`${path}/deliveries/${id}/attempts`)).body).toEqual({ attempts: [], cursor: null });
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?status=lost', 'status'],
    ['?from=yesterday', 'from'],
    ['?cursor=x', 'cursor'],
    [`?cursor=${Buffer.from('[1,2]').toString('base64url')}`, 'cursor'],
    [`?cursor=${Buffer.from('[99999999999999999,"a"]').toString('base64url')}`, 'cursor'],
    [`?cursor=${Buffer.from(`[1,"'; drop"]`).toString('base64url')}`, 'cursor'],
  ])('are not listed with %s', async (query, field) => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const answer = await ann.get(`${path}/deliveries${query}`);
    expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([400, 'invalid_input', field]);
  });

  it('are not made again while they are still tried, nor to an endpoint that is disabled', async () => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const { id } = (await ann.send('POST', `${path}/test`)).body;
    expect((await ann.send('POST', `${path}/deliveries/${id}/redeliver`)).body.error.code).toBe('conflict');
    await ann.send('POST', `${path}/disable`);
    const since = new Date(t.clock.now() - 1_000).toISOString();
    for (const [name, body] of [
      ['test', undefined],
      [`deliveries/${id}/redeliver`, undefined],
      ['recover', { since }],
    ] as const) {
      const answer = await ann.send('POST', `${path}/${name}`, body);
      expect([answer.status, answer.body.error.code], name).toEqual([409, 'conflict']);
    }
    // A trial that was canceled by that is nothing lost.
    expect((await ann.send('POST', `${path}/recover`, { since, dryRun: true })).body).toMatchObject({ deliveries: 0 });
  });

  it.each([
    ['no time', {}, 'since'],
    ['a time that is none', { since: 'yesterday' }, 'since'],
    ['a time to come', { since: '2999-01-01' }, 'since'],
    ['a time before what is kept', { since: '2020-01-01' }, 'since'],
    [
      'an end before the beginning',
      { since: String(Date.now() - 60_000), until: String(Date.now() - 120_000) },
      'until',
    ],
    ['a flag that is a text', { since: String(Date.now() - 60_000), dryRun: 'true' }, 'dryRun'],
    ['an unknown field', { since: String(Date.now() - 60_000), all: true }, 'all'],
  ])('are not recovered for %s', async (_, wrong, field) => {
    const ann = await signUp(t);
    const { path } = await endpointOf(ann);
    const answer = await ann.send('POST', `${path}/recover`, wrong);
    expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([400, 'invalid_input', field]);
  });
});

it('lets members look, and only owners and admins change', async () => {
  const ann = await signUp(t);
  const { path } = await endpointOf(ann);
  const { id } = (await ann.send('POST', `${path}/test`)).body;
  const member = await memberOf(ann, 'member');
  for (const shown of ['/webhooks', path, `${path}/deliveries`, `${path}/deliveries/${id}`]) {
    expect((await member.get(shown)).status, shown).toBe(200);
  }
  for (const [method, changed] of [
    ['POST', '/webhooks'],
    ['PATCH', path],
    ['DELETE', path],
    ['POST', `${path}/enable`],
    ['POST', `${path}/disable`],
    ['POST', `${path}/test`],
    ['POST', `${path}/secrets/rotate`],
    ['POST', `${path}/secrets/sec_x/revoke`],
    ['POST', `${path}/deliveries/${id}/redeliver`],
    ['POST', `${path}/recover`],
  ] as const) {
    const answer = await member.send(method, changed, method === 'DELETE' ? undefined : { wrong: true });
    expect([answer.status, answer.body.error.code], changed).toEqual([403, 'role_missing']);
  }
});

it('answers for endpoints of another workspace, or none, as if they did not exist', async () => {
  const ann = await signUp(t);
  const bob = await signUp(t);
  const { id, path } = await endpointOf(ann);
  const { id: deliveryId } = (await ann.send('POST', `${path}/test`)).body;
  const other = await endpointOf(bob);
  for (const [method, name, body] of [
    ['GET', path],
    ['PATCH', path, { description: 'mine' }],
    ['DELETE', path],
    ['POST', `${path}/enable`],
    ['POST', `${path}/disable`],
    ['POST', `${path}/test`],
    ['POST', `${path}/secrets/rotate`, {}],
    ['GET', `${path}/deliveries`],
    ['GET', `${path}/deliveries/${deliveryId}`],
    ['GET', `${other.path}/deliveries/${deliveryId}`],
    ['GET', `${other.path}/deliveries/${deliveryId}/attempts`],
    ['POST', `${other.path}/deliveries/${deliveryId}/redeliver`],
    ['GET', `/webhooks/${id.replace('live', 'test')}`],
    ['GET', '/webhooks/wh_live_nobody'],
    ['GET', '/webhooks/nobody'],
  ] as const) {
    const answer = await bob.send(method, name, body);
    expect([answer.status, answer.body.error.code], name).toEqual([404, 'not_found']);
  }
  expect((await bob.get('/webhooks')).text).not.toContain(id);
  expect((await ann.get(path)).body).toMatchObject({ enabled: true, description: null });
});

it('needs a person, and takes changes only from the console’s own pages', async () => {
  const ann = await signUp(t);
  const { path } = await endpointOf(ann);
  expect((await t.as(null).get('/console/v1/webhooks')).body.error.code).toBe('session_required');
  const { key } = await t.key(ann.workspaceId);
  expect((await t.as(key).get('/console/v1/webhooks')).body.error.code).toBe('session_required');
  const foreign = await ann.send('POST', `${path}/disable`, undefined, { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(foreign.body.error.code).toBe('cross_origin');
});
