import { Type } from 'typebox';
import { readSeed } from './chains.ts';
import { type Ctx, error, operation } from './contract.ts';
import { draw } from './draw.ts';
import { chainOwner } from './draw-live.ts';
import { fixtureSecretOf, fixtureSeed, recomputeFixture } from './draw-test.ts';
import { serverHashOf, testCommitSeed } from './fixtures.ts';
import { permalinkOf, publicOutcomeOfRow } from './outcome.ts';
import { readDraw } from './parameters.ts';
import {
  type FoundOutcome,
  findByShortId,
  findOutcome,
  hashIsCurrent,
  listOutcomes,
  listUnderHash,
} from './repository.ts';
import { isEndpoint } from './request.ts';
import { clientSeedSchema, publicOutcomeSchema, sequenceSchema, shortIdSchema } from './schemas.ts';
import { isPassword } from './tool-meta.ts';

const inputsSchema = Type.Optional(
  Type.String({ description: 'The `t` of a test permalink: a test outcome is computed again from it, not looked up.' }),
);

/** A test permalink carries its inputs, and with them its mode. */
export function modeOfQuery(query: string): 'live' | 'test' {
  return /(?:^|&)t=./.test(query) ? 'test' : 'live';
}

export const verifyServerHash = operation({
  id: 'randomness.verifyServerHash',
  summary: 'Whether a hash was issued for a client seed',
  description:
    'Answers the literal `true` when a live chain of the client seed draws from the seed with this hash now; otherwise an object that lists the outcomes which used it. `details=1` always gives the object.',
  tag: 'Verification',
  method: 'GET',
  path: '/verifyServerHash',
  scope: 'read',
  input: Type.Object({
    clientSeed: clientSeedSchema,
    serverHash: Type.String({ pattern: '^[0-9a-fA-F]{64}$', description: '64 hexadecimal characters, in any case.' }),
    details: Type.Optional(Type.Boolean({ description: 'Always answer with the object.' })),
  }),
  output: Type.Union([
    Type.Literal(true),
    Type.Object({
      verified: Type.Boolean({ description: 'Whether the hash was issued for this client seed.' }),
      clientSeed: Type.String({ description: 'As asked for.' }),
      serverHash: Type.String({ description: 'As asked for, in lower case.' }),
      outcomes: Type.Array(
        Type.Object({ shortId: Type.String({ description: 'Its public id.' }) }, { additionalProperties: true }),
        { description: 'The outcomes drawn under this hash, at most 1000; passwords are left out.' },
      ),
    }),
  ]),
  run: async (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    const serverHash = input.serverHash.toLowerCase();
    if (ctx.mode === 'test') {
      const carries = fixtureSeed(ctx, clientSeed).serverHash === serverHash;
      if (carries && input.details !== true) return true as const;
      const committed = serverHashOf(testCommitSeed(fixtureSecretOf(ctx), ctx.workspaceId)) === serverHash;
      return { verified: carries || committed, clientSeed, serverHash, outcomes: [] };
    }
    const carries = await hashIsCurrent(ctx.db, clientSeed, serverHash);
    if (carries && input.details !== true) return true as const;
    const rows = await listUnderHash(ctx.db, clientSeed, serverHash);
    const outcomes = rows
      .filter((row) => !isPassword(row.tool_meta))
      .map((row) => ({
        shortId: row.short_id,
        permalink: permalinkOf(ctx, row.short_id),
        endpoint: row.endpoint,
        cursor: row.cursor,
        nonce: row.nonce,
        created: row.created_ms,
      }));
    return { verified: carries || rows.length > 0, clientSeed, serverHash, outcomes };
  },
});

export const verifyShortId = operation({
  id: 'randomness.verifyShortId',
  summary: 'Verify one outcome by its short id',
  useWhen: 'to check one outcome of which only the short id or the link is known',
  tag: 'Verification',
  method: 'GET',
  path: '/verifyShortId',
  scope: 'read',
  anonymousMode: modeOfQuery,
  input: Type.Object({ shortId: shortIdSchema, t: inputsSchema }),
  output: Type.Object(
    {
      verified: Type.Boolean({ description: 'Whether the record holds.' }),
      reason: Type.String({ description: 'Why, in a sentence.' }),
      shortId: Type.String({ description: 'As asked for.' }),
    },
    { additionalProperties: true },
  ),
  errors: ['not_found'],
  run: async (ctx, input) => {
    const verification = await verifyById(ctx, input.shortId, input.t);
    if (verification === null) {
      throw error(
        'not_found',
        'No outcome has this short id; a test outcome needs the whole permalink, with its `t`.',
        { param: 'shortId' },
      );
    }
    return verification;
  },
});

/** What can be said of the outcome with a short id; `null` when there is none. */
export async function verifyById(ctx: Ctx, shortId: string, token: string | undefined) {
  if (ctx.mode === 'test') {
    const fixture = token === undefined ? null : recomputeFixture(ctx, shortId, token);
    if (fixture === null) return null;
    return {
      verified: true,
      reason: 'A test outcome: computed again from its inputs just now. It proves nothing about chance.',
      ...askedOf(fixture),
      ...fixture,
    };
  }
  const row = await findByShortId(ctx.db, shortId);
  if (row === undefined) return null;
  const { verified, reason, revealed } = judge(row);
  const shown = publicOutcomeOfRow(ctx, row);
  return { verified, reason, ...askedOf(shown), ...shown, ...revealedFields(row, revealed, verified) };
}

/** Fields that every verification has, whatever the generator (specification 3.6). */
function askedOf(shown: { readonly endpoint: string; readonly outcome: unknown }) {
  const none = { min: null, max: null, toolMeta: null };
  if (shown.endpoint !== 'dice' || shown.outcome === null) return none;
  return { ...none, notation: (shown.outcome as { notation: string }).notation };
}

/** Whether the record holds, and why (specification 3.6). A pure function of the row. */
function judge(row: FoundOutcome): { verified: boolean; reason: string; revealed: boolean } {
  if (row.server_seed === null) {
    return row.is_current
      ? {
          verified: true,
          reason: 'The chain still draws from the seed with this hash; it is revealed by rotating.',
          revealed: false,
        }
      : { verified: false, reason: 'The seed of this outcome is neither in use nor revealed.', revealed: false };
  }
  if (serverHashOf(row.server_seed) !== row.server_hash) {
    return { verified: false, reason: 'The revealed seed does not have the hash that was published.', revealed: true };
  }
  return rederives(row, row.server_seed)
    ? {
        verified: true,
        reason: 'The seed is revealed, has the published hash, and gives exactly these values.',
        revealed: true,
      }
    : { verified: false, reason: 'The revealed seed gives other values than were recorded.', revealed: true };
}

function rederives(row: FoundOutcome, serverSeed: string): boolean {
  if (!isEndpoint(row.endpoint)) return false;
  const reading = readDraw(row.endpoint, row.params);
  if (!reading.ok) return false;
  const { client_seed: clientSeed, nonce, cursor } = row;
  const again = draw(reading.request, { serverSeed, clientSeed, nonce, cursor });
  return JSON.stringify(again) === JSON.stringify(row.drawn);
}

function revealedFields(row: FoundOutcome, revealed: boolean, rederived: boolean) {
  // A password stays withheld: its seed and coordinates would give it away.
  if (!revealed || isPassword(row.tool_meta)) return {};
  return { serverSeed: row.server_seed, rederived, params: row.params };
}

export const findOne = operation({
  id: 'randomness.outcome',
  summary: 'One recorded outcome of your chain, by its coordinates',
  useWhen: 'to read one outcome again whose coordinates are known; all of a chain are in `randomness.listOutcomes`',
  tag: 'Look-up',
  method: 'GET',
  path: '/outcome',
  scope: 'read',
  input: Type.Object({ clientSeed: clientSeedSchema, cursor: sequenceSchema, nonce: sequenceSchema }),
  output: publicOutcomeSchema,
  errors: ['outcome_not_found'],
  run: async (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    const row =
      ctx.mode === 'test'
        ? undefined
        : await findOutcome(ctx.db, chainOwner(ctx), clientSeed, input.cursor, input.nonce);
    if (row === undefined) {
      throw error('outcome_not_found', 'No outcome of this chain has this cursor and nonce.', { param: 'nonce' });
    }
    return publicOutcomeOfRow(ctx, row);
  },
});

export const list = operation({
  id: 'randomness.listOutcomes',
  summary: 'The recorded outcomes of your chain, newest first',
  tag: 'Look-up',
  method: 'GET',
  path: '/listOutcomes',
  scope: 'read',
  input: Type.Object({
    clientSeed: clientSeedSchema,
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 1000, description: 'The most to answer.' }),
    before: Type.Optional(
      Type.String({
        pattern: '^\\d{1,16}:\\d{1,16}$',
        description: '`cursor:nonce`: only outcomes strictly older than these coordinates.',
      }),
    ),
  }),
  output: Type.Array(publicOutcomeSchema),
  run: async (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    const before = readCoordinates(input.before);
    if (ctx.mode === 'test') return [];
    const rows = await listOutcomes(ctx.db, chainOwner(ctx), clientSeed, before, input.limit);
    return rows.map((row) => publicOutcomeOfRow(ctx, row));
  },
});

function readCoordinates(text: string | undefined): { cursor: number; nonce: number } | null {
  if (text === undefined) return null;
  const [cursor = Number.NaN, nonce = Number.NaN] = text.split(':').map(Number);
  if (Number.isSafeInteger(cursor) && Number.isSafeInteger(nonce)) return { cursor, nonce };
  throw error('invalid_request', '"before" holds a number above 2^53 - 1.', { param: 'before' });
}
