import type { ExponentialRetry } from '../core/deliveries.ts';
import type { Mode } from '../core/mode.ts';
import type { BreakerPolicy, BreakerState } from './breaker.ts';
import type { BucketPolicy, BucketState } from './token-bucket.ts';

/** How much a target may be sent; `null` where it has no such rule. */
export interface TargetPolicies {
  readonly rateLimit: BucketPolicy | null;
  readonly retryBudget: BucketPolicy | null;
  readonly breaker: BreakerPolicy | null;
  readonly maxInFlight: number | null;
}

/** What all nodes know of a target. */
export interface TargetState {
  readonly bucket?: BucketState | null;
  readonly budget?: BucketState | null;
  readonly breaker?: BreakerState | null;
}

/** What is sent and where, as its sender wrote it down. */
export interface Content {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly contentType: string | null;
  readonly retry: ExponentialRetry | null;
  readonly timeoutMs: number | null;
}

/** A delivery that this node has leased. Instants are Unix milliseconds. */
export interface Held {
  readonly mode: Mode;
  readonly workspaceId: string;
  readonly id: string;
  readonly service: string;
  readonly kind: string;
  readonly sourceId: string;
  readonly occurrence: number;
  readonly eventType: string | null;
  readonly targetId: string | null;
  readonly token: number;
  readonly attemptCount: number;
  readonly watched: boolean;
  readonly scheduledFor: number;
  readonly dueAt: number;
  readonly deadline: number | null;
  readonly idempotencyKey: string;
  readonly replayOf: string | null;
  readonly fireClass: string;
  readonly pausedWhenDue: boolean;
  readonly afterLoss: boolean;
  /** `null` when it goes to no target of its own. */
  readonly policies: TargetPolicies | null;
  readonly url: string;
  /** Opened when it is needed: what waits in memory stays encrypted. */
  readonly content: () => Content;
  /** The round of a breaker's probes that let it through. */
  probe: number | null;
  /** Those that sign its attempt, newest first. */
  secrets: readonly { readonly open: () => string }[];
}

/** The name of a delivery over both modes and all workspaces. */
export function heldName({ mode, workspaceId, id }: Pick<Held, 'mode' | 'workspaceId' | 'id'>): string {
  return `${mode} ${workspaceId} ${id}`;
}

/** Whether sending to its target has to be decided with what other nodes know of it. */
export function isBounded({ policies }: Held): boolean {
  return policies !== null && (policies.rateLimit ?? policies.breaker ?? policies.maxInFlight) !== null;
}

/** Whether what came of an attempt has to be told to the other nodes. */
export function isWatchedOver({ policies }: Held): boolean {
  return policies !== null && (policies.retryBudget ?? policies.breaker) !== null;
}
