import type { Redis, Result } from 'ioredis';
import type { Tally, WindowRule } from './window.ts';

/** Windows that several nodes share. */
export interface SharedTallies {
  /**
   * Counts one request in all windows, or in none where one of them is full, as one step.
   *
   * @returns whether it was counted, and each window's tally afterwards
   */
  count(
    windows: readonly { readonly key: string; readonly rule: WindowRule }[],
    now: number,
  ): Promise<{ readonly counted: boolean; readonly tallies: readonly Tally[] }>;
}

/**
 * The same arithmetic as in memory, where the counters are. The caller's clock decides, so that both count alike;
 * nodes whose clocks differ by a second differ by a second of their window.
 */
const script = `
local now = tonumber(ARGV[1])
local windows = {}
local counted = 1
for i, key in ipairs(KEYS) do
  local algorithm = ARGV[3 * i - 1]
  local max = tonumber(ARGV[3 * i])
  local size = tonumber(ARGV[3 * i + 1])
  local start, current, previous = 0, 0, 0
  if algorithm == 'sliding_log' then
    local first = redis.call('LINDEX', key, 0)
    while first and now - tonumber(first) >= size do
      redis.call('LPOP', key)
      first = redis.call('LINDEX', key, 0)
    end
    start = tonumber(first or now)
    current = redis.call('LLEN', key)
  else
    local kept = redis.call('HMGET', key, 'start', 'current', 'previous')
    start = tonumber(kept[1] or 0)
    current = tonumber(kept[2] or 0)
    previous = tonumber(kept[3] or 0)
    if algorithm == 'fixed_window' then
      if now - start >= size then current = 0 end
      if current == 0 then start = now end
    else
      local bucket = now - now % size
      if bucket > start then
        previous = bucket - start == size and current or 0
        current = 0
        start = bucket
      end
    end
  end
  local carried = previous == 0 and 0 or previous * math.max(0, 1 - (now - start) / size)
  if current + carried + 1 > max then counted = 0 end
  windows[i] = { start, current, previous }
end
if counted == 1 then
  for i, key in ipairs(KEYS) do
    local size = tonumber(ARGV[3 * i + 1])
    local window = windows[i]
    window[2] = window[2] + 1
    if ARGV[3 * i - 1] == 'sliding_log' then
      redis.call('RPUSH', key, ARGV[1])
    else
      redis.call('HSET', key, 'start', window[1], 'current', window[2], 'previous', window[3])
    end
    redis.call('PEXPIRE', key, 2 * size)
  end
end
return { counted, windows }
`;

type Answer = [counted: 0 | 1, windows: [start: number, current: number, previous: number][]];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countRequest(...args: (string | number)[]): Result<Answer, Context>;
  }
}

export function createSharedTallies(redis: Redis): SharedTallies {
  redis.defineCommand('countRequest', { lua: script });
  return {
    async count(windows, now) {
      const [counted, tallies] = await redis.countRequest(
        windows.length,
        ...windows.map(({ key }) => key),
        now,
        ...windows.flatMap(({ rule }) => [rule.algorithm, rule.max, rule.windowMs]),
      );
      return {
        counted: counted === 1,
        tallies: tallies.map(([start, current, previous]) => ({ start, current, previous })),
      };
    },
  };
}
