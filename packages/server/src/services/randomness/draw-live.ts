import { announce } from './announce.ts';
import { type Ctx, error } from './contract.ts';
import { serverHashOf } from './fixtures.ts';
import { composeOutcome, type Outcome, permalinkOf } from './outcome.ts';
import { newShortId } from './receipt.ts';
import { storeOutcome, takeNonce } from './repository.ts';
import type { DrawRequest } from './request.ts';
import { openSeed, sealSeed } from './sealed-seed.ts';
import type { ToolMeta } from './tool-meta.ts';

/** One draw as it was asked for. */
export interface Draw {
  readonly clientSeed: string;
  readonly request: DrawRequest;
  readonly toolMeta: ToolMeta | undefined;
}

interface ServerSeed {
  readonly serverSeed: string;
  readonly serverHash: string;
  readonly sealedSeed: Buffer;
}

/**
 * Seeds that were proposed for chains which turned out to exist, and that nothing knows of: every draw has to propose
 * one, and sealing it takes longer than the draw itself. One whose fate is unknown, after an error, is never used again.
 * Kept by the key they are sealed with.
 */
const unusedSeeds = new WeakMap<Buffer, ServerSeed[]>();
const maxUnusedSeeds = 256;

function unusedSeedsOf(seedKey: Buffer): ServerSeed[] {
  let seeds = unusedSeeds.get(seedKey);
  if (seeds === undefined) {
    seeds = [];
    unusedSeeds.set(seedKey, seeds);
  }
  return seeds;
}

/** A fresh hidden seed: 32 bytes of the operating system as hexadecimal text, and its commitment. */
export function newServerSeed(ctx: Ctx): ServerSeed {
  if (ctx.entropy.kind !== 'csprng') throw new Error('a call without chance asked for a fresh seed');
  const serverSeed = ctx.entropy.bytes(32).toString('hex');
  return { serverSeed, serverHash: serverHashOf(serverSeed), sealedSeed: sealSeed(serverSeed, ctx.settings.seedKey) };
}

/** Whose chain a caller draws from: its key's, or for callers without one the shared chain of the client seed. */
export function chainOwner(ctx: Ctx): string {
  return ctx.caller.type === 'key' ? ctx.caller.keyId : '';
}

/** Draws from the chain: takes its next nonce under the row lock, records the outcome, and says so. */
export async function drawLive(ctx: Ctx, { clientSeed, request, toolMeta }: Draw): Promise<Outcome> {
  await ctx.quota.take();
  const keyId = chainOwner(ctx);
  const created = ctx.now();
  const unused = unusedSeedsOf(ctx.settings.seedKey);
  const proposed = unused.pop() ?? newServerSeed(ctx);
  const chain = await takeNonce(ctx.db, keyId, clientSeed, proposed, created);
  const starts = chain?.server_hash === proposed.serverHash;
  if (!starts && unused.length < maxUnusedSeeds) unused.push(proposed);
  if (chain === undefined) {
    // The other draws of a batch go on, so the unit must not stay taken.
    ctx.quota.giveBack();
    throw error('nonce_exhausted', 'This chain has used up its counter; draw with another client seed.', {
      param: 'clientSeed',
    });
  }
  const position = {
    serverSeed: starts ? proposed.serverSeed : openSeed(chain.sealed_seed, ctx.settings.seedKey),
    serverHash: chain.server_hash,
    clientSeed,
    nonce: chain.nonce,
    cursor: chain.cursor,
  };
  return record(ctx, request, position, { toolMeta, commitId: null, path: `/api/${request.endpoint}` });
}

/** Puts an outcome together, stores it, and emits `outcome.created` for callers with a key. */
export function record(
  ctx: Ctx,
  request: DrawRequest,
  position: Parameters<typeof composeOutcome>[2],
  about: { toolMeta: ToolMeta | undefined; commitId: string | null; path: string },
): Outcome {
  const shortId = newShortId();
  const created = ctx.now();
  const { outcome, drawn, params } = composeOutcome(ctx, request, position, {
    shortId,
    created,
    permalink: permalinkOf(ctx, shortId),
    toolMeta: about.toolMeta,
  });
  storeOutcome(ctx.db, chainOwner(ctx), {
    shortId,
    clientSeed: position.clientSeed,
    serverHash: position.serverHash,
    nonce: position.nonce,
    cursor: position.cursor,
    endpoint: request.endpoint,
    params,
    drawn,
    toolMeta: about.toolMeta ?? null,
    commitId: about.commitId,
    receipt: outcome.receipt,
    createdMs: created,
  });
  announce(ctx, outcome, about.path);
  return outcome;
}
