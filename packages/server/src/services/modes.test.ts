import { describe, expect, it } from 'vitest';
import { type ModeContract, modes, type ServiceContract } from '../core/service.ts';
import { fixtureServices } from '../testing/fixtures/services.ts';
import { services } from './index.ts';

/*
 * All promises about modes, test beside live. Changing one means changing its line here, on purpose.
 */
type Line = readonly [live: string, test: string];

const promises: Record<string, Record<string, Line>> = {
  randomness: {
    data: ['isolated', 'pure'],
    foreign: ['not_applicable', 'not_applicable'],
    'effect outcome.created': ['deliver', 'suppress'],
    entropy: ['csprng', 'derived'],
    limit: ['120 per address in 60 s, one counter for both', '120 per address in 60 s, one counter for both'],
    quota: ['10000 draws a day', 'uncounted'],
    ids: ['plain', 'plain'],
    prefix: ['pk_live_', 'pk_test_'],
    anonymous: ['may call', 'refused'],
    idempotency: ['for each key, waits 10 s', 'for each key, waits 10 s'],
  },
  scheduler: {
    data: ['isolated', 'isolated'],
    foreign: ['not_found', 'not_found'],
    'effect delivery.send': ['deliver', 'deliver'],
    entropy: ['csprng', 'csprng'],
    limit: ['none', 'none'],
    quota: ['uncounted', 'uncounted'],
    ids: ['sortable', 'sortable'],
    prefix: ['sk_live_', 'sk_test_'],
    anonymous: ['refused', 'refused'],
    idempotency: ['for each mode, waits 10 s', 'for each mode, waits 10 s'],
  },
  onboarding: {
    data: ['shared', 'shared'],
    foreign: ['not_applicable', 'not_applicable'],
    // Events reach in test mode the endpoints that are flagged for it, and no others.
    'effect customer.created': ['deliver', 'deliver'],
    'effect customer.updated': ['deliver', 'deliver'],
    'effect customer.archived': ['deliver', 'deliver'],
    'effect customer.at_risk': ['deliver', 'deliver'],
    'effect customer.churned': ['deliver', 'deliver'],
    'effect customer.health_score_dropped': ['deliver', 'deliver'],
    'effect contact.created': ['deliver', 'deliver'],
    'effect onboarding.created': ['deliver', 'deliver'],
    'effect onboarding.phase_changed': ['deliver', 'deliver'],
    'effect onboarding.state_changed': ['deliver', 'deliver'],
    'effect onboarding.at_risk': ['deliver', 'deliver'],
    'effect onboarding.back_on_track': ['deliver', 'deliver'],
    'effect onboarding.launched': ['deliver', 'deliver'],
    'effect onboarding.completed': ['deliver', 'deliver'],
    'effect task.completed': ['deliver', 'deliver'],
    'effect slack.message': ['deliver', 'suppress'],
    'effect email.message': ['deliver', 'suppress'],
    'effect stripe.link': ['deliver', 'suppress'],
    'effect stripe.acknowledge': ['deliver', 'suppress'],
    entropy: ['csprng', 'csprng'],
    limit: ['60 per key in 60 s (600 on plan paid), own counter', '30 per key in 60 s, own counter'],
    quota: ['uncounted', 'uncounted'],
    ids: ['cuid', 'cuid'],
    prefix: ['pivotal_', 'pivotal_test_'],
    anonymous: ['refused', 'refused'],
    idempotency: ['for each workspace and endpoint, waits 0 s', 'for each workspace and endpoint, waits 0 s'],
  },
  invoices: {
    data: ['isolated', 'isolated'],
    foreign: ['mismatch', 'mismatch'],
    'effect invoice.processed': ['deliver', 'deliver'],
    'effect invoice.failed': ['deliver', 'deliver'],
    'effect invoice.updated': ['deliver', 'deliver'],
    'effect invoice.deleted': ['deliver', 'deliver'],
    entropy: ['csprng', 'csprng'],
    limit: [
      '60 per key in 60 s (600 on plan enterprise), own counter, and 1000 in 3600 s (20000 on plan enterprise)',
      '60 per key in 60 s (600 on plan enterprise), own counter, and 1000 in 3600 s (20000 on plan enterprise)',
    ],
    quota: ['uncounted', 'uncounted'],
    ids: ['with the mode', 'with the mode'],
    prefix: ['parseo_live_', 'parseo_test_'],
    anonymous: ['refused', 'refused'],
    idempotency: ['for each key, waits 0 s', 'for each key, waits 0 s'],
  },
};

/** The fixtures' promises, which prove the rest of the vocabulary. */
const fixturePromises: Record<string, Record<string, Line>> = {
  notes: {
    data: ['isolated', 'isolated'],
    foreign: ['not_found', 'not_found'],
    'effect note.added': ['deliver', 'deliver'],
    entropy: ['csprng', 'csprng'],
    limit: ['60 per key in 60 s, own counter', '60 per key in 60 s, own counter'],
    quota: ['uncounted', 'uncounted'],
    ids: ['with the mode', 'with the mode'],
    prefix: ['note_live_', 'note_test_'],
    anonymous: ['refused', 'refused'],
    idempotency: ['for each mode, waits 10 s', 'for each mode, waits 10 s'],
  },
  memos: {
    data: ['isolated', 'isolated'],
    foreign: ['mismatch', 'mismatch'],
    'effect memo.filed': ['deliver', 'deliver'],
    entropy: ['csprng', 'csprng'],
    limit: ['60 per address in 60 s, one counter for both', '60 per address in 60 s, one counter for both'],
    quota: ['uncounted', 'uncounted'],
    ids: ['with the mode', 'with the mode'],
    prefix: ['memo_live_', 'memo_test_'],
    anonymous: ['refused', 'refused'],
    idempotency: ['for each key, waits 10 s', 'for each key, waits 10 s'],
  },
  ledger: {
    data: ['shared', 'shared'],
    foreign: ['not_applicable', 'not_applicable'],
    'effect entry.posted': ['deliver', 'suppress'],
    'effect entry.printed': ['deliver', 'refuse'],
    entropy: ['csprng', 'csprng'],
    limit: ['60 per key in 60 s, own counter', '30 per key in 60 s, own counter'],
    quota: ['1000 entries a day', 'uncounted'],
    ids: ['plain', 'plain'],
    prefix: ['ledger_', 'ledger_test_'],
    anonymous: ['refused', 'refused'],
    idempotency: ['for each workspace, waits 0 s', 'for each workspace, waits 0 s'],
  },
};

describe('what each mode promises', () => {
  it('is what the services declare, all of it', () => {
    expect(Object.fromEntries(services.map(({ contract }) => [contract.name, linesOf(contract)]))).toEqual(promises);
  });

  it('covers every word of the vocabulary in the services and their fixtures', () => {
    expect(Object.fromEntries(fixtureServices.map(({ contract }) => [contract.name, linesOf(contract)]))).toEqual(
      fixturePromises,
    );
    const words = new Set(
      Object.values({ ...promises, ...fixturePromises }).flatMap((lines) => Object.values(lines).flat()),
    );
    for (const word of [
      'isolated',
      'shared',
      'pure',
      'not_applicable',
      'not_found',
      'mismatch',
      'deliver',
      'suppress',
      'refuse',
      'csprng',
      'derived',
      'uncounted',
    ]) {
      expect(words, word).toContain(word);
    }
  });

  it('gives every service keys, paths and tables of its own', () => {
    const all = [...services, ...fixtureServices].map(({ contract }) => contract);
    const unique = (values: readonly string[]) => expect(values.length, values.join()).toBe(new Set(values).size);
    unique(all.map((contract) => contract.name));
    unique(all.map((contract) => contract.basePath));
    unique(all.flatMap((contract) => modes.map((mode) => contract.keys.prefix[mode])));
    unique(all.map((contract) => contract.keys.env));
    for (const contract of all) {
      for (const table of Object.keys(contract.tables)) expect(table.startsWith(`${contract.name}_`), table).toBe(true);
      expect(contract.keys.length).toBeGreaterThanOrEqual(40);
      expect(contract.keys.length).toBeLessThanOrEqual(48);
      for (const operation of [...services, ...fixtureServices].find((service) => service.contract === contract)
        ?.operations ?? []) {
        expect(operation.id.startsWith(`${contract.name}.`), operation.id).toBe(true);
      }
    }
  });

  it('never delivers from a mode without tables, and refers nowhere from one', () => {
    for (const { contract } of services) {
      for (const mode of modes) {
        if (contract.modes.data[mode] !== 'pure') continue;
        expect(Object.values(contract.modes.effects).map((rule) => rule[mode])).not.toContain('deliver');
        expect(contract.modes.foreign[mode]).toBe('not_applicable');
      }
    }
  });
});

function linesOf(contract: ServiceContract): Record<string, Line> {
  const { data, foreign, effects, entropy, limits, quota, ...rest } = contract.modes;
  // A word added to the vocabulary is a line added here.
  expect(Object.keys(rest)).toEqual([]);
  const limit = (rule: ModeContract['limits']['live']) =>
    rule.max === 0
      ? 'none'
      : `${rule.max} per ${rule.per} in ${rule.windowMs / 1000} s${plansOf(rule, ({ max }) => max)}, ${rule.counter === 'both' ? 'one counter for both' : 'own counter'}${rule.also === undefined ? '' : `, and ${rule.also.max} in ${rule.also.windowMs / 1000} s${plansOf(rule, ({ also }) => also?.max)}`}`;
  const counted = (rule: ModeContract['quota']['live']) =>
    rule === 'uncounted' ? rule : `${rule.perDay} ${rule.unit.replace(/y$/, 'ie')}s a day`;
  const both = (text: string): Line => [text, text];
  const { scope, perEndpoint, waitMs } = contract.idempotency;
  return {
    data: [data.live, data.test],
    foreign: [foreign.live, foreign.test],
    ...Object.fromEntries(Object.entries(effects).map(([name, rule]) => [`effect ${name}`, [rule.live, rule.test]])),
    entropy: [entropy.live, entropy.test],
    limit: [limit(limits.live), limit(limits.test)],
    quota: [counted(quota.live), counted(quota.test)],
    ids: both(contract.ids === 'mode' ? 'with the mode' : (contract.ids ?? 'plain')),
    prefix: [contract.keys.prefix.live, contract.keys.prefix.test],
    anonymous: [contract.keys.anonymous === 'live' ? 'may call' : 'refused', 'refused'],
    idempotency: both(`for each ${scope}${perEndpoint ? ' and endpoint' : ''}, waits ${waitMs / 1000} s`),
  };
}

type Plan = NonNullable<ModeContract['limits']['live']['plans']>[string];

function plansOf({ plans = {} }: ModeContract['limits']['live'], maxOf: (plan: Plan) => number | undefined): string {
  const named = Object.entries(plans).map(([plan, one]) => `${maxOf(one)} on plan ${plan}`);
  return named.length === 0 ? '' : ` (${named.join(', ')})`;
}
