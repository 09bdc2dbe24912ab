import type { LimitAlgorithm } from '../../packages/server/src/core/limits/window.ts';
import type { LimitRule, Mode, PerMode, QuotaRule, ServiceContract } from '../../packages/server/src/core/service.ts';
import { code, table } from './table.ts';

/** The promises of every service, test beside live. */
export function modesPage(contracts: readonly ServiceContract[]): string {
  return `# The mode contracts

What a live key and a test key of each service may see and cause. These are the declarations that the server runs on:
an effect or a mode that is not declared does not compile. [Modes](../concepts/modes.md) explains the words.

- **data**: \`isolated\`, each mode has its own tables; \`shared\`, one set of rows for both; \`pure\`, no table at all.
- **other mode**: what a reference into the other mode is answered with.
- **effects**: \`deliver\`, it leaves; \`suppress\`, it is recorded and stays; \`refuse\`, the request is refused.
- **chance**: \`csprng\`, the system's; \`derived\`, a pure function of the inputs and a secret.

${contracts.map(contractTable).join('\n\n')}
`;
}

function contractTable({ name, title, keys, modes }: ServiceContract): string {
  const row = <T>(label: string, rule: PerMode<T>, show: (value: T, mode: Mode) => string): string[] => [
    label,
    show(rule.live, 'live'),
    show(rule.test, 'test'),
  ];
  const word = (value: string) => code(value);
  return `## ${title} (\`${name}\`)\n\n${table(
    ['', 'live', 'test'],
    [
      row('keys start with', keys.prefix, word),
      ['calls without a key', keys.anonymous === 'live' ? 'permitted' : 'refused', '–'],
      row('data', modes.data, word),
      row('other mode', modes.foreign, (rule) => rule.replaceAll('_', ' ')),
      ...Object.entries(modes.effects).map(([effect, rule]) => row(`effect ${code(effect)}`, rule, word)),
      row('chance', modes.entropy, word),
      row('rate limit', modes.limits, limit),
      row('quota', modes.quota, quota),
    ],
  )}`;
}

const windows: Readonly<Record<LimitAlgorithm, string>> = {
  fixed_window: 'a fixed window',
  sliding_log: 'a sliding window',
  sliding_counter: 'a sliding window of two weighted buckets',
};

function limit({ per, max, windowMs, counter, algorithm = 'fixed_window', also, plans = {} }: LimitRule): string {
  if (max === 0) return 'none';
  const whose = counter === 'both' ? 'one counter for both modes' : 'a counter of its own';
  const most = (first: number, second: number | undefined) =>
    also === undefined
      ? `${first} in ${windowMs / 1000} s`
      : `${first} in ${windowMs / 1000} s and ${second ?? also.max} in ${also.windowMs / 1000} s`;
  const named = Object.entries(plans).map(
    ([plan, one]) => `, on the plan ${code(plan)} ${most(one.max, one.also?.max)}`,
  );
  return `${most(max, also?.max)} for each ${per}${named.join('')}, ${windows[algorithm]}; ${whose}`;
}

function quota(rule: QuotaRule | 'uncounted'): string {
  if (rule === 'uncounted') return 'not counted';
  return rule.perDay === 0 ? 'unlimited' : `${rule.perDay} ${rule.unit}s in a UTC day`;
}
