import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../errors.ts';
import type { Mode } from '../mode.ts';
import type { LimitRule, ServiceContract } from '../service.ts';

/** What the response headers say about the caller's window. */
export interface LimitState {
  readonly limit: number;
  readonly remaining: number;
  /** When the window has fully reset, in Unix seconds. */
  readonly resetAt: number;
}

export interface Limiter {
  /** Takes one slot. Throws `rate_limited` with the seconds to wait when none is left. */
  take(mode: Mode, who: string, now: number): Promise<LimitState>;
}

/** The part of a Redis client that the limiter library uses; ioredis and node-redis both fit. */
export type RedisClient = object;

/**
 * The counters of one service: in memory, or in Redis where several nodes share them. A Redis that is away must not
 * take the API with it, so this node's memory counts meanwhile.
 */
export function createLimiter(contract: ServiceContract, redis?: RedisClient): Limiter {
  const counters = {
    live: counterOf(contract, 'live', redis),
    test: contract.modes.limits.test.counter === 'both' ? null : counterOf(contract, 'test', redis),
  };
  return {
    async take(mode, who, now) {
      const rule = contract.modes.limits[mode];
      const counter = (mode === 'test' ? counters.test : null) ?? counters.live;
      try {
        return stateOf(rule, await counter.consume(who), now);
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
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
  };
}

function counterOf(contract: ServiceContract, mode: Mode, redis: RedisClient | undefined) {
  const rule = contract.modes.limits[mode];
  const options = { points: rule.max, duration: rule.windowMs / 1000, keyPrefix: `interlock:${contract.name}:${mode}` };
  const memory = new RateLimiterMemory(options);
  return redis === undefined
    ? memory
    : new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory });
}

function stateOf(rule: LimitRule, result: RateLimiterRes, now: number): LimitState {
  return {
    limit: rule.max,
    remaining: Math.max(0, result.remainingPoints),
    resetAt: Math.ceil((now + result.msBeforeNext) / 1000),
  };
}
