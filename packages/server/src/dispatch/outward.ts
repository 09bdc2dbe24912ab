import type { Outward } from '../core/context.ts';
import type { Mode } from '../core/mode.ts';
import { checkTarget, type EgressPolicy } from './egress.ts';
import { checkHeaders } from './header-rules.ts';

/** Who is told what requests queue and take back. */
export interface OutwardListener {
  /** Something is due at an instant, in Unix milliseconds. */
  due(mode: Mode, at: number): void;
  /** Whoever holds deliveries with one of these ids, or from, to or of what has one, lets go of them. */
  withdraw(mode: Mode, ids: readonly string[]): void;
}

/** Who knows which endpoints listen, and is told of events for them. */
export interface EventListener {
  mayListen(mode: Mode, workspaceId: string, service: string): boolean;
  /** Events of a workspace have been committed. */
  emitted(mode: Mode, workspaceId: string): void;
}

/** What requests know of the dispatcher: the rules for targets, and somebody to tell. */
export function createOutward(
  policy: EgressPolicy,
): Outward & { tell(listener: OutwardListener): void; tellEvents(listener: EventListener): void } {
  let listener: OutwardListener | null = null;
  let events: EventListener | null = null;
  return {
    tell(told) {
      listener = told;
    },
    tellEvents(told) {
      events = told;
    },
    mayListen: (mode, workspaceId, service) => events?.mayListen(mode, workspaceId, service) ?? true,
    emitted: (mode, workspaceId) => events?.emitted(mode, workspaceId),
    due: (mode, at) => listener?.due(mode, at),
    withdraw: (mode, ids) => listener?.withdraw(mode, ids),
    targetProblem(url) {
      const checked = checkTarget(url, policy);
      return checked.ok ? null : checked.message;
    },
    headersProblem: (headers) => checkHeaders(headers)?.message ?? null,
  };
}
