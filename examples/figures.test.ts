import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plain } from '../packages/server/src/core/plain.ts';
import { schedules } from '../packages/server/src/dispatch/webhooks/schedules.ts';
import { contract as invoices } from '../packages/server/src/services/invoices/contract.ts';
import { contract as onboarding } from '../packages/server/src/services/onboarding/contract.ts';
import { contract as randomness } from '../packages/server/src/services/randomness/contract.ts';

/* Figures of the documents that people write, composed from the code that they speak of. */

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const server = 'packages/server/src';

/** The first number behind a name in a line of a file. */
function constant(file: string, name: string): number {
  const [, text] = new RegExp(`\\b${name}\\b[^\\d\\n]*(\\d[\\d_* ]*)`).exec(read(file)) ?? [];
  if (text === undefined) throw new Error(`${file} has no ${name}`);
  return text
    .replaceAll('_', '')
    .split('*')
    .reduce((product, factor) => product * Number(factor), 1);
}

const inWords = (value: number) => value.toLocaleString('en-US');
const span = (ms: number) =>
  ms >= 3_600_000 ? `${ms / 3_600_000} h` : ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`;

const dispatcher = `${server}/dispatch/dispatcher.ts`;
const account = `${server}/services/invoices/account.ts`;
const gate = 'packages/client/src/gateway/idempotency.ts';
const calls = 'packages/client/src/calls.ts';
const usualBadKeys = `${server}/core/keys/bad-keys.ts`;
const perKey = invoices.modes.limits.live;
const { enterprise } = perKey.plans;

const figures: readonly (readonly [page: string, sentence: string])[] = [
  ...Object.entries({ Provable: 'provable', Parseo: 'parseo', Pivotal: 'pivotal', 'any other': 'standard' }).map(
    ([dialect, name]): [string, string] => {
      const { timeoutMs, retries } = schedules[name as keyof typeof schedules];
      return ['concepts/webhooks', `| ${dialect} | ${span(timeoutMs)} | ${retries.waitsMs.map(span).join(', ')} |`];
    },
  ),
  [
    'concepts/webhooks',
    `${randomness.webhooks.maxEndpoints} for each mode of a service, ${onboarding.webhooks.maxEndpoints} of onboarding`,
  ],
  ['concepts/webhooks', `at least ${constant(`${server}/core/signing-secrets/secret-text.ts`, 'least')} characters`],
  ['concepts/webhooks', `the last ${constant(`${server}/core/maintenance.ts`, 'deliveryKeepDays')} days`],
  [
    'concepts/webhooks',
    `sends ${inWords(constant(`${server}/dispatch/webhooks/deliveries.ts`, 'maxRecovered'))} of each`,
  ],
  ['concepts/dispatch', `the first ${constant(`${server}/transports/exchange.ts`, 'keptBodyBytes') / 1_024} KB`],
  ['concepts/dispatch', `silent for ${span(constant(dispatcher, 'silentMs'))}`],
  ['guides/production', `taken over after ${span(constant(dispatcher, 'silentMs'))}`],
  ['concepts/dispatch', `the database for ${span(constant(dispatcher, 'leaseMs'))} stops`],
  ['concepts/dispatch', `tried again every ${span(constant(`${server}/dispatch/preparation.ts`, 'unknownWaitMs'))}`],
  ['concepts/dispatch', `measures every ${span(constant(`${server}/dispatch/clock-watch.ts`, 'everyMs'))}`],
  ['concepts/dispatch', `up to ${constant(`${server}/dispatch/channels/courier.ts`, 'maxAttempts')} attempts`],
  ['concepts/audit', `${constant(`${server}/core/audit/audit.ts`, 'flushEveryMs')} ms later at most`],
  ['concepts/idempotency', `${randomness.idempotency.keepMs / 3_600_000} hours for randomness`],
  ['concepts/idempotency', `${span(randomness.idempotency.waitMs)} for randomness`],
  ['concepts/idempotency', `1 to ${randomness.idempotency.maxLength} printable ASCII characters`],
  [
    'concepts/keys',
    `more than ${constant(usualBadKeys, 'usual: BadKeyRule')} unknown keys in a minute is answered 429 for the rest of it, without a query; at invoices, as in its reference, more than ${invoices.keys.badKeys.max} in ${invoices.keys.badKeys.windowMs / 60_000} minutes shut it out for ${invoices.keys.badKeys.blockMs / 60_000}`,
  ],
  ['concepts/keys', `up to ${constant(`${server}/core/keys/key-ring.ts`, 'maxOverlapMs') / 86_400_000} days`],
  ['guides/build-a-service', `${plain.limits.live.max} requests a minute for each key`],
  [
    'guides/add-modes-to-your-api',
    `after ${span(constant('packages/client/src/gateway/verify-key.ts', 'service, timeoutMs'))} at most`,
  ],
  [
    'guides/add-modes-to-your-api',
    `for ${(constant(gate, 'prolongEveryMs') * constant(gate, 'maxProlongations')) / 60_000} minutes at most`,
  ],
  ['guides/client', `\`maxWaitMs\` (${span(constant(calls, 'maxWaitMs'))})`],
  ['guides/client', `\`maxAttempts\`, ${constant(calls, 'maxAttempts')} in all`],
  ['guides/client', `for each attempt, ${span(constant(calls, 'const timeoutMs'))}`],
  [
    'guides/webhooks-locally',
    `within ${span(constant('packages/cli/src/listen.ts', 'answerMs'))}, and it is sent again`,
  ],
  ['guides/mcp', `over ${constant(`${server}/mcp/mcp-routes.ts`, 'maxBodyBytes') / 1_024 ** 2} MB`],
  ['guides/mcp', `batches of more than ${constant(`${server}/mcp/mcp-routes.ts`, 'maxBatch')}`],
  ['services/randomness', `each address, ${randomness.modes.limits.live.max} a minute`],
  ['services/randomness', `up to ${constant(`${server}/services/randomness/batch.ts`, 'maxDraws')} draws at once`],
  [
    'services/onboarding',
    `${onboarding.modes.limits.live.max} a key; ${onboarding.modes.limits.live.plans.paid.max} in a workspace on the plan`,
  ],
  ['services/onboarding', `| ${onboarding.modes.limits.test.max} a key, counted apart |`],
  [
    'guides/move-from-pivotal',
    `${onboarding.modes.limits.live.max} requests a minute and a test key ${onboarding.modes.limits.test.max}`,
  ],
  [
    'services/invoices',
    `\`partner\` (${inWords(constant(account, 'partner: .* included'))} credits; ${perKey.max} requests a minute and ${inWords(perKey.also.max)} an hour for each key, ${constant(account, 'partner: .* queueDepth')} unfinished jobs in each mode) or \`enterprise\` (no end of credits; ${enterprise.max} and ${inWords(enterprise.also.max)}, ${inWords(constant(account, 'enterprise: .* queueDepth'))} jobs)`,
  ],
];

test.each(figures)('%s says: %s', (page, sentence) => {
  // A table is padded, and a sentence goes on in the next line.
  expect(read(`docs/${page}.md`).replaceAll(/\s+/g, ' ')).toContain(sentence);
});
