import type { TObject } from 'typebox';
import { ApiError, compileInput } from '../../core/service.ts';
import { error } from './contract.ts';
import type { Draw } from './draw-live.ts';
import { readRequest } from './generators.ts';
import { type Endpoint, endpoints } from './request.ts';
import { generatorInputs } from './schemas.ts';

const readers = Object.fromEntries(
  endpoints.map((endpoint) => [endpoint, compileInput(generatorInputs[endpoint] as TObject)]),
) as Record<Endpoint, ReturnType<typeof compileInput>>;

/**
 * Reads the `params` of a draw inside a batch or a reveal as the generator itself reads them.
 *
 * @throws `invalid_request` that names the parameter as `params.count`
 */
export function readParams(endpoint: Endpoint, params: unknown): Draw {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw error('invalid_request', '"params" must be an object such as {"count": 1}.', { param: 'params' });
  }
  try {
    return readRequest(endpoint, readers[endpoint].fromMixed(params as Record<string, unknown>));
  } catch (refusal) {
    if (!(refusal instanceof ApiError)) throw refusal;
    throw error('invalid_request', refusal.message, { param: `params.${refusal.details.param ?? ''}` });
  }
}

/** Reads a generator's parameters from a query, as the generator's own `GET` does. */
export function readGeneratorTexts(
  endpoint: Endpoint,
  texts: Readonly<Record<string, string | string[]>>,
): Record<string, unknown> {
  return readers[endpoint].fromTexts(texts);
}
