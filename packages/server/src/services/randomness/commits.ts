import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { readSeed } from './chains.ts';
import { readParams } from './check-input.ts';
import { readCommitId, writeCommitId } from './commit-id.ts';
import { type Ctx, error, operation } from './contract.ts';
import { chainOwner, newServerSeed, record } from './draw-live.ts';
import { composeFixture, fixtureSecretOf } from './draw-test.ts';
import { serverHashOf, testCommitSeed } from './fixtures.ts';
import type { Outcome } from './outcome.ts';
import { commitExistsAnywhere, lockCommit, storeCommit, storeReveal, storeRevealedSeed } from './repository.ts';
import { isEndpoint } from './request.ts';
import { anyOutcomeSchema, clientSeedSchema, hashSchema, millisSchema } from './schemas.ts';
import { openSeed } from './sealed-seed.ts';

const uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', description: 'A UUID.' });

export const commit = operation({
  id: 'randomness.commit',
  summary: 'Publish the hash of a hidden seed before the client seed exists',
  useWhen: 'when others must be sure beforehand that the seed was fixed; the draw is then `randomness.reveal`',
  tag: 'Commit and reveal',
  method: 'POST',
  path: '/commit',
  scope: 'draw',
  input: Type.Object(
    {
      ttlMs: Type.Optional(
        Type.Integer({
          minimum: 60_000,
          maximum: 604_800_000,
          description:
            'How long it can be revealed, so that a raffle can stay committed for days; 10 minutes by default.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ commitId: uuid, serverHash: hashSchema, expiresAt: millisSchema }),
  writes: true,
  run: (ctx, input) => {
    const expiresAt = ctx.now() + (input.ttlMs ?? ctx.settings.commitTtlMs);
    if (ctx.mode === 'test') {
      const serverHash = serverHashOf(testCommitSeed(fixtureSecretOf(ctx), ctx.workspaceId));
      return { commitId: freshTestId(ctx, expiresAt), serverHash, expiresAt };
    }
    const { serverHash, sealedSeed } = newServerSeed(ctx);
    const commitId = randomUUID();
    storeCommit(ctx.db, { commitId, keyId: chainOwner(ctx), sealedSeed, serverHash, expiresMs: expiresAt });
    return { commitId, serverHash, expiresAt };
  },
});

export const reveal = operation({
  id: 'randomness.reveal',
  summary: 'Draw from a committed seed and reveal it',
  useWhen: 'to draw from what `randomness.commit` fixed, and to show the seed in the same answer',
  tag: 'Commit and reveal',
  method: 'POST',
  path: '/reveal',
  scope: 'draw',
  input: Type.Object(
    {
      commitId: uuid,
      clientSeed: clientSeedSchema,
      endpoint: Type.String({ description: 'Any generator.' }),
      params: Type.Optional(Type.Unknown({ description: "The generator's parameters." })),
    },
    { additionalProperties: false },
  ),
  output: anyOutcomeSchema,
  writes: true,
  idempotent: true,
  errors: ['commit_key_mismatch', 'commit_not_found', 'commit_already_revealed', 'commit_expired', 'quota_exceeded'],
  read({ commitId, clientSeed, endpoint, params = {} }) {
    const seed = readSeed(clientSeed);
    if (!isEndpoint(endpoint)) {
      throw error('invalid_request', '"endpoint" must be one of the generators, such as "ints".', {
        param: 'endpoint',
      });
    }
    if (typeof params === 'object' && params !== null && Object.hasOwn(params, 'clientSeed')) {
      throw error('invalid_request', 'In a reveal "clientSeed" stands beside "params", not in it.', {
        param: 'params.clientSeed',
      });
    }
    return { ...readParams(endpoint, params), clientSeed: seed, commitId: commitId.toLowerCase() };
  },
  run: async (ctx, { commitId, clientSeed, request, toolMeta }): Promise<Outcome> => {
    if (ctx.mode === 'test') {
      spendTestCommit(ctx, commitId);
      const serverSeed = testCommitSeed(fixtureSecretOf(ctx), ctx.workspaceId);
      const position = { serverSeed, serverHash: serverHashOf(serverSeed), clientSeed, nonce: 0, cursor: 0 };
      return { ...composeFixture(ctx, request, position, toolMeta, '/api/reveal'), serverSeed, commitId };
    }

    const row = await lockCommit(ctx.db, commitId);
    if (row === undefined) {
      throw (await commitExistsAnywhere(ctx.db, commitId)) ? otherKey() : unknownCommit();
    }
    if (row.key_id !== chainOwner(ctx)) throw otherKey();
    if (row.revealed_ms !== null) throw alreadyRevealed();
    if (row.expires_ms <= ctx.now()) throw expired(row.expires_ms);
    await ctx.quota.take();
    const serverSeed = openSeed(row.sealed_seed, ctx.settings.seedKey);
    storeReveal(ctx.db, commitId, ctx.now());
    storeRevealedSeed(ctx.db, {
      keyId: row.key_id,
      clientSeed,
      serverHash: row.server_hash,
      serverSeed,
      firstNonce: 0,
      nextNonce: 1,
      cursor: 0,
      revealedMs: ctx.now(),
    });
    const position = { serverSeed, serverHash: row.server_hash, clientSeed, nonce: 0, cursor: 0 };
    const outcome = record(ctx, request, position, { toolMeta, commitId, path: '/api/reveal' });
    return { ...outcome, serverSeed, commitId };
  },
});

/** Test commits that were revealed, until they expire: memory of this process, since test mode keeps no rows. */
const spent = new Map<string, number>();
const maxSpent = 100_000;
let issued = 0;

/** The id's salt only has to differ between commits of one millisecond; it needs no chance. */
function freshTestId(ctx: Ctx, expiresMs: number): string {
  issued = (issued + 1) % 4096;
  const salt = Buffer.from([issued >> 8, issued & 255]);
  return writeCommitId(fixtureSecretOf(ctx), ctx.workspaceId, chainOwner(ctx), expiresMs, salt);
}

function spendTestCommit(ctx: Ctx, commitId: string): void {
  const found = readCommitId(fixtureSecretOf(ctx), ctx.workspaceId, chainOwner(ctx), commitId);
  if (found === null) throw unknownCommit();
  if (!found.sameKey) throw otherKey();
  if (spent.has(commitId)) throw alreadyRevealed();
  if (found.expiresMs <= ctx.now()) throw expired(found.expiresMs);
  for (const [id, expiresMs] of spent) {
    if (expiresMs > ctx.now() && spent.size < maxSpent) break;
    spent.delete(id);
  }
  spent.set(commitId, found.expiresMs);
}

function unknownCommit() {
  return error('commit_not_found', 'There is no such commit; make one with POST /api/commit.', { param: 'commitId' });
}

function otherKey() {
  return error(
    'commit_key_mismatch',
    'This commit was made with another key, or without one; reveal it with the same.',
    { param: 'commitId' },
  );
}

function alreadyRevealed() {
  return error('commit_already_revealed', 'This commit was revealed already; a commit can be used once.', {
    param: 'commitId',
  });
}

function expired(expiresMs: number) {
  return error('commit_expired', `This commit expired at ${new Date(expiresMs).toISOString()}; make a new one.`, {
    param: 'commitId',
  });
}
