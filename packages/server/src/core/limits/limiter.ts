import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../errors.ts';
import type { Mode } from '../mode.ts';
import type { LimitRule, ServiceContract } from '../service.ts';

/** What the response headers say about the caller's window. */
export interface LimitState {
  /** The state of the longer window, where there is one. */
  readonly also?: LimitState & { readonly suffix: string };
  readonly limit: number;
  readonly remaining: number;
  /** When the window has fully reset, in Unix seconds. */
  readonly resetAt: number;
}

export interface Limiter {
  /** Takes one slot. Throws `rate_limited` with the seconds to wait when none is left. */
  take(mode: Mode, who: string, now: number, plan?: string): Promise<LimitState>;
}

/** The part of a Redis client that the limiter library uses; ioredis and node-redis both fit. */
export type RedisClient = object;

/**
 * The counters of one service: in memory, or in Redis where several nodes share them. A Redis that is away must not
 * take the API with it, so this node's memory counts meanwhile.
 */
export function createLimiter(contract: ServiceContract, redis?: RedisClient): Limiter {
  const both = contract.modes.limits.test.counter === 'both';
  const counters = {
    live: countersOf(contract, 'live', redis),
    test: both ? null : countersOf(contract, 'test', redis),
  };
  const longer = {
    live: longerCounterOf(contract, 'live', redis),
    test: both ? null : longerCounterOf(contract, 'test', redis),
  };
  return {
    async take(mode, who, now, plan = '') {
      const found = (mode === 'test' ? counters.test : null) ?? counters.live;
      const { rule, counter } = found.plans.get(plan) ?? found;
      let state: LimitState | undefined;
      try {
        state = stateOf(rule, await counter.consume(who), now);
        return await withLonger(rule, (mode === 'test' ? longer.test : null) ?? longer.live, who, state, now);
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
        // Refused by the longer window: what the shorter one gave is given back.
        if (state !== undefined) throw await refusedByLonger(rule, counter, who, state, rejection, now);
        const retryAfter = Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
        throw refuse(
          'rate_limited',
          `Too many requests: ${rule.max} are allowed in ${rule.windowMs / 1000} seconds. Try again in ${retryAfter} s.`,
          {
            retryAfter,
            headers: limitHeaders(stateOf(rule, rejection, now)),
          },
        );
      }
    },
  };
}

/** The response headers of a window. */
export function limitHeaders(state: LimitState): Record<string, string> {
  return {
    'x-ratelimit-limit': String(state.limit),
    'x-ratelimit-remaining': String(state.remaining),
    'x-ratelimit-reset': String(state.resetAt),
    ...(state.also === undefined ? {} : suffixed(limitHeaders(state.also), state.also.suffix)),
  };
}

function suffixed(headers: Readonly<Record<string, string>>, suffix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [`${name}-${suffix}`, value]));
}

type Counter = RateLimiterMemory | RateLimiterRedis;

/** Counts in the longer window too. @throws the limiter's own refusal */
async function withLonger(rule: LimitRule, counter: Counter | null, who: string, state: LimitState, now: number) {
  if (counter === null || rule.also === undefined) return state;
  const also = { ...stateOf(rule.also, await counter.consume(who), now), suffix: rule.also.suffix };
  return { ...state, also };
}

async function refusedByLonger(
  rule: LimitRule,
  counter: Counter,
  who: string,
  state: LimitState,
  rejection: RateLimiterRes,
  now: number,
) {
  const { max, windowMs, suffix } = rule.also ?? { ...rule, suffix: '' };
  await counter.reward(who);
  const retryAfter = Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
  const also = { ...stateOf({ max }, rejection, now), suffix };
  return refuse(
    'rate_limited',
    `Too many requests: ${max} are allowed in ${windowMs / 1000} seconds. Try again in ${retryAfter} s.`,
    { retryAfter, headers: limitHeaders({ ...state, remaining: state.remaining + 1, also }) },
  );
}

function longerCounterOf(contract: ServiceContract, mode: Mode, redis: RedisClient | undefined): Counter | null {
  const { also } = contract.modes.limits[mode];
  if (also === undefined || also.max === 0) return null;
  return makeCounter(also, `interlock:${contract.name}:${mode}:${also.suffix}`, redis);
}

function countersOf(contract: ServiceContract, mode: Mode, redis: RedisClient | undefined) {
  const rule = contract.modes.limits[mode];
  const name = `interlock:${contract.name}:${mode}`;
  const plans = Object.entries(rule.plans ?? {}).map(([plan, { max }]) => {
    const own = { ...rule, max };
    return [plan, { rule: own, counter: makeCounter(own, `${name}:${plan}`, redis) }] as const;
  });
  return { rule, counter: makeCounter(rule, name, redis), plans: new Map(plans) };
}

function makeCounter(
  { max, windowMs }: Pick<LimitRule, 'max' | 'windowMs'>,
  keyPrefix: string,
  redis: RedisClient | undefined,
): Counter {
  const options = { points: max, duration: windowMs / 1000, keyPrefix };
  const memory = new RateLimiterMemory(options);
  return redis === undefined
    ? memory
    : new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory });
}

function stateOf(rule: Pick<LimitRule, 'max'>, result: RateLimiterRes, now: number): LimitState {
  return {
    limit: rule.max,
    remaining: Math.max(0, result.remainingPoints),
    resetAt: Math.ceil((now + result.msBeforeNext) / 1000),
  };
}
