import { error } from './contract.ts';

/** Reads the key by which the receiver tells repetitions (specification 7.2). */
export function readOccurrenceKey(key: string | null): string | null {
  if (key === null || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw error('invalid_idempotency_key', 'idempotency_key must have 1 to 255 printable ASCII characters.', {
    param: 'idempotency_key',
    status: 422,
  });
}

/** An occurrence, as far as its key depends on it. */
export interface KeyedOccurrence {
  readonly deliveryId: string;
  readonly recurring: boolean;
  /** From 1; 0 for what a backfill made, which has no number. */
  readonly occurrence: number;
  readonly scheduledFor: number;
}

/**
 * The value of the outbound `Idempotency-Key`: the schedule's own, with the number of the occurrence where there are
 * several, else the id of the delivery.
 */
export function occurrenceKeyOf(
  key: string | null,
  { deliveryId, recurring, occurrence, scheduledFor }: KeyedOccurrence,
) {
  if (key === null) return deliveryId;
  if (!recurring) return key;
  return occurrence === 0 ? `${key}_at_${Math.floor(scheduledFor / 1000)}` : `${key}_${occurrence}`;
}
