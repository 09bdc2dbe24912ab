import { refuse } from '../errors.ts';
import { addressGroup } from '../limits/address-group.ts';
import type { Clock } from '../sources.ts';

/** How many keys that do not exist an address may send, in which time, and how long it is refused after more. */
export interface BadKeyRule {
  readonly max: number;
  readonly windowMs: number;
  readonly blockMs: number;
  /** After how many a key that may exist costs no query any more either; until then one that does exist works. */
  readonly maxQueries: number;
}

/** A person who mistypes a key stays far below; a guesser of 200-bit keys gets nowhere anyway, but must not cost queries. */
const usual: BadKeyRule = { max: 30, windowMs: 60_000, blockMs: 0, maxQueries: 30 };
const maxAddresses = 50_000;

/** Counts keys that do not exist for each address, in memory. */
export interface BadKeys {
  /** Throws `too_many_bad_keys` when this address has used up its tries. */
  check(address: string): void;
  /** The same for a key that may exist: throws when the address has used up the queries that it may cost. */
  checkQuery(address: string): void;
  record(address: string): void;
}

export function createBadKeys(clock: Clock, rule: BadKeyRule = usual): BadKeys {
  const tries = new Map<string, { count: number; until: number }>();
  const refuseAfter = (address: string, max: number): void => {
    const seen = tries.get(addressGroup(address));
    const now = clock.now();
    if (seen === undefined || seen.until <= now || seen.count <= max) return;
    throw refuse(
      'too_many_bad_keys',
      'Too many keys that do not exist came from this address; check the key, then try again.',
      {
        retryAfter: Math.max(1, Math.ceil((seen.until - now) / 1000)),
      },
    );
  };
  return {
    check: (address) => refuseAfter(address, rule.max),
    checkQuery: (address) => refuseAfter(address, rule.maxQueries),
    record(address) {
      const group = addressGroup(address);
      const now = clock.now();
      const seen = tries.get(group);
      if (seen !== undefined && seen.until > now) {
        seen.count++;
        if (seen.count === rule.max + 1) seen.until = Math.max(seen.until, now + rule.blockMs);
        return;
      }
      tries.delete(group);
      if (tries.size >= maxAddresses) {
        const oldest = tries.keys().next().value;
        if (oldest !== undefined) tries.delete(oldest);
      }
      tries.set(group, { count: 1, until: now + rule.windowMs });
    },
  };
}
