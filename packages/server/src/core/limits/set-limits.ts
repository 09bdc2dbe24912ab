import type { PerMode } from '../mode.ts';
import type { LimitRule } from '../service.ts';
import type { Settings, SettingValues } from '../settings.ts';

/** The limits of a contract with what the operator's settings replace. */
export function setLimits(limits: PerMode<LimitRule>, settings: SettingValues<Settings>): PerMode<LimitRule> {
  const set = <Rule extends { readonly max: number; readonly setting?: string }>(one: Rule): Rule => {
    const value = one.setting === undefined ? undefined : settings[one.setting];
    return typeof value === 'number' ? { ...one, max: value } : one;
  };
  const setRule = (rule: LimitRule): LimitRule => {
    const plans = Object.entries(rule.plans ?? {}).map(
      ([plan, one]) => [plan, { ...set(one), ...(one.also === undefined ? {} : { also: set(one.also) }) }] as const,
    );
    return {
      ...set(rule),
      ...(rule.also === undefined ? {} : { also: set(rule.also) }),
      ...(rule.plans === undefined ? {} : { plans: Object.fromEntries(plans) }),
    };
  };
  return { live: setRule(limits.live), test: setRule(limits.test) };
}
