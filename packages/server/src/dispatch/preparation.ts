import type { ClaimDecision, ClaimedDelivery } from '../core/deliveries.ts';
import { decideTurns } from './admission.ts';
import type { FindCourier } from './couriers.ts';
import { type Held, isBounded } from './held.ts';
import type { HeldDeliveries } from './held-deliveries.ts';
import { type ActiveSecret, type Ending, type GivenBack, type Reclassed, type Store, unsent } from './store.ts';
import type { Tally } from './tally.ts';
import type { Within } from './within.ts';

export interface PreparationOptions {
  readonly store: Store;
  readonly node: string;
  readonly held: HeldDeliveries;
  readonly courierOf: FindCourier;
  /** `null` before the dispatcher has started: no service is asked. */
  readonly within: () => Within | null;
  readonly tally: Tally;
  readonly now: () => number;
  /** From 0 up to 1; chance that spreads waits, never secret. */
  readonly random: () => number;
  readonly onTrouble: (error: unknown, what: string) => void;
}

/** What happens to claimed deliveries of one mode before their instant. */
export interface Preparation {
  /**
   * Asks the services, decides whose turn it is, and finds the secrets.
   *
   * @returns those that go; the others are ended or given back, and held no more
   */
  prepare(claimed: readonly Held[]): Promise<Held[]>;
}

/** Later than this, a service is asked what to make of it. */
export const overdueMs = 1_000;
/** What this node cannot make out may pass, or be known to another node, such as a kind of a newer version. */
export const unknownWaitMs = 5_000;

export function createPreparation(options: PreparationOptions): Preparation {
  return {
    async prepare(claimed) {
      const asked = await askServices(options, claimed);
      const going = await takeTurns(options, asked);
      await findSecrets(options, going);
      return going;
    },
  };
}

async function askServices(options: PreparationOptions, claimed: readonly Held[]): Promise<Held[]> {
  const { courierOf, onTrouble } = options;
  const within = options.within();
  const now = options.now();
  const asking = claimed.filter(
    (held) =>
      held.attemptCount === 0 && held.replayOf === null && (held.watched || now - held.scheduledFor > overdueMs),
  );
  const groups = Map.groupBy(asking, (held) => `${held.service} ${held.kind} ${held.workspaceId}`);
  if (groups.size === 0) return [...claimed];
  const decided = new Map<Held, ClaimDecision>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const { service, mode, workspaceId, ...first } = group[0] as Held;
      const tell = courierOf({ service, mode, kind: first.kind })?.rules?.claimed;
      if (tell === undefined || within === null) return;
      const decisions = await within(service, mode, workspaceId, (ctx) => tell(ctx, group.map(asClaimed))).catch(
        (error: unknown): ClaimDecision[] => {
          // The trouble of one workspace must not keep the others waiting.
          onTrouble(error, 'a service could not be told of what is due');
          return group.map(({ id }) => ({ id, type: 'wait', until: options.now() + unknownWaitMs }));
        },
      );
      const byId = new Map(decisions.map((decision) => [decision.id, decision]));
      for (const held of group) {
        const decision = byId.get(held.id);
        if (decision !== undefined) decided.set(held, decision);
      }
    }),
  );
  return follow(options, claimed, decided);
}

async function follow(
  { store, node, held: all, now }: PreparationOptions,
  claimed: readonly Held[],
  decided: ReadonlyMap<Held, ClaimDecision>,
): Promise<Held[]> {
  const going: Held[] = [];
  const changed: Reclassed[] = [];
  const waiting: (GivenBack & { readonly held: Held })[] = [];
  const over: Ending[] = [];
  for (const held of claimed) {
    const decision = decided.get(held) ?? { id: held.id, type: 'send' };
    switch (decision.type) {
      case 'wait': {
        const deadline = held.deadline ?? Number.POSITIVE_INFINITY;
        if (decision.until > deadline && now() >= deadline) over.push(unsent(held, 'expired'));
        else waiting.push({ held, dueAt: Math.min(decision.until, deadline), deferral: null });
        break;
      }
      case 'expire':
        over.push(unsent(held, 'expired'));
        break;
      case 'cancel':
        over.push(unsent(held, 'canceled'));
        break;
      default: {
        const change = reclassed(held, decision);
        if (change !== null) changed.push(change);
        going.push(change?.held ?? held);
      }
    }
  }
  for (const { held } of changed) all.replace(held);
  for (const { held } of [...waiting, ...over]) all.delete(held);
  await store.reclass(node, changed);
  await store.giveBack(node, waiting);
  if (over.length > 0) await store.end(node, over);
  return going;
}

/** Deliveries to targets with limits take turns that all nodes know of. */
async function takeTurns(
  { store, node, held: all, tally, now, random }: PreparationOptions,
  claimed: readonly Held[],
): Promise<Held[]> {
  const bounded = claimed.filter(isBounded);
  if (bounded.length === 0) return [...claimed];
  const groups = Map.groupBy(bounded, (held) => `${held.workspaceId} ${held.targetId}`);
  const targets = [...groups.values()].map(([held]) => ({
    workspaceId: (held as Held).workspaceId,
    id: (held as Held).targetId ?? '',
  }));
  const deferred = new Set<Held>();
  await store.withTargets(targets, async (states, client) => {
    const given: GivenBack[] = [];
    for (const [name, group] of groups) {
      const locked = states.get(name);
      if (locked === undefined) continue;
      const { turns, state } = decideTurns(
        group,
        { state: locked.state, inFlight: Math.max(0, locked.leased - group.length) },
        now(),
        random,
      );
      locked.state = state;
      for (const turn of turns) {
        if (turn.type === 'go') {
          turn.held.probe = turn.probe;
          continue;
        }
        deferred.add(turn.held);
        tally.deferred(turn.why);
        given.push({ held: turn.held, dueAt: turn.until, deferral: turn.why });
      }
    }
    await store.giveBack(node, given, client);
  });
  for (const held of deferred) all.delete(held);
  return claimed.filter((held) => !deferred.has(held));
}

/** Those of the source itself come before those of its target, and those before the workspace's. */
async function findSecrets({ store, now }: PreparationOptions, going: readonly Held[]): Promise<void> {
  if (going.length === 0) return;
  const workspaces = [...new Set(going.map(({ workspaceId }) => workspaceId))];
  const scopes = [
    ...new Set(going.flatMap(({ sourceId, targetId }) => (targetId === null ? [sourceId] : [sourceId, targetId]))),
  ];
  const secrets = await store.secrets(workspaces, scopes, now());
  if (secrets.length === 0) return;
  const byScope = Map.groupBy(secrets, scopeName);
  for (const held of going) {
    const owner = `${held.workspaceId} ${held.service}`;
    const found =
      byScope.get(`${owner} source ${held.sourceId}`) ??
      byScope.get(`${owner} target ${held.targetId}`) ??
      byScope.get(`${owner} workspace `);
    if (found !== undefined) held.secrets = found;
  }
}

/** `null` when it goes as it stands. */
function reclassed(held: Held, decision: Extract<ClaimDecision, { type: 'send' | 'coalesce' }>): Reclassed | null {
  if (decision.type === 'coalesce') {
    const { scheduledFor, deadline } = decision;
    const changed = { scheduledFor, deadline, fireClass: 'coalesced' };
    return {
      held: { ...held, ...changed },
      ...changed,
      coalescedCount: decision.count,
      coalescedFrom: decision.from,
    };
  }
  if (decision.fireClass === undefined) return null;
  const { scheduledFor, deadline } = held;
  const changed = { scheduledFor, deadline, fireClass: decision.fireClass };
  return { held: { ...held, ...changed }, ...changed, coalescedCount: null, coalescedFrom: null };
}

function asClaimed(held: Held): ClaimedDelivery {
  const { id, kind, sourceId, occurrence, scheduledFor, dueAt, deadline, targetId, fireClass, pausedWhenDue } = held;
  return { id, kind, sourceId, occurrence, scheduledFor, dueAt, deadline, targetId, fireClass, pausedWhenDue };
}

function scopeName({ workspaceId, service, scope, scopeId }: ActiveSecret): string {
  return `${workspaceId} ${service} ${scope} ${scopeId}`;
}
