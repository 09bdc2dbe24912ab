import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Received, type Receiver, startReceiver } from '../../testing/receiver.ts';
import { createSchedulerWorld, made, type Project, refusal, type SchedulerWorld } from './scheduler.fixture.ts';

let world: SchedulerWorld;
let receiver: Receiver;
let p: Project;
beforeAll(async () => {
  world = await createSchedulerWorld({ INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' });
  receiver = await startReceiver();
  world.t.platform.startLoops();
});
beforeEach(async () => {
  receiver.received.length = 0;
  p = await world.project();
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

const secret = (fields: Record<string, unknown> = {}) => made(p.live.post('/v1/signing_secrets', fields));
/** Has something sent and answers what came in. */
const send = async (fields: Record<string, unknown> = {}): Promise<Received> => {
  const before = receiver.received.length;
  const destination = fields.endpoint_id === undefined ? { endpoint: receiver.url } : {};
  await made(p.live.post('/v1/schedules', { ...destination, delay: '1s', body: 'x', ...fields }));
  await vi.waitFor(() => expect(receiver.received.length).toBe(before + 1), { timeout: 8_000, interval: 20 });
  return receiver.received[before] as Received;
};
/** The signatures of a request that a secret explains. */
const signedBy = ({ headers, method, body }: Received, text: string): boolean => {
  const signature = String(headers['sched-signature'] ?? '');
  const signed = [
    headers['sched-timestamp'],
    headers['sched-delivery-id'],
    headers['sched-attempt'],
    method,
    '/',
    body,
  ];
  return signature.split(',').includes(`v1=${createHmac('sha256', text).update(signed.join('.')).digest('hex')}`);
};
const count = ({ headers }: Received) => String(headers['sched-signature'] ?? '').split('v1=').length - 1;

describe('a signing secret', () => {
  it('is generated, shown once, and signs what its project sends from then on', async () => {
    expect(count(await send())).toBe(0);
    const made1 = await secret();
    expect(made1).toMatchObject({
      id: expect.stringMatching(/^sec_/),
      object: 'signing_secret',
      mode: 'live',
      scope: 'project',
      scope_id: null,
      state: 'active',
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9]{43}$/),
    });
    const delivery = await send();
    expect([count(delivery), signedBy(delivery, made1.secret)]).toEqual([1, true]);
    const { data } = await made(p.live.get('/v1/signing_secrets'), 200);
    expect(JSON.stringify(data)).not.toContain(made1.secret);
    const { secret: _, ...shown } = made1;
    expect(data).toEqual([shown]);
    expect(await made(p.live.get(`/v1/signing_secrets/${made1.id}`), 200)).toEqual(shown);
    expect(
      await world.rows('select 1 from live.signing_secrets s where position($1 in s::text) > 0', [made1.secret]),
    ).toEqual([]);
  });

  it('of a schedule comes before that of its endpoint, and that before the one of the project', async () => {
    const project = await secret();
    const endpoint = await made(
      p.live.post('/v1/endpoints', { url: receiver.url, signing_secret: 'endpoint-secret-of-24-chars' }),
    );
    const [own, onProfile, plain] = [
      await send({ endpoint_id: endpoint.id, signing_secret: 'schedule-secret-of-24-chars' }),
      await send({ endpoint_id: endpoint.id }),
      await send(),
    ];
    expect(signedBy(own, 'schedule-secret-of-24-chars')).toBe(true);
    expect(signedBy(onProfile, 'endpoint-secret-of-24-chars')).toBe(true);
    expect(signedBy(plain, project.secret)).toBe(true);
    expect([own, onProfile, plain].map(count)).toEqual([1, 1, 1]);
  });

  it('is rotated with an overlap in which both sign, the new one first, and revoked at once', async () => {
    const before = await secret();
    const after = await made(p.live.post(`/v1/signing_secrets/${before.id}/rotate`, { overlap: '1h' }));
    expect(after).toMatchObject({ state: 'active', scope: 'project' });
    expect(await made(p.live.get(`/v1/signing_secrets/${before.id}`), 200)).toMatchObject({
      state: 'retiring',
      retires_at: expect.any(String),
    });
    const both = await send();
    expect([count(both), signedBy(both, before.secret), signedBy(both, after.secret)]).toEqual([2, true, true]);
    expect(await refusal(p.live.post(`/v1/signing_secrets/${after.id}/rotate`, {}))).toEqual([
      409,
      'rotation_in_progress',
      'id',
    ]);
    const revoked = await made(p.live.post(`/v1/signing_secrets/${before.id}/revoke`), 200);
    expect(revoked.state).toBe('revoked');
    expect((await made(p.live.post(`/v1/signing_secrets/${before.id}/revoke`), 200)).state).toBe('revoked');
    const one = await send();
    expect([count(one), signedBy(one, after.secret)]).toEqual([1, true]);
    expect(await refusal(p.live.post(`/v1/signing_secrets/${before.id}/rotate`, {}))).toEqual([
      409,
      'signing_secret_revoked',
      'id',
    ]);
    const forced = await made(
      p.live.post(`/v1/signing_secrets/${after.id}/rotate`, {
        overlap: '0s',
        secret: 'my-own-secret-of-24-characters',
      }),
    );
    expect(forced.secret).toBe('my-own-secret-of-24-characters');
    const last = await send();
    expect([count(last), signedBy(last, forced.secret)]).toEqual([1, true]);
  });

  it('signs what a node has claimed already, too', async () => {
    const before = await secret();
    // Time stands still, or a slow machine could send it before the rotation.
    world.t.clock.freeze();
    const sent = send();
    await expect.poll(() => world.t.platform.dispatcher.figures.held).toBe(1);
    const after = await made(p.live.post(`/v1/signing_secrets/${before.id}/rotate`, { overlap: '0s' }));
    world.t.clock.thaw();
    const delivery = await sent;
    expect([count(delivery), signedBy(delivery, after.secret)]).toEqual([1, true]);
  });

  it('can be forced to rotate during an overlap, which ends it: never more than two sign', async () => {
    const first = await secret();
    const second = await made(p.live.post(`/v1/signing_secrets/${first.id}/rotate`, {}));
    const third = await made(p.live.post(`/v1/signing_secrets/${second.id}/rotate`, { force: true }));
    const { data } = await made(p.live.get('/v1/signing_secrets?scope=project'), 200);
    expect(data.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
      [third.id, 'active'],
      [second.id, 'retiring'],
      [first.id, 'revoked'],
    ]);
  });

  it('shows on a schedule of its own', async () => {
    const schedule = await made(p.live.post('/v1/schedules', { endpoint: receiver.url, delay: '1h' }));
    expect(schedule.signed).toBe(false);
    const { id } = await secret({ scope: 'schedule', scope_id: schedule.id });
    expect((await p.live.get(`/v1/schedules/${schedule.id}`)).body.signed).toBe(true);
    await made(p.live.post(`/v1/signing_secrets/${id}/revoke`), 200);
    expect((await p.live.get(`/v1/schedules/${schedule.id}`)).body.signed).toBe(false);
  });

  it('is one for each scope, also when two ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => p.live.post('/v1/signing_secrets', {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect((await p.test.post('/v1/signing_secrets', {})).status).toBe(201);
  });

  it.each([
    [{ scope: 'galaxy' }, 422, 'invalid_scope', 'scope'],
    [{ scope: 'schedule' }, 422, 'invalid_scope', 'scope_id'],
    [{ scope: 'project', scope_id: 'sch_1' }, 422, 'invalid_scope', 'scope_id'],
    [{ scope: 'schedule', scope_id: 'sch_1' }, 404, 'schedule_not_found', 'id'],
    [{ scope: 'endpoint', scope_id: 'ep_1' }, 404, 'endpoint_not_found', 'scope_id'],
    [{ secret: 'short' }, 422, 'invalid_signing_secret', 'secret'],
    [{ secret: 'a'.repeat(257) }, 422, 'invalid_signing_secret', 'secret'],
    [{ secret: 'with\ttab-and-enough-characters' }, 422, 'invalid_signing_secret', 'secret'],
  ])('refuses %j', async (body, status, code, param) => {
    expect(await refusal(p.live.post('/v1/signing_secrets', body))).toEqual([status, code, param]);
  });

  it.each([
    [{ overlap: '169h' }, 422, 'invalid_overlap', 'overlap'],
    [{ overlap: '-1s' }, 422, 'invalid_overlap', 'overlap'],
    [{ overlap: 'a while' }, 400, 'invalid_duration', 'overlap'],
  ])('refuses to rotate with %j', async (body, status, code, param) => {
    const { id } = await secret();
    expect(await refusal(p.live.post(`/v1/signing_secrets/${id}/rotate`, body))).toEqual([status, code, param]);
  });
});
