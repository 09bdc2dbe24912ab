import { Type } from 'typebox';
import { error, operation } from './contract.ts';
import { chainOwner, newServerSeed } from './draw-live.ts';
import { fixtureSeed } from './draw-test.ts';
import { readClientSeed } from './parameters.ts';
import { advanceCursor, ensureChain, lockChain, storeNextSeed, storeRevealedSeed } from './repository.ts';
import { clientSeedSchema, hashSchema, millisSchema, modeSchema, seedSchema, sequenceSchema } from './schemas.ts';
import { openSeed } from './sealed-seed.ts';

const requiredSeed = Type.Object({ clientSeed: clientSeedSchema });

/** Reveals the seed of a chain and installs a fresh one (specification 3.4, 4.6). */
export const rotate = operation({
  id: 'randomness.rotate',
  summary: 'Reveal the hidden seed of a chain and go on with a fresh one',
  useWhen:
    'when the draws so far shall become verifiable: what was drawn under a hidden seed can be checked once it is revealed',
  tag: 'Chains',
  method: 'POST',
  path: '/rotate',
  scope: 'draw',
  modes: ['live'],
  input: Type.Object({ clientSeed: clientSeedSchema }, { additionalProperties: false }),
  output: Type.Object({
    clientSeed: clientSeedSchema,
    revealed: Type.Object(
      { serverSeed: seedSchema, serverHash: hashSchema, cursor: sequenceSchema, nonce: sequenceSchema },
      { description: 'The seed that was in use, and where the chain stood.' },
    ),
    next: Type.Object(
      { serverHash: hashSchema, cursor: sequenceSchema, nonce: sequenceSchema, rotatedAt: millisSchema },
      { description: 'The seed from now on, by its hash.' },
    ),
  }),
  writes: true,
  errors: ['no_seed_state'],
  run: async (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    const keyId = chainOwner(ctx);
    const chain = await lockChain(ctx.db, keyId, clientSeed);
    if (chain === undefined) throw noChain(404);
    const serverSeed = openSeed(chain.sealed_seed, ctx.settings.seedKey);
    const next = newServerSeed(ctx);
    const rotatedAt = ctx.now();
    storeRevealedSeed(ctx.db, {
      keyId,
      clientSeed,
      serverHash: chain.server_hash,
      serverSeed,
      firstNonce: chain.first_nonce,
      nextNonce: chain.nonce,
      cursor: chain.cursor,
      revealedMs: rotatedAt,
    });
    storeNextSeed(ctx.db, keyId, clientSeed, next);
    const { cursor, nonce } = chain;
    return {
      clientSeed,
      revealed: { serverSeed, serverHash: chain.server_hash, cursor, nonce },
      next: { serverHash: next.serverHash, cursor, nonce, rotatedAt },
    };
  },
});

const chainState = Type.Object({
  clientSeed: clientSeedSchema,
  cursor: sequenceSchema,
  nonce: sequenceSchema,
  serverHash: hashSchema,
  created: millisSchema,
});

export const incrementCursor = operation({
  id: 'randomness.incrementCursor',
  summary: 'Move the cursor of a chain on by one byte',
  tag: 'Chains',
  method: 'GET',
  path: '/incrementCursor',
  scope: 'draw',
  modes: ['live'],
  input: requiredSeed,
  output: chainState,
  writes: true,
  errors: ['no_seed_state'],
  run: async (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    const chain = await advanceCursor(ctx.db, chainOwner(ctx), clientSeed);
    if (chain === undefined) throw noChain(400);
    return { clientSeed, cursor: chain.cursor, nonce: chain.nonce, serverHash: chain.server_hash, created: ctx.now() };
  },
});

/** Shows the commitment before the first draw: without it a single draw has no hash published in advance. */
export const seed = operation({
  id: 'randomness.seed',
  summary: 'The hash of the hidden seed that the next draw uses',
  useWhen: 'before a draw that somebody will check, to keep the hash of the seed that decides it',
  tag: 'Chains',
  method: 'GET',
  path: '/seed',
  scope: 'draw',
  input: requiredSeed,
  output: Type.Object({
    clientSeed: clientSeedSchema,
    serverHash: hashSchema,
    cursor: sequenceSchema,
    nonce: sequenceSchema,
    mode: modeSchema,
  }),
  writes: true,
  run: async (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    if (ctx.mode === 'test') {
      // A fixture's nonce comes from its parameters, so before the draw there is only the hash to show.
      return { clientSeed, serverHash: fixtureSeed(ctx, clientSeed).serverHash, cursor: 0, nonce: 0, mode: ctx.mode };
    }
    const keyId = chainOwner(ctx);
    let chain = await lockChain(ctx.db, keyId, clientSeed);
    if (chain === undefined) {
      await ensureChain(ctx.db, keyId, clientSeed, newServerSeed(ctx), ctx.now());
      chain = await lockChain(ctx.db, keyId, clientSeed);
    }
    if (chain === undefined) throw new Error('a chain that was just made is not there');
    return { clientSeed, serverHash: chain.server_hash, cursor: chain.cursor, nonce: chain.nonce, mode: ctx.mode };
  },
});

/** A client seed where it is not optional. */
export function readSeed(value: string): string {
  const reading = readClientSeed(value);
  if (!reading.ok) throw error('invalid_request', reading.message, { param: reading.param });
  return reading.clientSeed;
}

function noChain(status: number) {
  const message = 'No outcome was drawn with this client seed and key yet, so there is no chain; draw once first.';
  return error('no_seed_state', message, { param: 'clientSeed', status });
}
