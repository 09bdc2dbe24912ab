import { describe, expect, test } from 'vitest';
import type { DataRule, Mode, PerMode } from '../../core/service.ts';
import { services } from '../../services/index.ts';
import { decideSubscription, matchesEvent, type SubscribableEvent, type Subscription } from './decide-subscription.ts';

const contracts = {
  isolated: { live: 'isolated', test: 'isolated' },
  shared: { live: 'shared', test: 'shared' },
  'pure in test': { live: 'isolated', test: 'pure' },
} as const satisfies Record<string, PerMode<DataRule>>;

const event: SubscribableEvent = { mode: 'live', type: 'invoice.processed', subject: null };
const endpoint: Subscription = { enabled: true, mode: 'live', testMode: false, events: ['*'], subject: null };
const said = (decision: ReturnType<typeof decideSubscription>) =>
  decision.type === 'send' ? 'send' : `skip: ${decision.why}`;

describe('the mode contracts', () => {
  test.each<[contract: keyof typeof contracts, from: Mode, to: Mode, testMode: boolean, decision: string]>([
    ['isolated', 'live', 'live', false, 'send'],
    ['isolated', 'live', 'test', false, 'skip: other_mode'],
    ['isolated', 'test', 'test', false, 'send'],
    ['isolated', 'test', 'live', false, 'skip: other_mode'],
    // The flag is no way around the mode of an isolated endpoint.
    ['isolated', 'live', 'live', true, 'send'],
    ['isolated', 'live', 'test', true, 'skip: other_mode'],
    ['isolated', 'test', 'test', true, 'send'],
    ['isolated', 'test', 'live', true, 'skip: other_mode'],
    // Where rows are shared the flag decides, whichever key made the endpoint.
    ['shared', 'live', 'live', false, 'send'],
    ['shared', 'live', 'test', false, 'send'],
    ['shared', 'test', 'live', false, 'skip: other_mode'],
    ['shared', 'test', 'test', false, 'skip: other_mode'],
    ['shared', 'live', 'live', true, 'skip: other_mode'],
    ['shared', 'live', 'test', true, 'skip: other_mode'],
    ['shared', 'test', 'live', true, 'send'],
    ['shared', 'test', 'test', true, 'send'],
    // Of a pure mode nothing leaves, whatever an endpoint says of itself.
    ['pure in test', 'live', 'live', false, 'send'],
    ['pure in test', 'live', 'test', false, 'skip: other_mode'],
    ['pure in test', 'test', 'live', false, 'skip: pure_mode'],
    ['pure in test', 'test', 'test', false, 'skip: pure_mode'],
    ['pure in test', 'test', 'live', true, 'skip: pure_mode'],
    ['pure in test', 'test', 'test', true, 'skip: pure_mode'],
  ])('%s: from %s mode to an endpoint of %s mode, flagged %s: %s', (contract, from, to, testMode, decision) => {
    const reached = { ...endpoint, mode: to, testMode };
    expect(said(decideSubscription(contracts[contract], { ...event, mode: from }, reached))).toBe(decision);
  });

  test.each(services.map(({ contract }) => ({ name: contract.name, data: contract.modes.data })))(
    '$name: no endpoint gets the events of both modes',
    ({ data }) => {
      for (const mode of ['live', 'test'] as const) {
        for (const testMode of [false, true]) {
          const got = (['live', 'test'] as const).filter(
            (from) =>
              decideSubscription(data, { ...event, mode: from }, { ...endpoint, mode, testMode }).type === 'send',
          );
          expect(got.length).toBeLessThanOrEqual(1);
        }
      }
    },
  );
});

describe('what an endpoint asks for', () => {
  test.each<[string, Partial<Subscription>, Partial<SubscribableEvent>, string]>([
    ['a disabled one gets nothing', { enabled: false }, {}, 'skip: disabled'],
    ['one of its types', { events: ['invoice.failed', 'invoice.processed'] }, {}, 'send'],
    ['none of its types', { events: ['invoice.failed'] }, {}, 'skip: not_subscribed'],
    ['a noun', { events: ['invoice.*'] }, {}, 'send'],
    ['another noun', { events: ['job.*'] }, {}, 'skip: not_subscribed'],
    ['no types at all', { events: [] }, {}, 'skip: not_subscribed'],
    ['its subject', { subject: 'cl_1' }, { subject: 'cl_1' }, 'send'],
    ['another subject', { subject: 'cl_1' }, { subject: 'cl_2' }, 'skip: other_subject'],
    ['no subject, where it asks for one', { subject: 'cl_1' }, { subject: null }, 'skip: other_subject'],
    ['any subject, where it asks for none', { subject: null }, { subject: 'cl_1' }, 'send'],
  ])('%s', (_, asks, happens, decision) => {
    expect(said(decideSubscription(contracts.isolated, { ...event, ...happens }, { ...endpoint, ...asks }))).toBe(
      decision,
    );
  });
});

test.each([
  ['*', 'invoice.processed', true],
  ['invoice.processed', 'invoice.processed', true],
  ['invoice.processed', 'invoice.processed.again', false],
  ['invoice.processed', 'invoice', false],
  ['invoice.*', 'invoice.processed', true],
  ['invoice.*', 'invoice.line.added', true],
  ['invoice.line.*', 'invoice.line.added', true],
  ['invoice.line.*', 'invoice.processed', false],
  ['invoice.*', 'invoice', false],
  ['invoice.*', 'invoice.', false],
  ['invoice.*', 'invoices.processed', false],
  ['*.processed', 'invoice.processed', false],
  ['invoice*', 'invoice.processed', false],
  ['Invoice.*', 'invoice.processed', false],
  ['!invoice.processed', 'invoice.failed', false],
  ['.*', 'invoice.processed', false],
  ['', 'invoice.processed', false],
])('%j covers %j: %s', (pattern, type, covered) => {
  expect(matchesEvent(pattern, type)).toBe(covered);
});
