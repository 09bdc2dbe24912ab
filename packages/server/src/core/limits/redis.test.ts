import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openCuttableWay } from '../../testing/cuttable-way.ts';
import { createFixtureWorld } from '../../testing/fixture-platform.ts';
import { ledgerContract } from '../../testing/fixtures/ledger/contract.ts';
import { ApiError } from '../errors.ts';
import type { LimitRule, ServiceContract } from '../service.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import { findRedis, type RedisServer } from './redis.fixture.ts';
import { openRedis } from './redis.ts';
import { createSharedTallies } from './redis-tallies.ts';
import type { LimitAlgorithm } from './window.ts';

const startRedis = findRedis();

describe.skipIf(startRedis === null)('limits in Redis (skipped without REDIS_URL and redis-server)', () => {
  let redis: RedisServer;
  let direct: Redis;
  beforeAll(async () => {
    if (startRedis === null) return;
    redis = await startRedis();
    direct = new Redis(redis.url);
  });
  afterAll(async () => {
    direct?.disconnect();
    await redis?.close();
  });

  it('are one limit for all nodes', async () => {
    const [one, two] = [await openNode(redis.url), await openNode(redis.url)];
    const who = somebody();
    expect(await take(one, who)).toBe(2);
    expect(await take(two, who)).toBe(1);
    expect(await take(one, who)).toBe(0);
    for (const node of [two, one]) expect(await take(node, who)).toBe('rate_limited');
    expect(await take(two, somebody())).toBe(2);
  });

  it('let through as many as they say, however many ask two nodes at once', async () => {
    const [one, two] = [await openNode(redis.url, { max: 50 }), await openNode(redis.url, { max: 50 })];
    const who = somebody();
    const taken = await Promise.all(Array.from({ length: 100 }, () => [take(one, who), take(two, who)]).flat());
    expect(taken.filter((left) => left === 'rate_limited')).toHaveLength(150);
    expect(new Set(taken).size).toBe(51);
  });

  it.each([
    ['own', 2],
    ['both', 1],
  ] as const)('count test calls as the contract says: %s', async (counter, left) => {
    const node = await openNode(redis.url, { counter });
    const who = somebody();
    expect(await take(node, who, 'live')).toBe(2);
    expect(await take(node, who, 'test')).toBe(left);
  });

  it('say when the window is over, and forget it then', async () => {
    const node = await openNode(redis.url, { max: 1, windowMs: 2_000 });
    const who = somebody();
    expect(await take(node, who)).toBe(0);
    const refusal = await refusalOf(() => node.limiter.take('live', who, now + 500));
    expect(refusal.details).toMatchObject({
      retryAfter: 2,
      headers: {
        'x-ratelimit-limit': '1',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(now / 1000 + 2),
      },
    });
    const [key = ''] = await direct.keys(`*${who}*`);
    expect(await direct.pttl(key)).toBeGreaterThan(0);
    expect(await take(node, who, 'live', now + 1_999)).toBe('rate_limited');
    expect(await take(node, who, 'live', now + 2_000)).toBe(0);
    await expect.poll(() => direct.exists(key), { timeout: 10_000 }).toBe(0);
  });

  it('count as memory does, whatever the algorithm', async () => {
    const shared = createSharedTallies(direct);
    const limit = fc.record({
      algorithm: fc.constantFrom<LimitAlgorithm>('fixed_window', 'sliding_log', 'sliding_counter'),
      max: fc.integer({ min: 1, max: 8 }),
      windowMs: fc.constantFrom(1_000, 7_000),
      also: fc.option(fc.record({ max: fc.integer({ min: 1, max: 20 }), windowMs: fc.constant(20_000) }), {
        nil: undefined,
      }),
    });
    const waits = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(limit, waits, async ({ also, ...one }, steps) => {
        const { algorithm } = one;
        const rule = contractOf({ ...one, ...(also && { also: { ...also, algorithm, suffix: 'long' } }) });
        const [near, far] = [createLimiter(rule), createLimiter(rule, shared)];
        const who = somebody();
        let at = now;
        for (const step of steps) {
          at += step;
          const answers = [near, far].map(async (limiter) => {
            try {
              return await limiter.take('live', who, at);
            } catch (error) {
              return error instanceof ApiError ? error.details : error;
            }
          });
          const [inMemory, inRedis] = await Promise.all(answers);
          expect(inRedis).toEqual(inMemory);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('go on when the server has lost its scripts', async () => {
    const node = await openNode(redis.url);
    const who = somebody();
    expect(await take(node, who)).toBe(2);
    await direct.script('FLUSH');
    expect(await take(node, who)).toBe(1);
  });

  it('are counted in memory while the server is away, and shared again when it is back', async () => {
    const { hostname, port } = new URL(redis.url);
    const way = await openCuttableWay({ host: hostname, port: Number(port || 6379) });
    onTestFinished(way.close);
    const url = new URL(redis.url);
    url.host = `127.0.0.1:${way.owner.port}`;
    const [near, far] = [await openNode(redis.url), await openNode(url.href)];
    const who = somebody();
    expect(await take(near, who)).toBe(2);
    expect(await take(far, who)).toBe(1);

    await way.cut();
    for (const left of [2, 1, 0, 'rate_limited']) expect(await take(far, who)).toBe(left);
    expect(await take(near, who)).toBe(0);
    await expect.poll(() => far.log).toEqual([expect.stringContaining('limits are counted in memory meanwhile')]);

    await way.restore();
    const bothCount = async () => {
      const another = somebody();
      return [await take(far, another), await take(near, another)];
    };
    await expect.poll(bothCount, { timeout: 10_000 }).toEqual([2, 1]);
  });

  it('are counted in memory while the server stands still', async () => {
    const node = await openNode(redis.url);
    const who = somebody();
    expect(await take(node, who)).toBe(2);
    await direct.client('PAUSE', 2_000, 'ALL');
    for (const left of [2, 1]) expect(await take(node, who)).toBe(left);
    await direct.ping();
  });

  it('are one limit for two servers on one database', async () => {
    const env = { REDIS_URL: redis.url, LEDGER_TEST_PER_MINUTE: '3' };
    const world = await createFixtureWorld({ env });
    onTestFinished(() => world.close());
    const other = await world.another();
    const { key } = await world.t.key(await world.t.workspace(), { service: 'ledger', mode: 'test' });
    const answers = [];
    for (const server of [world.t, other, other, world.t, other]) {
      const { status, headers } = await server.as(key).get('/ledger/v1/entries');
      answers.push([status, headers['x-ratelimit-remaining']]);
    }
    expect(answers).toEqual([
      [200, '2'],
      [200, '1'],
      [200, '0'],
      [429, '0'],
      [429, '0'],
    ]);
  });
});

it('a Redis that is not there when the server starts is no obstacle, and is reported once', async () => {
  const node = await openNode('redis://127.0.0.1:1');
  const who = somebody();
  for (const left of [2, 1, 0, 'rate_limited']) expect(await take(node, who)).toBe(left);
  expect(node.log).toEqual([expect.stringContaining('limits are counted in memory meanwhile')]);
});

const now = 1_800_000_000_000;

interface Node {
  readonly limiter: Limiter;
  readonly log: readonly string[];
}

/** The limits of one server process. */
async function openNode(url: string, rule: Partial<LimitRule> = {}): Promise<Node> {
  const log: string[] = [];
  const { client, close } = await openRedis(url, pino({}, { write: (line: string) => void log.push(line) }));
  onTestFinished(close);
  return { limiter: createLimiter(contractOf(rule), createSharedTallies(client)), log };
}

function contractOf(rule: Partial<LimitRule>): ServiceContract {
  const live: LimitRule = { per: 'key', max: 3, windowMs: 60_000, counter: 'own', ...rule };
  return { ...ledgerContract, modes: { ...ledgerContract.modes, limits: { live, test: live } } };
}

const somebody = () => `somebody-${randomBytes(6).toString('hex')}`;

/** What is left after one more call, or why there is none. */
async function take(
  { limiter }: Node,
  who: string,
  mode: 'live' | 'test' = 'live',
  at = now,
): Promise<number | string> {
  try {
    return (await limiter.take(mode, who, at))?.remaining ?? 'unlimited';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

async function refusalOf(work: () => unknown): Promise<ApiError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
