import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { callerWith, signUp, type TestPerson } from '../testing/person.ts';

let t: TestPlatform;
let ann: TestPerson;
beforeAll(async () => {
  t = await createTestPlatform();
  ann = await signUp(t);
});
afterAll(() => t.close());

const below = (person: Pick<TestPerson, 'workspaceId'>, mode: string, path: string) =>
  `/workspaces/${person.workspaceId}/${mode}/services${path}`;

const inAnHour = () => new Date(t.clock.now() + 3_600_000).toISOString();
const schedule = () => ({ endpoint: 'https://example.com/hook', fire_at: inAnHour(), body: 'hello' });

describe('a person calls the operations of a service', () => {
  it('in the mode that the path names, and its data stays in that mode', async () => {
    const made = await ann.send('POST', below(ann, 'test', '/scheduler/schedules'), schedule());
    expect(made.status, made.text).toBe(201);
    expect(made.headers['interlock-mode']).toBe('test');
    const path = `/scheduler/schedules/${made.body.id}`;
    expect((await ann.get(below(ann, 'test', path))).body.id).toBe(made.body.id);
    expect((await ann.get(below(ann, 'live', path))).status).toBe(404);
  });

  it('and the audit log names him and the mode', async () => {
    await ann.get(below(ann, 'test', '/scheduler/endpoints'));
    await t.platform.flush();
    const { body } = await ann.get('/audit?mode=test&service=scheduler&route=/v1/endpoints');
    expect(body.entries[0]).toMatchObject({ mode: 'test', caller: 'person', actor: ann.id, keyId: null, status: 200 });
  });

  it('reads bad input in the service’s own words, with the id of the request', async () => {
    const answer = await ann.send('POST', below(ann, 'live', '/scheduler/schedules'), { url: 'nowhere' });
    expect(answer.status).toBe(400);
    expect(answer.headers['x-request-id']).toMatch(/^req_/);
    expect(answer.body.error).toMatchObject({ code: 'unknown_field', param: 'url' });
  });

  it('only when he is signed in, in a workspace of his, and in a mode that exists', async () => {
    const bob = await signUp(t);
    const path = below(ann, 'live', '/scheduler/schedules');
    expect((await callerWith(t, 'interlock.session_token=none').get(path)).status).toBe(401);
    expect((await bob.get(path)).status).toBe(404);
    expect((await ann.get(below(ann, 'staging', '/scheduler/schedules'))).status).toBe(404);
    expect((await ann.get(below(ann, 'live', '/nothing/schedules'))).status).toBe(404);
  });

  it('from the console’s own pages only, also where a GET changes something', async () => {
    const elsewhere = { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' } };
    const change = await ann.send('POST', below(ann, 'live', '/scheduler/schedules'), schedule(), elsewhere);
    const draw = await ann.get(below(ann, 'live', '/randomness/ints?count=1'), {
      headers: { 'sec-fetch-site': 'none' },
    });
    const read = await ann.get(below(ann, 'live', '/scheduler/schedules'), elsewhere);
    for (const { status, body } of [change, draw, read]) {
      expect(status).toBe(403);
      expect(body.error.code).toBe('cross_origin');
    }
  });

  it('within his role: what only an admin may do is refused to a member', async () => {
    const bob = await signUp(t);
    const { body: invitation } = await ann.send('POST', '/invitations', { email: bob.email, role: 'member' });
    await bob.send('POST', `/invitations/${invitation.id}/accept`, {});
    const path = below(ann, 'test', '/randomness/account/keys');
    const key = { name: 'mine', mode: 'test' };
    expect((await bob.send('POST', path, key)).status).toBe(403);
    expect((await ann.send('POST', path, key)).status).toBeLessThan(300);
    expect((await bob.get(path)).status).toBe(200);
    expect((await bob.send('POST', below(ann, 'test', '/scheduler/signing_secrets'), {})).status).toBe(403);
  });

  it('without using up the limit of any key', async () => {
    const limited = await createTestPlatform({ env: { RATE_LIMIT_PER_MINUTE: '1' } });
    const person = await signUp(limited);
    for (let call = 0; call < 3; call++) {
      expect((await person.get(below(person, 'live', '/randomness/account/usage'))).status).toBe(200);
    }
    await limited.close();
  });
});

describe('the console’s figures, exports and effects', () => {
  it('count requests, refusals and what was suppressed, each mode apart', async () => {
    const person = await signUp(t);
    const key = (mode: string) => person.keys.find((one) => one.service === 'randomness' && one.mode === mode)?.key;
    await t.as(key('live') ?? '').get('/api/ints?count=1');
    await t.as(key('test') ?? '').get('/api/ints?count=1');
    await t.as(key('test') ?? '').get('/api/ints?count=x');
    await t.platform.flush();
    const { body } = await person.get('/figures?span=hour');
    const total = (mode: string, figure: string) =>
      body.steps
        .filter((step: { mode: string }) => step.mode === mode)
        .reduce((sum: number, step: Record<string, number>) => sum + (step[figure] ?? 0), 0);
    expect([total('live', 'requests'), total('live', 'errors'), total('live', 'suppressed')]).toEqual([1, 0, 0]);
    expect([total('test', 'requests'), total('test', 'errors'), total('test', 'suppressed')]).toEqual([2, 1, 1]);
  });

  it('write the audit log as CSV and as JSON lines, narrowed as asked, however many pages it has', async () => {
    const person = await signUp(t);
    const key = person.keys.find((one) => one.service === 'scheduler' && one.mode === 'test')?.key ?? '';
    for (let call = 0; call < 205; call++) await t.as(key).get('/v1/me');
    await t.as(key).get('/v1/schedules');
    await t.platform.flush();
    const lines = (await person.get('/audit/export?format=jsonl&mode=test&route=/v1/me')).text.trimEnd().split('\n');
    expect(lines).toHaveLength(205);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ mode: 'test', route: '/v1/me', status: 200 });
    const csv = await person.get('/audit/export?mode=test');
    expect(csv.headers['content-disposition']).toContain('audit-log.csv');
    expect(csv.text.trimEnd().split('\n')).toHaveLength(207);
    expect((await person.get('/audit/export?mode=live')).text.trimEnd().split('\n')).toHaveLength(1);
    expect((await person.get('/audit/export?format=xml')).status).toBe(400);
    expect((await person.get('/audit/export?from=tomorrow')).body.error.field).toBe('from');
  });

  it('name the deliveries of an effect, and know none of another workspace', async () => {
    t.platform.webhooks.start();
    const person = await signUp(t);
    const { body: endpoint } = await person.send('POST', '/webhooks', {
      service: 'randomness',
      mode: 'live',
      url: 'https://example.com/hook',
    });
    const key = person.keys.find((one) => one.service === 'randomness' && one.mode === 'live')?.key ?? '';
    await t.as(key).get('/api/ints?count=1');
    await t.platform.webhooks.settle();
    const [{ id }] = (await person.get('/effects')).body.effects;
    const shown = await person.get(`/effects/${id}`);
    expect(shown.body).toMatchObject({ id, mode: 'live', name: 'outcome.created' });
    expect(shown.body.deliveries).toMatchObject([{ kind: 'webhook', endpointId: endpoint.id, attempts: 0 }]);
    expect((await ann.get(`/effects/${id}`)).status).toBe(404);
  });
});
