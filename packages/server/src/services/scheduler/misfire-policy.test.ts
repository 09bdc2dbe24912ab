import { expect, test } from 'vitest';
import {
  defaultMisfirePolicy,
  formatMisfirePolicy,
  type MisfirePolicy,
  type MisfirePolicyFields,
  readMisfirePolicy,
} from './misfire-policy.ts';

test.each<[MisfirePolicyFields, Partial<MisfirePolicy>]>([
  [{}, {}],
  [{ mode: 'skip' }, { mode: 'skip' }],
  [{ grace: '0' }, { graceMs: 0 }],
  [{ grace: '1h' }, { graceMs: 3_600_000 }],
  [{ window: '60s' }, { windowMs: 60_000 }],
  [{ window: '168h' }, { windowMs: 604_800_000 }],
  [
    { mode: 'catch_up', max_fires: 1000 },
    { mode: 'catch_up', maxFires: 1000 },
  ],
])('%j takes the defaults for the rest', (fields, part) => {
  expect(readMisfirePolicy(fields)).toEqual({ ok: true, policy: { ...defaultMisfirePolicy, ...part } });
});

test.each<[MisfirePolicyFields, string, string, string]>([
  [
    { mode: 'replay' },
    'invalid_misfire_policy',
    'misfire_policy.mode',
    'misfire_policy.mode must be one of coalesce, catch_up, skip',
  ],
  [{ grace: '1d' }, 'invalid_duration', 'misfire_policy.grace', '"1d" is not a duration; write for instance "90s"'],
  [{ grace: '-1s' }, 'invalid_misfire_policy', 'misfire_policy.grace', 'misfire_policy.grace must be 0s to 1h'],
  [{ grace: '1h1ns' }, 'invalid_misfire_policy', 'misfire_policy.grace', 'misfire_policy.grace must be 0s to 1h'],
  [{ window: '59s' }, 'invalid_misfire_policy', 'misfire_policy.window', 'misfire_policy.window must be 1m to 168h'],
  [{ window: '169h' }, 'invalid_misfire_policy', 'misfire_policy.window', 'misfire_policy.window must be 1m to 168h'],
  [
    { max_fires: 0 },
    'invalid_misfire_policy',
    'misfire_policy.max_fires',
    'misfire_policy.max_fires must be 1 to 1000',
  ],
  [
    { max_fires: 1.5 },
    'invalid_misfire_policy',
    'misfire_policy.max_fires',
    'misfire_policy.max_fires must be 1 to 1000',
  ],
  [
    { max_fires: 1001 },
    'invalid_misfire_policy',
    'misfire_policy.max_fires',
    'misfire_policy.max_fires must be 1 to 1000',
  ],
])('%j is refused', (fields, code, param, message) => {
  expect(readMisfirePolicy(fields)).toEqual({ ok: false, code, message, param });
});

test('a policy is echoed with its effective values and normalised durations', () => {
  expect(formatMisfirePolicy(defaultMisfirePolicy)).toEqual({
    mode: 'coalesce',
    grace: '1m0s',
    window: '24h0m0s',
    max_fires: 100,
  });
});
