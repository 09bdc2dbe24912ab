import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import {
  createSchedulerWorld,
  made,
  type Project,
  patch,
  refusal,
  rowCounts,
  type SchedulerWorld,
  url,
} from './scheduler.fixture.ts';

let world: SchedulerWorld;
let p: Project;
beforeAll(async () => {
  world = await createSchedulerWorld();
});
beforeEach(async () => {
  p = await world.project();
});
afterAll(() => world.close());

const once = (key: string) => ({ headers: { 'idempotency-key': key, 'content-type': 'application/json' } });
const send = (caller: Caller, payload: string, key: string) => caller.send('POST', '/v1/schedules', payload, once(key));
const body = JSON.stringify({ endpoint: url, delay: '24h' });

describe('a request with an Idempotency-Key', () => {
  it('is known by SHA-256 of method, path and raw body, as the specification has it', async () => {
    const vector = '{"endpoint":"https://acme.test/hook","delay":"24h"}';
    expect(hash('sha256', `POST\n/v1/schedules\n${vector}`)).toBe(
      '9b42b9ad9e20cd9132c0a359930a4e23a3fa3e54e626bae7123ab0b74b384324',
    );
    await send(p.live, vector, 'vector');
    const [row] = await world.rows<{ fingerprint: Buffer }>(
      `select fingerprint from live.idempotency_keys where workspace_id = $1 and key = 'vector'`,
      [p.id],
    );
    expect(row?.fingerprint.toString('hex')).toBe('9b42b9ad9e20cd9132c0a359930a4e23a3fa3e54e626bae7123ab0b74b384324');
  });

  it('is answered again as it was, whatever its query, with the request id of the first beside its own', async () => {
    const first = await send(p.live, body, 'k');
    world.t.clock.freeze(Date.now() + 60_000);
    const again = await p.live.send('POST', '/v1/schedules?x=1', body, once('k'));
    world.t.clock.thaw();
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'sched-original-request-id': first.headers['sched-request-id'],
      location: first.headers.location,
    });
    expect(again.headers['sched-request-id']).not.toBe(first.headers['sched-request-id']);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
  });

  it.each([
    ['another body', JSON.stringify({ endpoint: url, delay: '25h' })],
    ['the same body in other words', `${body} `],
  ])('conflicts with %s', async (_, payload) => {
    await send(p.live, body, 'k');
    expect(await refusal(send(p.live, payload, 'k'))).toEqual([409, 'idempotency_key_reuse', 'Idempotency-Key']);
  });

  it('conflicts with the same body on another path', async () => {
    const [one, two] = [(await send(p.live, body, '1')).body.id, (await send(p.live, body, '2')).body.id];
    const move = (id: string) => p.live.send('POST', `/v1/schedules/${id}/reschedule`, '{"delay":"48h"}', once('k'));
    await made(move(one), 200);
    expect(await refusal(move(two))).toEqual([409, 'idempotency_key_reuse', 'Idempotency-Key']);
  });

  it('sent 50 times at once makes one schedule', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(p.live, body, 'parallel')));
    expect(answers.every(({ status, text }) => (status === 201 ? text === answers[0]?.text : status === 409))).toBe(
      true,
    );
    expect(
      answers.filter(({ headers, status }) => status === 201 && headers['idempotent-replayed'] === undefined),
    ).toHaveLength(1);
    const [count] = await world.rows(
      'select count(*)::int as n from live.scheduler_schedules where workspace_id = $1',
      [p.id],
    );
    expect(count).toEqual({ n: 1 });
  });

  it('that is refused leaves the key free, and nothing behind', async () => {
    const before = await rowCounts(world);
    expect(await refusal(send(p.live, '{"delay":"24h"}', 'k'))).toEqual([422, 'missing_endpoint', 'endpoint']);
    expect(await rowCounts(world)).toEqual(before);
    expect((await send(p.live, body, 'k')).status).toBe(201);
  });

  it('is forgotten after 24 hours', async () => {
    const first = await send(p.live, body, 'k');
    world.t.clock.freeze(Date.now() + 86_400_000 + 1_000);
    const later = await send(p.live, body, 'k');
    world.t.clock.thaw();
    expect(later.body.id).not.toBe(first.body.id);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['not printable', 'a\tb'],
    ['not ASCII', 'schlüssel'],
  ])('is refused when the key is %s', async (_, key) => {
    expect(await refusal(send(p.live, body, key))).toEqual([400, 'invalid_idempotency_key', 'Idempotency-Key']);
  });

  it('is honoured by every operation of the specification', async () => {
    const schedule = (await send(p.live, body, 'one')).body.id;
    const endpoint = (await p.live.post('/v1/endpoints', { url }, once('ep'))).body.id;
    const headers = { 'idempotency-key': 'x' };
    for (const [name, call] of Object.entries({
      patch: () => patch(p.live, `/v1/schedules/${schedule}`, { metadata: { a: 'b' } }, { 'idempotency-key': 'p' }),
      reschedule: () => p.live.post(`/v1/schedules/${schedule}/reschedule`, { delay: '48h' }, { headers }),
      endpoint: () => p.live.post('/v1/endpoints', { url }, once('ep')),
      patchEndpoint: () => patch(p.live, `/v1/endpoints/${endpoint}`, { metadata: {} }, { 'idempotency-key': 'pe' }),
      bulk: () => p.live.post('/v1/schedules/bulk', { schedules: [{ endpoint: url, delay: '1h' }] }, once('b')),
    })) {
      const [first, again] = [await call(), await call()];
      expect([name, again.text, again.headers['idempotent-replayed']]).toEqual([name, first.text, 'true']);
    }
    expect((await made(p.live.get(`/v1/endpoints/${endpoint}`), 200)).version).toBe(2);
  });
});
