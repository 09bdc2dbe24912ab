import { announce } from './announce.ts';
import type { Ctx } from './contract.ts';
import type { Draw } from './draw-live.ts';
import { serverHashOf, testCommitSeed, testNonce, testServerSeed, testShortId } from './fixtures.ts';
import { composeOutcome, type Outcome, type Position, permalinkOf, redactedOutcome } from './outcome.ts';
import { canonicalParameters, readDraw } from './parameters.ts';
import { readToken, writeToken } from './permalink-token.ts';
import type { DrawRequest } from './request.ts';
import { isPassword, type ToolMeta } from './tool-meta.ts';

/** What keys this installation's fixtures; only a mode with derived entropy has it. */
export function fixtureSecretOf(ctx: Pick<Ctx, 'entropy'>): Buffer {
  if (ctx.entropy.kind !== 'derived') throw new Error('a live call asked for a fixture');
  return ctx.entropy.secret;
}

/**
 * A test draw: a pure function of the account, the client seed and the parameters (specification 5.2).
 *
 * @param step which frame of a stream; a plain call is frame 0
 */
export function drawFixture(ctx: Ctx, { clientSeed, request, toolMeta }: Draw, step = 0): Outcome {
  const nonce = nonceOf(request) + step;
  const position = { ...fixtureSeed(ctx, clientSeed), clientSeed, nonce, cursor: 0 };
  return composeFixture(ctx, request, position, toolMeta, `/api/${request.endpoint}`);
}

/** The nonce of frame 0. */
export function nonceOf(request: DrawRequest): number {
  return testNonce(request.endpoint, canonicalParameters(request));
}

/** The seed of a client seed in the caller's account, the same for all parameters. */
export function fixtureSeed(
  ctx: Pick<Ctx, 'entropy' | 'workspaceId'>,
  clientSeed: string,
): { serverSeed: string; serverHash: string } {
  const serverSeed = testServerSeed(fixtureSecretOf(ctx), ctx.workspaceId, clientSeed);
  return { serverSeed, serverHash: serverHashOf(serverSeed) };
}

/** Puts a test outcome together and tells the effects gate, which keeps it in. */
export function composeFixture(
  ctx: Ctx,
  request: DrawRequest,
  position: Position,
  toolMeta: ToolMeta | undefined,
  path: string,
): Outcome {
  const parameters = canonicalParameters(request);
  const { clientSeed, nonce } = position;
  const { endpoint } = request;
  const shortId = testShortId(fixtureSecretOf(ctx), ctx.workspaceId, clientSeed, endpoint, parameters, nonce);
  const token = writeToken({
    accountId: ctx.workspaceId,
    clientSeed,
    endpoint,
    params: parameters,
    nonce,
    password: isPassword(toolMeta),
  });
  const permalink = permalinkOf(ctx, shortId) + (token === null ? '' : `?t=${token}`);
  const { outcome } = composeOutcome(ctx, request, position, { shortId, permalink, created: ctx.now(), toolMeta });
  announce(ctx, outcome, path);
  return outcome;
}

/** The outcome of a test permalink, computed again; `null` when the id and the inputs do not belong together. */
export function recomputeFixture(ctx: Ctx, shortId: string, token: string) {
  const inputs = readToken(token);
  if (inputs === null) return null;
  const reading = readDraw(inputs.endpoint, inputs.params);
  if (!reading.ok) return null;
  const parameters = canonicalParameters(reading.request);
  const { accountId, clientSeed, endpoint, nonce } = inputs;
  const secret = fixtureSecretOf(ctx);
  // The id is keyed, so nobody can make a page say "test outcome" of inputs that this installation never drew from.
  if (testShortId(secret, accountId, clientSeed, endpoint, parameters, nonce) !== shortId) return null;
  // Only a reveal draws at nonce 0; a fixture's own nonce is 48 bits of a hash.
  const serverSeed = nonce === 0 ? testCommitSeed(secret, accountId) : testServerSeed(secret, accountId, clientSeed);
  const position = { serverSeed, serverHash: serverHashOf(serverSeed), clientSeed, nonce, cursor: 0 };
  const permalink = `${permalinkOf(ctx, shortId)}?t=${token}`;
  if (inputs.password) {
    const { serverHash } = position;
    return redactedOutcome({ endpoint, serverHash, mode: 'test', shortId, permalink, toolMeta: { tool: 'password' } });
  }
  const { outcome } = composeOutcome(ctx, reading.request, position, {
    shortId,
    permalink,
    created: 0,
    toolMeta: undefined,
  });
  const { created: _, receipt: __, ...fields } = outcome;
  return {
    ...fields,
    created: null,
    serverSeed,
    rederived: true,
    params: JSON.parse(parameters) as Record<string, unknown>,
  };
}
