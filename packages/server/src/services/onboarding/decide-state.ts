import type { State } from './schemas.ts';

/** A state, and whether the customer is to act; one never says other than the other. */
export interface Standing {
  readonly state: State;
  readonly waiting_on_customer: boolean;
}

/**
 * Keeps state and flag together (specification 2.4.2, ST-4): a state that is written decides about the flag, a flag that is
 * written alone about the state.
 */
export function decideState(before: Standing, change: Partial<Standing>): Standing {
  if (change.state !== undefined) return { state: change.state, waiting_on_customer: change.state === 'waiting' };
  if (change.waiting_on_customer === true) return { state: 'waiting', waiting_on_customer: true };
  if (change.waiting_on_customer === undefined || before.state !== 'waiting') {
    return { state: before.state, waiting_on_customer: before.waiting_on_customer };
  }
  return { state: 'active', waiting_on_customer: false };
}
