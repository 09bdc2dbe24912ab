import type { TObject } from 'typebox';
import { type Ctx, error, operation } from './contract.ts';
import type { Draw } from './draw-live.ts';
import { drawLive } from './draw-live.ts';
import { drawFixture } from './draw-test.ts';
import { exampleOf } from './examples.ts';
import type { Outcome } from './outcome.ts';
import { readClientSeed, readDraw } from './parameters.ts';
import type { Endpoint } from './request.ts';
import { generatorInputs, generatorOutputs } from './schemas.ts';
import { readToolMeta } from './tool-meta.ts';

const summaries: Record<Endpoint, string> = {
  floats: 'Numbers from 0 up to, not including, 1',
  ints: 'Whole numbers of a range, unbiased',
  shuffle: 'A permutation of a list',
  pick: 'One entry of a list, uniformly or by weights',
  bytes: 'Random bytes as hexadecimal or Base64',
  dice: 'A roll in dice notation',
  gaussian: 'Samples of a normal, exponential or Poisson distribution',
  uuid: 'Version 4 UUIDs',
};

/** The generators, each as `GET` with a query and as `POST` with the same parameters in a JSON body. */
export const generators = (Object.keys(summaries) as Endpoint[]).map((endpoint) =>
  operation({
    id: `randomness.${endpoint}`,
    summary: summaries[endpoint],
    tag: 'Random',
    method: ['GET', 'POST'],
    path: `/${endpoint}`,
    scope: 'draw',
    input: generatorInputs[endpoint] as TObject,
    output: generatorOutputs[endpoint],
    example: exampleOf(endpoint),
    writes: true,
    shares: true,
    idempotent: true,
    errors: ['quota_exceeded', 'nonce_exhausted'],
    read: (input) => readRequest(endpoint, input),
    run: performDraw,
  }),
);

/** Draws in the mode of the call. */
export function performDraw(ctx: Ctx, draw: Draw): Outcome | Promise<Outcome> {
  return ctx.mode === 'test' ? drawFixture(ctx, draw) : drawLive(ctx, draw);
}

/** Reads what one draw asks for. @throws `invalid_request` that names the parameter */
export function readRequest(endpoint: Endpoint, input: Readonly<Record<string, unknown>>): Draw {
  const seed = readClientSeed(input['clientSeed']);
  if (!seed.ok) throw error('invalid_request', seed.message, { param: seed.param });
  const reading = readDraw(endpoint, input);
  if (!reading.ok) throw error('invalid_request', reading.message, { param: reading.param });
  const meta = readToolMeta(input['toolMeta']);
  if (!meta.ok) throw error('invalid_request', meta.message, { param: meta.param });
  return { clientSeed: seed.clientSeed, request: reading.request, toolMeta: meta.toolMeta };
}
