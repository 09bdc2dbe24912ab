import { modes } from './mode.ts';
import type { LimitRule, Operation, Service, ServiceContract } from './service.ts';

/**
 * What a declaration says that nothing can keep, as sentences. The compiler refuses most of it, but a file of somebody's own
 * is loaded without one.
 */
export function contractProblems(service: Pick<Service, 'contract' | 'operations' | 'deliveries'>): string[] {
  const { contract, operations } = service;
  const { name, modes: rules } = contract as Partial<ServiceContract>;
  if (rules === undefined) return [`the contract of "${name}" says nothing of its modes`];
  return [
    ...wordProblems(contract),
    ...dataProblems(contract),
    ...(service.deliveries === undefined ? carrierProblems(contract) : []),
    ...limitProblems(contract),
    ...operationProblems(contract, operations),
  ];
}

const vocabulary = {
  data: ['isolated', 'shared', 'pure'],
  foreign: ['not_applicable', 'not_found', 'mismatch'],
  entropy: ['csprng', 'derived'],
} as const;
const dispositions = ['deliver', 'suppress', 'refuse'] as const;

/** A word that nobody knows would be taken for another one, such as an effect that is to be "supressed". */
function wordProblems({ name, modes: rules }: ServiceContract): string[] {
  const said = [
    ...(['data', 'foreign', 'entropy'] as const).map((part) => [part, rules[part], vocabulary[part]] as const),
    ...Object.entries(rules.effects ?? {}).map(([effect, rule]) => [`effects.${effect}`, rule, dispositions] as const),
  ];
  return said.flatMap(([part, rule, words]) =>
    modes.flatMap((mode) => {
      const word: unknown = rule?.[mode];
      if ((words as readonly unknown[]).includes(word)) return [];
      const shown = word === undefined ? 'nothing' : JSON.stringify(word);
      return [`"${name}" says ${shown} of ${part} in ${mode} mode; it can be ${words.join(', ')}`];
    }),
  );
}

/** What is to leave and has nobody to carry it would wait for ever. */
function carrierProblems({ name, modes: { effects }, webhooks, messages }: ServiceContract): string[] {
  const carried = { ...webhooks?.events, ...messages };
  return Object.entries(effects ?? {}).flatMap(([effect, rule]) =>
    modes
      .filter((mode) => rule?.[mode] === 'deliver' && !Object.hasOwn(carried, effect))
      .slice(0, 1)
      .map(
        (mode) =>
          `"${name}" delivers "${effect}" in ${mode} mode, and nothing carries it: name it in webhooks.events, for endpoints, or in messages, with its channel`,
      ),
  );
}

function dataProblems({ name, modes: rules, derivedFrom, settings }: ServiceContract): string[] {
  const isShared = modes.filter((mode) => rules.data?.[mode] === 'shared');
  const derived = modes.filter((mode) => rules.entropy?.[mode] === 'derived');
  const secret = derivedFrom === undefined ? undefined : settings?.[derivedFrom];
  return [
    ...(isShared.length === 1 ? [`"${name}" shares its rows in ${isShared} mode alone; shared is said of both`] : []),
    ...(derived.length > 0 && secret?.kind !== 'secret'
      ? [`"${name}" derives its chance in ${derived} mode; derivedFrom has to name a secret setting`]
      : []),
  ];
}

/** Addresses are counted before the key is looked at, whatever its mode; a key has one mode. */
function limitProblems({ name, modes: { limits } }: ServiceContract): string[] {
  if (limits?.live === undefined || limits.test === undefined) return [`"${name}" says nothing of its limits`];
  const { live, test } = limits;
  if (live.per !== test.per)
    return [`"${name}" counts by ${live.per} in live and by ${test.per} in test mode; choose one`];
  const counter: LimitRule['counter'] = live.per === 'key' ? 'own' : 'both';
  const wrong = modes.filter((mode) => limits[mode].counter !== counter);
  const why = live.per === 'key' ? 'a key has one mode' : 'an address is counted before its key is looked at';
  return wrong.map((mode) => `"${name}" counts by ${live.per}, so counter is "${counter}" in ${mode} mode: ${why}`);
}

function operationProblems({ name, scopes, errors }: ServiceContract, operations: readonly Operation[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  const routes = new Map<string, string>();
  for (const { id, method, path, scope, errors: own = [] } of operations) {
    if (!id.startsWith(`${name}.`)) problems.push(`the operation "${id}" of "${name}" has to begin with "${name}."`);
    if (ids.has(id)) problems.push(`"${name}" has two operations "${id}"`);
    ids.add(id);
    if (scope !== null && !Object.hasOwn(scopes ?? {}, scope)) {
      problems.push(`"${id}" needs the scope "${scope}", which "${name}" does not declare`);
    }
    for (const code of own) {
      if (!Object.hasOwn(errors ?? {}, code))
        problems.push(`"${id}" answers "${code}", which "${name}" does not declare`);
    }
    for (const one of [method].flat()) {
      const route = `${one} ${path.replaceAll(/:\w+/g, ':')}`;
      const other = routes.get(route);
      if (other !== undefined) problems.push(`"${other}" and "${id}" both answer at ${one} ${path}`);
      routes.set(route, id);
    }
  }
  return problems;
}
