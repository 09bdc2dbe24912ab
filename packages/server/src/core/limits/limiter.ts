import { type ApiError, refuse } from '../errors.ts';
import type { Mode } from '../mode.ts';
import type { LimitRule, ServiceContract } from '../service.ts';
import { type KeyRateLimit, lowerOf, windowOfLimit } from './key-rate-limit.ts';
import { createTallies, type Tallies } from './memory-tallies.ts';
import type { SharedTallies } from './redis-tallies.ts';
import { admits, admitsIn, remaining, resetsIn, type Tally, type WindowRule } from './window.ts';

/** What the response headers say about the caller's window. */
export interface LimitState {
  /** The state of the longer window, where there is one. */
  readonly also?: LimitState & { readonly suffix: string };
  readonly limit: number;
  readonly remaining: number;
  /** When the window has reset, in Unix seconds. */
  readonly resetAt: number;
}

export interface Limiter {
  /**
   * Counts one request, in all windows of the rule or in none. At once where memory counts: awaiting what is already
   * there costs a request more than the counting does.
   *
   * @returns `null` where nothing limits this caller
   * @throws `rate_limited` with the seconds to wait when no request is left
   */
  take(mode: Mode, who: string, now: number, terms?: LimitTerms | null): LimitState | null | Promise<LimitState>;
}

/** What of a key decides how much it may ask. */
export interface LimitTerms {
  readonly plan: string;
  readonly rateLimit: KeyRateLimit | null;
}

interface Window {
  readonly rule: WindowRule;
  readonly suffix: string;
  readonly tallies: Tallies;
}

/**
 * The counters of one service: in memory, or in Redis where several nodes share them. A Redis that is away must not
 * take the API with it, so this node's memory counts meanwhile.
 */
export function createLimiter(contract: ServiceContract, shared?: SharedTallies): Limiter {
  const { limits } = contract.modes;
  const counters: Readonly<Record<Mode, 'live' | 'test'>> = {
    live: 'live',
    test: limits.test.counter === 'both' ? 'live' : 'test',
  };
  const windows = { live: windowsOf(limits.live), test: windowsOf(limits.test) };
  return {
    take(mode, who, now, terms) {
      const counter = counters[mode];
      const { byPlan, usual } = windows[counter];
      const { all, counted: ofPlan } = (terms == null ? undefined : byPlan.get(terms.plan)) ?? usual;
      const own = limits[counter].per === 'key' ? (terms?.rateLimit ?? null) : null;
      const chosen = own === null ? ofPlan : all.map((window) => lowered(window, own)).filter(counts);
      if (chosen.length === 0) return null;
      if (shared === undefined) return takeInMemory(chosen, who, now);
      // The braces keep a caller's windows in one slot of a cluster.
      const name = `interlock:{${contract.name}:${counter}:${who}}`;
      const asked = chosen.map(({ rule, suffix }) => ({ key: `${name}${suffix}`, rule }));
      return shared.count(asked, now).then(
        ({ counted, tallies }) => decided(chosen, tallies, now, counted),
        () => takeInMemory(chosen, who, now),
      );
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

/** Those of one plan: all of them, and those that limit by themselves. */
interface Windows {
  readonly all: readonly Window[];
  readonly counted: readonly Window[];
}

/** A plan changes how many requests a caller has, not how many he has made. */
function windowsOf(limit: LimitRule): { usual: Windows; byPlan: ReadonlyMap<string, Windows> } {
  const usual = [limit, ...(limit.also === undefined ? [] : [limit.also])].map(
    ({ max, windowMs, algorithm = 'fixed_window', ...rest }): Window => ({
      rule: { algorithm, max, windowMs },
      suffix: 'suffix' in rest ? rest.suffix : '',
      tallies: createTallies(algorithm, windowMs),
    }),
  );
  const plans = Object.entries(limit.plans ?? {}).map(
    ([plan, { max, also }]) =>
      [
        plan,
        windowsFrom(
          usual.map((window, i) => ({
            ...window,
            rule: { ...window.rule, max: i === 0 ? max : (also?.max ?? window.rule.max) },
          })),
        ),
      ] as const,
  );
  return { usual: windowsFrom(usual), byPlan: new Map(plans) };
}

function windowsFrom(all: readonly Window[]): Windows {
  return { all, counted: all.filter(counts) };
}

function counts({ rule }: Window): boolean {
  return rule.max > 0;
}

/** The same counters with a lower ceiling: a key that is held to less has made what it has made. */
function lowered(window: Window, own: KeyRateLimit): Window {
  const name = (['perMinute', 'perHour'] as const).find((one) => windowOfLimit[one] === window.rule.windowMs);
  const max = lowerOf(window.rule.max, name === undefined ? null : own[name]);
  return { ...window, rule: { ...window.rule, max } };
}

function takeInMemory(windows: readonly Window[], who: string, now: number): LimitState {
  const [first] = windows;
  // Nearly every limit has one window.
  if (windows.length === 1 && first !== undefined) {
    const tally = first.tallies.of(who, now);
    if (!admits(first.rule, tally, now)) throw refused(windows, [tally], now);
    tally.add(now);
    return stateOf(first.rule, tally, now);
  }
  const tallies = windows.map((window) => window.tallies.of(who, now));
  const counted = windows.every(({ rule }, i) => admits(rule, tallyAt(tallies, i), now));
  if (counted) for (const tally of tallies) tally.add(now);
  return decided(windows, tallies, now, counted);
}

function decided(windows: readonly Window[], tallies: readonly Tally[], now: number, counted: boolean): LimitState {
  if (!counted) throw refused(windows, tallies, now);
  return stateOfAll(windows, tallies, now);
}

function stateOfAll(windows: readonly Window[], tallies: readonly Tally[], now: number): LimitState {
  const [state, also] = windows.map(({ rule, suffix }, i) => ({ ...stateOf(rule, tallyAt(tallies, i), now), suffix }));
  if (state === undefined) throw new Error('a limit has at least one window');
  const { suffix: _, ...own } = state;
  return also === undefined ? own : { ...own, also };
}

function stateOf(rule: WindowRule, tally: Tally, now: number): LimitState {
  return {
    limit: rule.max,
    remaining: remaining(rule, tally, now),
    resetAt: Math.ceil((now + resetsIn(rule, tally, now)) / 1000),
  };
}

/** Told of the window that takes longest to admit him. */
function refused(windows: readonly Window[], tallies: readonly Tally[], now: number): ApiError {
  const waits = windows.map(({ rule }, i) => ({ rule, waitMs: admitsIn(rule, tallyAt(tallies, i), now) }));
  const { rule, waitMs } = waits.reduce((longest, one) => (one.waitMs > longest.waitMs ? one : longest));
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  return refuse(
    'rate_limited',
    `Too many requests: ${rule.max} are allowed in ${rule.windowMs / 1000} seconds. Try again in ${retryAfter} s.`,
    { retryAfter, headers: limitHeaders(stateOfAll(windows, tallies, now)) },
  );
}

function tallyAt<T extends Tally>(tallies: readonly T[], index: number): T {
  const tally = tallies[index];
  if (tally === undefined) throw new Error('each window has a tally');
  return tally;
}
