import type { Outward } from '../core/context.ts';
import type { Mode } from '../core/mode.ts';
import { checkTarget, type EgressPolicy } from './egress.ts';
import { checkHeaders } from './header-rules.ts';

/** Who is told what requests queue and take back. */
export interface OutwardListener {
  /** Something is due at an instant, in Unix milliseconds. */
  due(mode: Mode, at: number): void;
  /** Whoever holds these deliveries lets go of them. */
  withdraw(mode: Mode, deliveryIds: readonly string[]): void;
}

/** What requests know of the dispatcher: the rules for targets, and somebody to tell. */
export function createOutward(policy: EgressPolicy): Outward & { tell(listener: OutwardListener): void } {
  let listener: OutwardListener | null = null;
  return {
    tell(told) {
      listener = told;
    },
    due: (mode, at) => listener?.due(mode, at),
    withdraw: (mode, deliveryIds) => listener?.withdraw(mode, deliveryIds),
    targetProblem(url) {
      const checked = checkTarget(url, policy);
      return checked.ok ? null : checked.message;
    },
    headersProblem: (headers) => checkHeaders(headers)?.message ?? null,
  };
}
