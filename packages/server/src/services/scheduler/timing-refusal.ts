import type { ApiError } from '../../core/service.ts';
import { error } from './contract.ts';
import type { TimingRefusal } from './timing.ts';

/** A reading that failed, as the refusal of the request. */
export function refusalOf({
  code,
  message,
  param,
}: Pick<TimingRefusal, 'message'> & {
  readonly code: Parameters<typeof error>[0];
  readonly param: string | null;
}): ApiError {
  return error(code, `${message}.`, param === null ? {} : { param });
}
