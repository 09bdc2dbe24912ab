import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const invite = async (by: TestPerson, email: string, role = 'member') =>
  (await by.send('POST', '/invitations', { email, role })).body;

async function join(owner: TestPerson, role = 'member'): Promise<TestPerson & { memberId: string }> {
  const person = await signUp(t);
  const { id } = await invite(owner, person.email, role);
  await person.send('POST', `/invitations/${id}/accept`);
  const { members } = (await owner.get('/members')).body;
  return { ...person, memberId: members.find((one: { personId: string }) => one.personId === person.id).id };
}

describe('workspaces', () => {
  it('a person has several, works in the one he switched to, and can name another in a single request', async () => {
    const ann = await signUp(t);
    const second = (await ann.send('POST', '/workspaces', { name: 'Second' })).body;
    expect((await ann.get('/me')).body).toMatchObject({
      workspaces: [
        { id: ann.workspaceId, role: 'owner' },
        { id: second.id, name: 'Second', role: 'owner' },
      ],
      active: { id: second.id },
    });
    expect((await ann.get('/keys')).body.keys).toEqual([]);
    const elsewhere = await ann.get('/keys', { headers: { 'interlock-workspace': ann.workspaceId } });
    expect(elsewhere.body.keys).toHaveLength(ann.keys.length);
    const back = await ann.send('POST', `/workspaces/${ann.workspaceId}/activate`);
    expect(back.body.active.id).toBe(ann.workspaceId);
    expect((await ann.get('/keys')).body.keys).toHaveLength(ann.keys.length);
  });

  it('can be renamed by owners and admins', async () => {
    const ann = await signUp(t);
    const member = await join(ann);
    expect((await ann.send('PATCH', '/workspace', { name: 'Renamed' })).body.name).toBe('Renamed');
    expect((await member.get('/workspace')).body).toMatchObject({ name: 'Renamed', role: 'member' });
    expect((await member.send('PATCH', '/workspace', { name: 'Mine' })).status).toBe(403);
    expect((await ann.send('PATCH', '/workspace', { name: '' })).body.error.field).toBe('name');
  });

  it('of others do not exist', async () => {
    const ann = await signUp(t);
    const bob = await signUp(t);
    expect((await bob.send('POST', `/workspaces/${ann.workspaceId}/activate`)).status).toBe(404);
    for (const path of ['/workspace', '/keys', '/members', '/invitations', '/audit', '/effects']) {
      const answer = await bob.get(path, { headers: { 'interlock-workspace': ann.workspaceId } });
      expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    }
  });
});

describe('invitations', () => {
  it('make the invited person a member with the role that was offered, once', async () => {
    const ann = await signUp(t);
    const bob = await signUp(t);
    const { id, link } = await invite(ann, bob.email.toUpperCase(), 'admin');
    expect(link).toBe(`http://127.0.0.1:4000/invitations/${id}`);
    expect((await bob.get(`/invitations/${id}`)).body).toMatchObject({
      workspace: { id: ann.workspaceId },
      role: 'admin',
    });
    const accepted = await bob.send('POST', `/invitations/${id}/accept`);
    expect(accepted.body.workspace).toMatchObject({ id: ann.workspaceId, role: 'admin' });
    expect((await bob.get('/me')).body.active).toMatchObject({ id: ann.workspaceId, role: 'admin' });
    expect((await ann.get('/members')).body.members).toHaveLength(2);
    expect((await bob.send('POST', `/invitations/${id}/accept`)).status).toBe(404);
  });

  it('are nothing to anybody but their recipient', async () => {
    const ann = await signUp(t);
    const eve = await signUp(t);
    const { id } = await invite(ann, 'somebody@example.com');
    for (const answer of [
      await eve.get(`/invitations/${id}`),
      await eve.send('POST', `/invitations/${id}/accept`),
      await eve.send('POST', `/invitations/${id}/reject`),
      await eve.send('DELETE', `/invitations/${id}`),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect((await ann.get('/invitations')).body.invitations).toHaveLength(1);
  });

  it('can be rejected, and withdrawn', async () => {
    const ann = await signUp(t);
    const bob = await signUp(t);
    const first = await invite(ann, bob.email);
    expect((await bob.send('POST', `/invitations/${first.id}/reject`)).status).toBe(204);
    const second = await invite(ann, bob.email);
    expect((await ann.send('POST', '/invitations', { email: bob.email })).status).toBe(409);
    expect((await ann.send('DELETE', `/invitations/${second.id}`)).status).toBe(204);
    expect((await bob.send('POST', `/invitations/${second.id}/accept`)).status).toBe(404);
    expect((await ann.get('/invitations')).body.invitations).toEqual([]);
    expect((await bob.get('/me')).body.workspaces).toHaveLength(1);
  });

  it('are written by owners and admins, and an admin invites no owner', async () => {
    const ann = await signUp(t);
    const member = await join(ann);
    const admin = await join(ann, 'admin');
    expect((await member.send('POST', '/invitations', { email: 'x@example.com' })).status).toBe(403);
    expect((await member.get('/invitations')).status).toBe(403);
    expect((await admin.send('POST', '/invitations', { email: 'x@example.com', role: 'owner' })).status).toBe(403);
    expect((await admin.send('POST', '/invitations', { email: 'x@example.com', role: 'admin' })).status).toBe(201);
    const odd = await admin.send('POST', '/invitations', { email: 'not an address' });
    expect(odd.body.error).toMatchObject({ code: 'invalid_input', field: 'email' });
    const unknown = await admin.send('POST', '/invitations', { email: 'y@example.com', role: 'god' });
    expect(unknown.body.error).toMatchObject({ code: 'invalid_input', field: 'role' });
  });
});

describe('members', () => {
  it('lose the workspace at once when they are removed', async () => {
    const ann = await signUp(t);
    const bob = await join(ann);
    expect((await bob.get('/workspace')).body.id).toBe(ann.workspaceId);
    expect((await ann.send('DELETE', `/members/${bob.memberId}`)).status).toBe(204);
    expect((await bob.get('/workspace')).body.id).toBe(bob.workspaceId);
    const asked = await bob.get('/keys', { headers: { 'interlock-workspace': ann.workspaceId } });
    expect(asked.status).toBe(404);
  });

  it('get another role, which counts from the next request on', async () => {
    const ann = await signUp(t);
    const bob = await join(ann);
    expect((await bob.send('PATCH', '/workspace', { name: 'x' })).status).toBe(403);
    expect((await ann.send('PATCH', `/members/${bob.memberId}`, { role: 'admin' })).status).toBe(200);
    expect((await bob.send('PATCH', '/workspace', { name: 'x' })).status).toBe(200);
  });

  it('can leave, but the last owner cannot', async () => {
    const ann = await signUp(t);
    const bob = await join(ann);
    const { members } = (await ann.get('/members')).body;
    const last = await ann.send('DELETE', `/members/${members[0].id}`);
    expect([last.status, last.body.error.code]).toEqual([409, 'conflict']);
    expect((await bob.send('DELETE', `/members/${bob.memberId}`)).status).toBe(204);
  });

  it('two owners who remove each other at once leave one', async () => {
    const ann = await signUp(t);
    const bob = await join(ann, 'owner');
    const { members } = (await ann.get('/members')).body;
    const headers = { 'interlock-workspace': ann.workspaceId };
    await Promise.all([
      ann.send('DELETE', `/members/${bob.memberId}`, undefined, { headers }),
      bob.send('DELETE', `/members/${members[0].id}`, undefined, { headers }),
    ]);
    const left = await Promise.all([ann.get('/members', { headers }), bob.get('/members', { headers })]);
    expect(left.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('of another workspace can be neither changed nor removed', async () => {
    const ann = await signUp(t);
    const eve = await signUp(t);
    const bob = await join(ann);
    expect((await eve.send('PATCH', `/members/${bob.memberId}`, { role: 'admin' })).status).toBe(404);
    expect((await eve.send('DELETE', `/members/${bob.memberId}`)).status).toBe(404);
    expect((await eve.get('/members')).text).not.toContain(bob.email);
  });
});

it('every answer of the console carries a request id and is kept by no cache, and unknown paths are in its words', async () => {
  const ann = await signUp(t);
  for (const answer of [await ann.get('/me'), await ann.get('/nowhere'), await ann.send('DELETE', '/me')]) {
    expect(answer.headers['x-request-id']).toMatch(/^req_[0-9a-f]{16}$/);
    expect(answer.headers['cache-control']).toBe('no-store');
  }
  expect((await ann.get('/nowhere')).body.error.code).toBe('route_not_found');
  expect((await t.as(null).get('/console/v1/me')).body.error.code).toBe('session_required');
});
