import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createFreshDatabase, type FreshDatabase } from '../../../server/src/testing/fresh-database.ts';
import { gateTables } from './database.ts';
import { createIdempotencyStore, type HeldClaim, type IdempotencyStore, type KeptAnswer } from './idempotency.ts';

let own: FreshDatabase;
let pool: Pool;
let store: IdempotencyStore;
const errors: string[] = [];

beforeAll(async () => {
  own = await createFreshDatabase();
  pool = new Pool(own.owner);
  for (const statement of gateTables) await pool.query(statement);
  store = createIdempotencyStore(pool, (error) => errors.push(String(error)));
});
afterAll(async () => {
  await pool?.end();
  await own?.drop();
});
beforeEach(() => {
  errors.length = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const answer = (body: string): KeptAnswer => ({ status: 201, headers: {}, body });
const claim = (key: string) => store.claim({ workspaceId: 'w', mode: 'test', key, fingerprint: 'f' });

async function held(key: string): Promise<HeldClaim> {
  const outcome = await claim(key);
  if (outcome.type !== 'run') throw new Error(`it is ${outcome.type}`);
  return outcome.held;
}

/** As if its last prolongation were a minute ago. */
const lapse = (key: string) =>
  pool.query('update interlock_idempotency set claimed_until = now() where key = $1', [key]);
async function isClaimed(key: string): Promise<boolean> {
  const { rows } = await pool.query('select claimed_until > now() as yes from interlock_idempotency where key = $1', [
    key,
  ]);
  return rows[0]?.yes === true;
}

test('a claim is prolonged while its request runs, and not longer', async () => {
  const first = await held('slow');
  for (let minute = 0; minute < 3; minute++) {
    await lapse('slow');
    await vi.advanceTimersByTimeAsync(20_000);
    await expect.poll(() => isClaimed('slow')).toBe(true);
    expect(await claim('slow')).toEqual({ type: 'running' });
  }
  await first.keep(answer('one'));
  expect(vi.getTimerCount()).toBe(0);
  expect(await claim('slow')).toEqual({ type: 'replay', answer: answer('one') });
  await (await held('given back')).release();
  expect(vi.getTimerCount()).toBe(0);
  expect(errors).toEqual([]);
});

test('a request that never answers keeps its key for a quarter of an hour', async () => {
  await held('stuck');
  await vi.advanceTimersByTimeAsync(14 * 60_000);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('whoever was away for longer than a claim lasts changes nothing of the next one’s, and its owner hears of it', async () => {
  const early = await held('lost');
  await lapse('lost');
  const late = await held('lost');
  await early.keep(answer('early'));
  await early.release();
  expect(await claim('lost')).toEqual({ type: 'running' });
  await late.keep(answer('late'));
  expect(await claim('lost')).toEqual({ type: 'replay', answer: answer('late') });
  expect(errors).toEqual(Array(2).fill(expect.stringContaining('"lost" was lost while its request ran')));
});

test('a claim that was lost is not prolonged any more', async () => {
  await held('overtaken');
  await lapse('overtaken');
  await (await held('overtaken')).keep(answer('next'));
  await vi.advanceTimersByTimeAsync(20_000);
  await expect.poll(() => errors).toEqual([expect.stringContaining('"overtaken" was lost')]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a database that is away for a moment costs one prolongation', async () => {
  let isAway = false;
  const shaky = createIdempotencyStore(
    { query: (text, values) => (isAway ? Promise.reject(new Error('away')) : pool.query(text, values)) },
    (error) => errors.push(String(error)),
  );
  await shaky.claim({ workspaceId: 'w', mode: 'test', key: 'shaky', fingerprint: 'f' });
  isAway = true;
  await vi.advanceTimersByTimeAsync(20_000);
  await expect.poll(() => errors).toEqual(['Error: away']);
  isAway = false;
  await lapse('shaky');
  await vi.advanceTimersByTimeAsync(20_000);
  await expect.poll(() => isClaimed('shaky')).toBe(true);
});
