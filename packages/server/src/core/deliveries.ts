import type { Context, ServiceContract } from './service.ts';

/*
 * What a service and the dispatcher say to each other. The rows stand in the tables of the migration `dispatch`: a
 * service queues by inserting into `messages` and `deliveries` in its own transaction; the dispatcher takes them from
 * there, under a role of its own.
 */

/** How long to wait after a failed attempt: `min(base × factor^n, max)`, and how often to try. */
export interface ExponentialRetry {
  readonly strategy: 'exponential';
  /** The first attempt counts. */
  readonly maxAttempts: number;
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** A delivery that a node has taken and is about to send for the first time. Instants are Unix milliseconds. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly kind: string;
  readonly sourceId: string;
  readonly occurrence: number;
  readonly scheduledFor: number;
  readonly dueAt: number;
  readonly deadline: number | null;
  readonly targetId: string | null;
  readonly fireClass: string;
  readonly pausedWhenDue: boolean;
}

/** What its service makes of a delivery that was claimed. */
export type ClaimDecision =
  /** As it stands, or as another class of fire. */
  | { readonly id: string; readonly type: 'send'; readonly fireClass?: string }
  /** For several occurrences at once: it stands for the newest of them. */
  | {
      readonly id: string;
      readonly type: 'coalesce';
      readonly scheduledFor: number;
      /** Of that newest one. */
      readonly deadline: number | null;
      readonly count: number;
      readonly from: number;
    }
  /** Too late to be wanted, or in the way of another one that still runs. */
  | { readonly id: string; readonly type: 'expire' | 'cancel' }
  /** Not yet: asked again then. */
  | { readonly id: string; readonly type: 'wait'; readonly until: number };

/** One attempt, as the service words its headers. */
export interface OutgoingAttempt {
  readonly deliveryId: string;
  readonly sourceId: string;
  readonly mode: 'live' | 'test';
  /** 1-based. */
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly scheduledFor: number;
  readonly replayOf: string | null;
  readonly contentType: string | null;
  /** When it is signed, in Unix milliseconds. */
  readonly now: number;
}

/** What a dispatcher holds and has done since its process started. */
export interface DispatchFigures {
  /** Deliveries in memory: waiting for their instant, for a slot, or out. */
  readonly held: number;
  readonly inFlight: number;
  /** Taken over from nodes that died. */
  readonly reclaimed: number;
  readonly deferred: Readonly<Record<string, number>>;
  readonly attempts: readonly {
    readonly service: string;
    readonly mode: string;
    readonly outcome: string;
    readonly count: number;
  }[];
  /** Milliseconds from the instant of live first attempts to their first byte, by kind of delivery. */
  readonly lateness: readonly {
    readonly kind: string;
    readonly inBucket: readonly number[];
    readonly sumMs: number;
    readonly count: number;
  }[];
}

/** Upper bounds of the buckets of `DispatchFigures.lateness`. */
export const latenessBoundsMs = [1, 2, 5, 10, 25, 50, 100, 300, 1_000, 10_000, 60_000];

/** What a service does with one kind of its deliveries. */
export interface DeliveryRules<C extends ServiceContract = ServiceContract> {
  /** Used where neither the message nor its target says otherwise. */
  readonly retry: ExponentialRetry;
  /** From the first byte out to the headers of the response, unless the target says otherwise. */
  readonly timeoutMs: number;
  /** How attempts are signed. */
  readonly signature: 'sched';
  /** Sent unless the sender set it himself. */
  readonly userAgent: string;
  /** Beginnings of header names, in lower case, that the sender's own headers cannot have. */
  readonly reservedPrefixes: readonly string[];
  /** Headers that are set last, over whatever the sender configured. */
  headers(attempt: OutgoingAttempt): Readonly<Record<string, string>>;
  /**
   * Told of deliveries that were claimed for their first attempt, when they are `watched` or late by more than a second,
   * in a transaction of their workspace, before anything is sent. Told again when a node died meanwhile, so what it
   * does must bear repetition. A delivery that no decision names is sent.
   */
  claimed?(ctx: Context<C>, deliveries: readonly ClaimedDelivery[]): Promise<readonly ClaimDecision[]>;
}
