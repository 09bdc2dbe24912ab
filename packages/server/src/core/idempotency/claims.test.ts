import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { TestPlatform } from '../../testing/harness.ts';
import type { Mode } from '../mode.ts';
import { type IdempotencyKey, MemoryClaims } from './claims.ts';

let world: FixtureWorld;
/** Two server processes, as far as the database can tell. */
let nodes: readonly [TestPlatform, TestPlatform];
beforeAll(async () => {
  world = await createFixtureWorld();
  nodes = [world.t, await world.another()];
});
afterAll(async () => {
  for (const node of nodes) expectCleanLog(node.log);
  await world.close();
});

async function keyOf(service: string, mode: Mode, workspaceId?: string): Promise<{ ws: string; key: string }> {
  const ws = workspaceId ?? (await world.t.workspace());
  return { ws, key: (await world.t.key(ws, { service, mode })).key };
}
const once = (key: string) => ({ headers: { 'idempotency-key': key } });
const add = (node: TestPlatform, key: string, text = 'x') =>
  node.as(key).post('/notes/v1/notes', { text }, once('same'));
const notesOf = async (key: string) => (await world.t.as(key).get('/notes/v1/notes')).body.notes as unknown[];

describe.each(['live', 'test'] as const)('in %s mode', (mode) => {
  it('100 parallel requests with one key on two nodes run the handler once, and are answered alike', async () => {
    const { ws, key } = await keyOf('notes', mode);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => add(nodes[i % 2 === 0 ? 0 : 1], key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await notesOf(key)).toHaveLength(1);
    const effects = await asOwner(world.owner, `select 1 from ${mode}.effects where workspace_id = $1`, [ws]);
    expect(effects).toHaveLength(1);
  });

  it('a request that may not wait is told that the first one runs', async () => {
    const { ws, key } = await keyOf('ledger', mode);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        nodes[i % 2 === 0 ? 0 : 1].as(key).post('/ledger/v1/entries', { amount: 5 }, once('same')),
      ),
    );
    const rows = await asOwner(world.owner, 'select 1 from shared.ledger_entries where workspace_id = $1', [ws]);
    expect(rows).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 201).length).toBeGreaterThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(answer.status).toBe(409);
      expect(answer.body.error.code).toBe('idempotency_in_progress');
      expect(answer.headers['retry-after']).toBe('1');
    }
  });

  it('another request with a used key is refused, on both nodes', async () => {
    const { key } = await keyOf('notes', mode);
    await add(nodes[0], key);
    for (const node of nodes) {
      const refused = await add(node, key, 'other');
      expect(refused.status).toBe(422);
      expect(refused.body.error).toMatchObject({ code: 'idempotency_conflict', param: 'Idempotency-Key' });
    }
    expect(await notesOf(key)).toHaveLength(1);
  });

  it('a first request that fails leaves the key free, and nothing behind', async () => {
    const { ws, key } = await keyOf('notes', mode);
    const failed = await world.t.as(key).post('/notes/v1/failures', { text: 'x' }, once('same'));
    expect(failed.status).toBe(409);
    expect(await asOwner(world.owner, `select 1 from ${mode}.idempotency_keys where workspace_id = $1`, [ws])).toEqual(
      [],
    );
    const next = await add(nodes[1], key);
    expect(next.status).toBe(201);
    expect(next.headers['idempotent-replayed']).toBeUndefined();
  });

  it('an answer is replayed until it expires, and its key is free afterwards', async () => {
    const { key } = await keyOf('notes', mode);
    const first = await add(world.t, key);
    const advance = (ms: number) => {
      for (const node of nodes) node.clock.advance(ms);
    };
    advance(86_400_000 - 5_000);
    expect((await add(world.t, key)).text).toBe(first.text);
    advance(10_000);
    const later = await add(world.t, key);
    expect(later.headers['idempotent-replayed']).toBeUndefined();
    expect(later.body.id).not.toBe(first.body.id);
    expect((await add(world.t, key)).text).toBe(later.text);
  });
});

describe('across modes', () => {
  it('one key runs the handler once when live and test send it together to two nodes', async () => {
    const live = await keyOf('ledger', 'live');
    const test = await keyOf('ledger', 'test', live.ws);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        nodes[(i >> 1) % 2 === 0 ? 0 : 1]
          .as(i % 2 === 0 ? live.key : test.key)
          .post('/ledger/v1/entries', { amount: 5 }, once('same')),
      ),
    );
    expect(
      await asOwner(world.owner, 'select 1 from shared.ledger_entries where workspace_id = $1', [live.ws]),
    ).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
  });
});

describe('bodies and headers', () => {
  it('count by bytes: the same object in other words is another request', async () => {
    const { key } = await keyOf('notes', 'live');
    const send = (payload: string) =>
      world.t.as(key).send('POST', '/notes/v1/notes', payload, {
        headers: { 'idempotency-key': 'same', 'content-type': 'application/json' },
      });
    expect((await send('{"text":"x"}')).status).toBe(201);
    expect((await send('{"text":"x"}')).headers['idempotent-replayed']).toBe('true');
    expect((await send('{"text": "x"}')).status).toBe(422);
  });

  it.each([
    ['empty', ''],
    ['not ASCII', 'schlüssel'],
    ['a control character', 'a\tb'],
  ])('refuse a key that is %s', async (_, sent) => {
    const { key } = await keyOf('notes', 'live');
    const answer = await world.t
      .as(key)
      .post('/notes/v1/notes', { text: 'x' }, { headers: { 'idempotency-key': Buffer.from(sent).toString('latin1') } });
    expect(answer.status).toBe(400);
    expect(answer.body.error.param).toBe('Idempotency-Key');
  });

  it('do not matter where nothing is to be repeated', async () => {
    const { key } = await keyOf('notes', 'live');
    const answer = await world.t.as(key).get('/notes/v1/notes', once('same'));
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('claims in memory, of modes without tables', () => {
  const claim = (key: string, at = 0): IdempotencyKey => ({
    workspaceId: 'ws',
    service: 's',
    scope: 'k',
    key,
    fingerprint: Buffer.alloc(32),
    at,
    expiresAt: at + 1000,
  });
  const answer = { status: 200, contentType: 'application/json', body: '{}', requestId: 'req_1' };

  it('keep an answer until it expires', async () => {
    const claims = new MemoryClaims();
    expect(await claims.claim(claim('a'))).toBeNull();
    claims.answer(claim('a'), answer);
    expect(await claims.claim(claim('a', 999))).toMatchObject(answer);
    expect(await claims.claim(claim('a', 1000))).toBeNull();
    expect(await claims.claim({ ...claim('a'), workspaceId: 'other' })).toBeNull();
  });

  it('forget the oldest beyond their number', async () => {
    const claims = new MemoryClaims(2);
    for (const key of ['a', 'b', 'c']) claims.answer(claim(key), answer);
    expect(await claims.claim(claim('a'))).toBeNull();
    expect(await claims.claim(claim('b'))).toMatchObject(answer);
    expect(await claims.claim(claim('c'))).toMatchObject(answer);
  });
});
