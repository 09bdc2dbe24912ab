import type { LimitRule } from '../service.ts';

/** What one key is held to where its owner wants less than the plan allows; `null` in a place: as the plan says. */
export interface KeyRateLimit {
  readonly perMinute: number | null;
  readonly perHour: number | null;
}

/** How long the windows are that a key can be held to. */
export const windowOfLimit = { perMinute: 60_000, perHour: 3_600_000 } as const satisfies Record<
  keyof KeyRateLimit,
  number
>;

/**
 * Why a key of this rule, on this plan, cannot be held to this; `null` where it can. A key's own limit lowers what the
 * service allows and never raises it, and there is nothing to lower where a service counts addresses.
 */
export function rateLimitProblem(
  rule: LimitRule,
  plan: string,
  own: KeyRateLimit,
): { readonly param: string; readonly message: string } | null {
  for (const name of ['perMinute', 'perHour'] as const) {
    const asked = own[name];
    if (asked === null) continue;
    const param = `rateLimit.${name}`;
    const word = name === 'perMinute' ? 'minute' : 'hour';
    if (rule.per === 'address') {
      return { param, message: 'Calls of this service are counted by address, not by key; leave "rateLimit" out.' };
    }
    const ceiling = ceilingOf(rule, plan, windowOfLimit[name]);
    if (ceiling === undefined) {
      return { param, message: `Calls of this service are not counted by the ${word}; leave "${name}" out.` };
    }
    if (ceiling > 0 && asked > ceiling) {
      return { param, message: `It may only lower the plan's ${ceiling} requests a ${word}; give at most that.` };
    }
  }
  return null;
}

/** The fewer of two; 0 and `null` are no limit. */
export function lowerOf(max: number, own: number | null): number {
  if (own === null) return max;
  return max === 0 ? own : Math.min(max, own);
}

/** What a plan allows in windows of this length; `undefined` where there is none. */
function ceilingOf(rule: LimitRule, plan: string, windowMs: number): number | undefined {
  const ofPlan = rule.plans?.[plan];
  if (rule.windowMs === windowMs) return ofPlan?.max ?? rule.max;
  if (rule.also?.windowMs === windowMs) return ofPlan?.also?.max ?? rule.also.max;
  return undefined;
}
