import { describe, expect, test } from 'vitest';
import { service as shortlinks } from '../../../../examples/shortlinks/service.ts';
import { services } from '../services/index.ts';
import { contractProblems } from './contract-problems.ts';
import type { Operation, ServiceContract } from './service.ts';

test.each([...services, shortlinks])('$contract.name can be kept', (service) => {
  expect(contractProblems(service)).toEqual([]);
});

describe('what cannot be kept is said', () => {
  const { contract, operations } = shortlinks;
  const { modes: rules } = contract;
  const limit = rules.limits.live;
  const withRules = (change: object) => ({ ...contract, modes: { ...rules, ...change } }) as ServiceContract;
  const first = operations[0] as Operation;

  test.each<[title: string, contract: ServiceContract, operations: readonly Operation[], problem: string]>([
    [
      'no modes',
      { ...contract, modes: undefined } as never,
      [],
      'the contract of "shortlinks" says nothing of its modes',
    ],
    [
      'a word that nobody knows',
      withRules({ effects: { 'link.created': { live: 'deliver', test: 'supress' } } }),
      [],
      '"shortlinks" says "supress" of effects.link.created in test mode; it can be deliver, suppress, refuse',
    ],
    [
      'a mode that is left out',
      withRules({ data: { live: 'isolated' } }),
      [],
      '"shortlinks" says nothing of data in test mode; it can be isolated, shared, pure',
    ],
    [
      'an effect that nobody carries',
      withRules({ effects: { ...rules.effects, 'link.mailed': { live: 'deliver', test: 'suppress' } } }),
      [],
      '"shortlinks" delivers "link.mailed" in live mode, and nothing carries it: name it in webhooks.events, for endpoints, or in messages, with its channel',
    ],
    [
      'rows that one mode shares with nobody',
      withRules({ data: { live: 'shared', test: 'isolated' } }),
      [],
      '"shortlinks" shares its rows in live mode alone; shared is said of both',
    ],
    [
      'chance that is derived from nothing',
      withRules({ entropy: { live: 'csprng', test: 'derived' } }),
      [],
      '"shortlinks" derives its chance in test mode; derivedFrom has to name a secret setting',
    ],
    [
      'one counter for keys of both modes',
      withRules({ limits: { live: { ...limit, counter: 'own' }, test: { ...limit, counter: 'both' } } }),
      [],
      '"shortlinks" counts by key, so counter is "own" in test mode: a key has one mode',
    ],
    [
      'a counter for an address in each mode',
      withRules({
        limits: { live: { ...limit, per: 'address', counter: 'both' }, test: { ...limit, per: 'address' } },
      }),
      [],
      '"shortlinks" counts by address, so counter is "both" in test mode: an address is counted before its key is looked at',
    ],
    [
      'two ways to count',
      withRules({ limits: { live: { ...limit, per: 'address', counter: 'both' }, test: limit } }),
      [],
      '"shortlinks" counts by address in live and by key in test mode; choose one',
    ],
    [
      'an operation of somebody else',
      contract,
      [{ ...first, id: 'links.create' }],
      'the operation "links.create" of "shortlinks" has to begin with "shortlinks."',
    ],
    [
      'two operations at one place',
      contract,
      [
        { ...first, id: 'shortlinks.a', path: '/x/:id' },
        { ...first, id: 'shortlinks.b', path: '/x/:code' },
      ],
      '"shortlinks.a" and "shortlinks.b" both answer at POST /x/:code',
    ],
    [
      'a scope that no key can have',
      contract,
      [{ ...first, scope: 'admin' as never }],
      `"${first.id}" needs the scope "admin", which "shortlinks" does not declare`,
    ],
    [
      'an error without a status',
      contract,
      [{ ...first, errors: ['gone' as never] }],
      `"${first.id}" answers "gone", which "shortlinks" does not declare`,
    ],
  ])('%s', (_, declared, made, problem) => {
    expect(contractProblems({ contract: declared, operations: made })).toEqual([problem]);
  });
});
