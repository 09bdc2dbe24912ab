import { refuse } from '../errors.ts';
import { addressGroup } from '../limits/address-group.ts';
import type { Clock } from '../sources.ts';

const windowMs = 60_000;
/** A person who mistypes a key stays far below; a guesser of 200-bit keys gets nowhere anyway, but must not cost queries. */
const maxBadKeys = 30;
const maxAddresses = 50_000;

/** Counts keys that do not exist for each address, in memory. */
export interface BadKeys {
  /** Throws `too_many_bad_keys` when this address has used up its tries. */
  check(address: string): void;
  record(address: string): void;
}

export function createBadKeys(clock: Clock): BadKeys {
  const tries = new Map<string, { count: number; until: number }>();
  return {
    check(address) {
      const seen = tries.get(addressGroup(address));
      const now = clock.now();
      if (seen === undefined || seen.until <= now || seen.count <= maxBadKeys) return;
      throw refuse(
        'too_many_bad_keys',
        'Too many keys that do not exist came from this address; check the key, then try again.',
        {
          retryAfter: Math.max(1, Math.ceil((seen.until - now) / 1000)),
        },
      );
    },
    record(address) {
      const group = addressGroup(address);
      const now = clock.now();
      const seen = tries.get(group);
      if (seen !== undefined && seen.until > now) {
        seen.count++;
        return;
      }
      tries.delete(group);
      if (tries.size >= maxAddresses) {
        const oldest = tries.keys().next().value;
        if (oldest !== undefined) tries.delete(oldest);
      }
      tries.set(group, { count: 1, until: now + windowMs });
    },
  };
}
