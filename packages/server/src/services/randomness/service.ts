import * as account from './account.ts';
import { batch } from './batch.ts';
import { incrementCursor, rotate, seed } from './chains.ts';
import { commit, reveal } from './commits.ts';
import { service } from './contract.ts';
import { eventPayloads } from './event-payloads.ts';
import { generators } from './generators.ts';
import { health, publicMetrics } from './health.ts';
import { findOne, list, verifyServerHash, verifyShortId } from './lookups.ts';
import { loops } from './loops.ts';
import { card, page } from './pages.ts';
import { stream } from './stream-operation.ts';
import { findRoot, listRoots, proveConsistency, proveInclusion } from './transparency.ts';

/** Provably fair randomness. Its promises stand in `contract.ts`; this is its table of contents. */
export const randomness = service({
  operations: [
    ...generators,
    batch,
    stream,
    commit,
    reveal,
    seed,
    rotate,
    incrementCursor,
    verifyServerHash,
    verifyShortId,
    findOne,
    list,
    listRoots,
    proveConsistency,
    findRoot,
    proveInclusion,
    account.quotaOfKey,
    account.usage,
    account.outcomes,
    account.outcomesJson,
    account.outcomesCsv,
    account.testSeed,
    account.listKeys,
    account.createKey,
    account.updateKey,
    account.rotateKey,
    account.revokeKey,
    account.keyActivity,
    health,
    publicMetrics,
    page,
    card,
  ],
  loops,
  eventPayloads,
  migrations: new URL('./migrations/', import.meta.url),
});
