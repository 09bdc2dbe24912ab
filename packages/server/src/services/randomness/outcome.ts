import type { Ctx } from './contract.ts';
import { type Drawn, draw } from './draw.ts';
import { canonicalParameters } from './parameters.ts';
import { receiptTag } from './receipt.ts';
import type { OutcomeRow } from './repository.ts';
import type { DrawRequest } from './request.ts';
import { isPassword, type ToolMeta } from './tool-meta.ts';

/** The derivation that an outcome was drawn by, named so that old outcomes stay verifiable if it ever changes. */
const algorithm = 'hmac-sha256/1';

/** Where a draw stands: its hidden seed and its coordinates. */
export interface Position {
  readonly serverSeed: string;
  readonly serverHash: string;
  readonly clientSeed: string;
  readonly nonce: number;
  readonly cursor: number;
}

/** An outcome as it is answered (specification 2.1). */
export type Outcome = Drawn & {
  readonly endpoint: string;
  readonly clientSeed: string;
  readonly serverHash: string;
  readonly nonce: number;
  readonly cursor: number;
  readonly created: number;
  readonly mode: 'live' | 'test';
  readonly shortId: string;
  readonly permalink: string;
  readonly algorithm: string;
  readonly receipt: string;
  readonly toolMeta?: ToolMeta;
  readonly commitId?: string;
  readonly serverSeed?: string;
};

/** Draws at a position and puts the outcome together; writes nothing. */
export function composeOutcome(
  ctx: Pick<Ctx, 'mode'>,
  request: DrawRequest,
  position: Position,
  about: { shortId: string; permalink: string; created: number; toolMeta: ToolMeta | undefined },
): { outcome: Outcome; drawn: Drawn; params: string } {
  const drawn = draw(request, position);
  const params = canonicalParameters(request);
  const { serverSeed, serverHash, clientSeed, nonce, cursor } = position;
  const { shortId, permalink, created } = about;
  const receipt = receiptTag(
    {
      shortId,
      mode: ctx.mode,
      endpoint: request.endpoint,
      clientSeed,
      serverHash,
      nonce,
      cursor,
      created,
      params,
      outcome: drawn.outcome,
    },
    serverSeed,
  );
  const outcome: Outcome = {
    ...drawn,
    endpoint: request.endpoint,
    clientSeed,
    serverHash,
    nonce,
    cursor,
    created,
    mode: ctx.mode,
    shortId,
    permalink,
    algorithm,
    receipt,
    ...(about.toolMeta === undefined ? {} : { toolMeta: about.toolMeta }),
  };
  return { outcome, drawn, params };
}

/** A recorded outcome as it was first answered. */
function outcomeOfRow(ctx: Pick<Ctx, 'publicUrl'>, row: OutcomeRow): Outcome {
  return {
    ...(row.drawn as Drawn),
    endpoint: row.endpoint,
    clientSeed: row.client_seed,
    serverHash: row.server_hash,
    nonce: row.nonce,
    cursor: row.cursor,
    created: row.created_ms,
    mode: 'live',
    shortId: row.short_id,
    permalink: permalinkOf(ctx, row.short_id),
    algorithm,
    receipt: row.receipt,
    ...(row.tool_meta === null ? {} : { toolMeta: row.tool_meta }),
    ...(row.commit_id === null ? {} : { commitId: row.commit_id }),
  };
}

/** What public look-ups show: the outcome, or for a password only the receipt (specification 2.3). */
export function publicOutcomeOfRow(ctx: Pick<Ctx, 'publicUrl'>, row: OutcomeRow) {
  if (!isPassword(row.tool_meta)) return outcomeOfRow(ctx, row);
  return redactedOutcome({
    endpoint: row.endpoint,
    serverHash: row.server_hash,
    mode: 'live',
    shortId: row.short_id,
    permalink: permalinkOf(ctx, row.short_id),
    toolMeta: row.tool_meta,
  });
}

/** That an outcome was drawn, and nothing of its result. */
export function redactedOutcome(shown: {
  endpoint: string;
  serverHash: string;
  mode: 'live' | 'test';
  shortId: string;
  permalink: string;
  toolMeta: ToolMeta | null;
}) {
  return {
    outcome: null,
    clientSeed: null,
    nonce: null,
    cursor: null,
    count: null,
    min: null,
    max: null,
    created: null,
    ...shown,
    redacted: true as const,
  };
}

export type RedactedOutcome = ReturnType<typeof redactedOutcome>;

export function permalinkOf(ctx: Pick<Ctx, 'publicUrl'>, shortId: string): string {
  return `${ctx.publicUrl}/o/${shortId}`;
}
