import { Type } from 'typebox';
import { ApiError, coarseRefusal } from '../../core/service.ts';
import { readParams } from './check-input.ts';
import { type Ctx, error, operation } from './contract.ts';
import { chainOwner, type Draw } from './draw-live.ts';
import { performDraw } from './generators.ts';
import type { Outcome } from './outcome.ts';
import { lockChains } from './repository.ts';
import { isEndpoint } from './request.ts';
import { anyOutcomeSchema } from './schemas.ts';

type Failure = { ok: false; error: string; code: string; param?: string };
type Result = { ok: true; outcome: Outcome } | Failure;

const maxDraws = 50;

/** Up to 50 draws in one request; a bad one does not stop the others (specification 3.4). */
export const batch = operation({
  id: 'randomness.batch',
  summary: 'Up to 50 draws in one request',
  useWhen: 'to draw several times in one request, with one answer for each',
  tag: 'Random',
  method: 'POST',
  path: '/batch',
  scope: 'draw',
  input: Type.Object(
    {
      draws: Type.Array(Type.Unknown({ description: '`{"endpoint": "ints", "params": {…}}`' }), {
        minItems: 1,
        maxItems: maxDraws,
        description: 'Run in this order, so that draws on one client seed take consecutive nonces.',
      }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    results: Type.Array(
      Type.Union([
        Type.Object({ ok: Type.Literal(true, { description: 'The draw was made.' }), outcome: anyOutcomeSchema }),
        Type.Object({
          ok: Type.Literal(false, { description: 'The draw was refused.' }),
          error: Type.String({ description: 'What to mend.' }),
          code: Type.String({ description: 'What happened, for programs.' }),
          param: Type.Optional(Type.String({ description: 'The parameter, such as `draws[2].params.count`.' })),
        }),
      ]),
      { description: 'One for each draw, in the same order.' },
    ),
  }),
  writes: true,
  idempotent: true,
  errors: ['quota_exceeded'],
  run: async (ctx, input) => {
    const draws = input.draws.map(readOne);
    const clientSeeds = new Set(draws.flatMap((draw) => ('ok' in draw ? [] : [draw.clientSeed])));
    // Two callers who take the same chains in different orders would end in a deadlock.
    if (ctx.mode === 'live' && clientSeeds.size > 1) await lockChains(ctx.db, chainOwner(ctx), [...clientSeeds]);
    const results: Result[] = [];
    for (const [index, draw] of draws.entries()) results.push('ok' in draw ? draw : await drawOne(ctx, draw, index));
    return { results };
  },
});

function readOne(value: unknown, index: number): Draw | Failure {
  try {
    return readDrawOf(value);
  } catch (refusal) {
    return failureOf(index, refusal);
  }
}

async function drawOne(ctx: Ctx, draw: Draw, index: number): Promise<Result> {
  try {
    return { ok: true, outcome: await performDraw(ctx, draw) };
  } catch (refusal) {
    // Refusals come before the draw touches its chain, so the transaction of the others goes on.
    return failureOf(index, refusal);
  }
}

function failureOf(index: number, refusal: unknown): Failure {
  if (!(refusal instanceof ApiError) || refusal.code === 'unavailable') throw refusal;
  const { param } = refusal.details;
  const at = param === undefined ? {} : { param: `draws[${index}]${param === '' ? '' : `.${param}`}` };
  return { ok: false, error: refusal.message, code: codeOf(refusal), ...at };
}

function readDrawOf(value: unknown): Draw {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw error('invalid_request', 'A draw must be an object such as {"endpoint": "ints", "params": {"count": 1}}.', {
      param: '',
    });
  }
  const { endpoint, params = {}, ...unknown } = value as Record<string, unknown>;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) {
    throw error('invalid_request', `"${extra}" is not a field of a draw; it has "endpoint" and "params".`, {
      param: extra,
    });
  }
  if (!isEndpoint(endpoint)) {
    throw error('invalid_request', `"endpoint" must be one of the generators, such as "ints".`, { param: 'endpoint' });
  }
  return readParams(endpoint, params);
}

/** Platform refusals keep their own name until the dialect translates them; in a batch nobody else does. */
function codeOf(refusal: ApiError): string {
  return coarseRefusal(refusal.code) === 'invalid_input' ? 'invalid_request' : refusal.code;
}
