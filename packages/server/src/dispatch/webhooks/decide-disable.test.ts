import { describe, expect, test } from 'vitest';
import {
  type AttemptOutcome,
  type DisableRule,
  decideDisable,
  disableRules,
  type EndpointHealth,
  freshHealth,
} from './decide-disable.ts';

const start = 1_800_000_000_000;
const hour = 3_600_000;
const day = 24 * hour;

const ok: AttemptOutcome = { type: 'succeeded' };
const failed: AttemptOutcome = { type: 'failed', status: 500, final: false };
const dead: AttemptOutcome = { type: 'failed', status: null, final: true };
const gone: AttemptOutcome = { type: 'failed', status: 410, final: false };

/** Goes through attempts, each at its time after the start, as rows of a database would. */
function after(rule: DisableRule, attempts: readonly (readonly [number, AttemptOutcome])[]) {
  let health: EndpointHealth = freshHealth(start);
  const notices: string[] = [];
  for (const [at, outcome] of attempts) {
    const decision = decideDisable(rule, JSON.parse(JSON.stringify(health)), outcome, start + at);
    health = decision.health;
    if (decision.notice !== null) notices.push(decision.notice.reason);
  }
  return { health, notices };
}

describe('an endpoint that only fails', () => {
  const { provable, parseo, pivotal, standard } = disableRules;
  const deadLetters = (count: number, at: number) => Array.from({ length: count }, () => [at, dead] as const);

  test.each<[string, DisableRule, (readonly [number, AttemptOutcome])[], boolean]>([
    [
      'provable: not before three days',
      provable,
      [
        [0, failed],
        [3 * day - 1, failed],
      ],
      false,
    ],
    [
      'provable: after three days',
      provable,
      [
        [0, failed],
        [day, dead],
        [3 * day, failed],
      ],
      true,
    ],
    [
      'provable: a success starts the time again',
      provable,
      [
        [0, failed],
        [day, ok],
        [3 * day, failed],
      ],
      false,
    ],
    [
      'provable: the time counts from the failure after a success',
      provable,
      [
        [0, failed],
        [day, ok],
        [2 * day, failed],
        [5 * day, failed],
      ],
      true,
    ],
    [
      'provable: silence is no failure',
      provable,
      [
        [0, ok],
        [10 * day, failed],
      ],
      false,
    ],
    ['parseo: not with 19 dead letters', parseo, deadLetters(19, 80 * hour), false],
    ['parseo: with 20 dead letters and no success for 72 hours', parseo, deadLetters(20, 72 * hour), true],
    ['parseo: not with 20 dead letters before', parseo, deadLetters(20, 72 * hour - 1), false],
    [
      'parseo: 20 dead letters before, then one more attempt',
      parseo,
      [...deadLetters(20, 33 * hour), [72 * hour, failed]],
      true,
    ],
    [
      'parseo: a success breaks the row',
      parseo,
      [...deadLetters(19, hour), [2 * hour, ok], ...deadLetters(19, 90 * hour)],
      false,
    ],
    ['parseo: the time counts from the last success', parseo, [[hour, ok], ...deadLetters(20, 72 * hour)], false],
    [
      'parseo: the time counts from the last success, and is over',
      parseo,
      [[hour, ok], ...deadLetters(20, 73 * hour)],
      true,
    ],
    [
      'pivotal: not before five days',
      pivotal,
      [
        [0, failed],
        [5 * day - 1, failed],
      ],
      false,
    ],
    [
      'pivotal: after five days',
      pivotal,
      [
        [0, failed],
        [5 * day, failed],
      ],
      true,
    ],
    [
      'standard: after five days',
      standard,
      [
        [0, failed],
        [5 * day, failed],
      ],
      true,
    ],
  ])('%s', (_, rule, attempts, disabled) => {
    const { health, notices } = after(rule, attempts);
    expect(notices).toEqual(disabled ? ['consecutive_failures'] : []);
    expect(health.disabled).toEqual(
      disabled ? { at: start + (attempts.at(-1)?.[0] ?? 0), reason: 'consecutive_failures' } : null,
    );
  });
});

test.each(Object.entries(disableRules))('%s: 410 Gone disables at once, also after successes', (_, rule) => {
  const { health, notices } = after(rule, [
    [0, ok],
    [hour, gone],
  ]);
  expect(health.disabled).toEqual({ at: start + hour, reason: 'gone' });
  expect(notices).toEqual(['gone']);
});

test('the notice says why, since when, and what to do', () => {
  const failing = after(disableRules.provable, [[hour, failed]]).health;
  expect(decideDisable(disableRules.provable, failing, gone, start + day).notice).toEqual({
    reason: 'gone',
    failingSince: start + hour,
    message: expect.stringMatching(/410 Gone .+ Enable it/),
  });
  expect(decideDisable(disableRules.provable, failing, failed, start + 4 * day).notice).toEqual({
    reason: 'consecutive_failures',
    failingSince: start + hour,
    message: expect.stringMatching(/failed .+ enable it/),
  });
});

test('a success resets the health', () => {
  const { health } = after(disableRules.parseo, [
    [0, dead],
    [hour, failed],
    [2 * hour, ok],
  ]);
  expect(health).toEqual(freshHealth(start + 2 * hour));
});

test.each([
  ['success', ok],
  ['failure', dead],
  ['410', gone],
])('what was under way when an endpoint was disabled changes nothing: %s', (_, outcome) => {
  const disabled = { ...freshHealth(start), disabled: { at: start, reason: 'manual' as const } };
  expect(decideDisable(disableRules.provable, disabled, outcome, start + 9 * day)).toEqual({
    health: disabled,
    notice: null,
  });
});

test('a dead letter counts once for its delivery, not for each of its attempts', () => {
  const chain = Array.from({ length: 8 }, (_, index) => [index * hour, failed] as const);
  expect(after(disableRules.parseo, [...chain, [9 * hour, dead]]).health.deadLetters).toBe(1);
});
