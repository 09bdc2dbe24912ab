import type { TObject } from 'typebox';
import { compileInput } from '../../core/service.ts';
import { error } from './contract.ts';
import { type Endpoint, endpoints } from './request.ts';
import { generatorInputs } from './schemas.ts';

const readers = Object.fromEntries(
  endpoints.map((endpoint) => [endpoint, compileInput(generatorInputs[endpoint] as TObject)]),
) as Record<Endpoint, ReturnType<typeof compileInput>>;

/** Checks the `params` of a draw inside a batch, a reveal or a stream as the generator itself checks them. */
export function checkGeneratorInput(endpoint: Endpoint, params: unknown): Record<string, unknown> {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw error('invalid_request', '"params" must be an object such as {"count": 1}.', { param: 'params' });
  }
  return readers[endpoint].fromMixed(params as Record<string, unknown>);
}

/** Reads a generator's parameters from a query, as the generator's own `GET` does. */
export function readGeneratorTexts(
  endpoint: Endpoint,
  texts: Readonly<Record<string, string | string[]>>,
): Record<string, unknown> {
  return readers[endpoint].fromTexts(texts);
}
