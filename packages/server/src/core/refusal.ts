import { type ApiError, coarseRefusal, type FinerRefusal, type PlatformRefusal } from './errors.ts';
import type { Dialect, ServiceContract } from './service.ts';

/** A refusal in the words of one service. */
export interface WordedRefusal {
  readonly status: number;
  /** The service's own code. */
  readonly code: string;
  readonly contentType: string;
  readonly body: string;
}

/** Words a refusal in a service's dialect. */
export function wordRefusal(
  contract: ServiceContract,
  error: ApiError,
  requestId: string,
  path?: string,
): WordedRefusal {
  const code = codeOf(contract.dialect, error.code);
  const status = error.details.status ?? contract.errors[code]?.status ?? 500;
  const body = contract.dialect.error({
    status,
    code,
    message: error.message,
    param: error.details.param,
    ...(error.details.items === undefined ? {} : { items: error.details.items }),
    retryAfter: error.details.retryAfter,
    requestId,
    ...(path === undefined ? {} : { path }),
    ...(error.details.extra === undefined ? {} : { extra: error.details.extra }),
  });
  return { status, code, contentType: contract.dialect.errorContentType, body: JSON.stringify(body) };
}

/** The service's own word for a refusal of the platform; its own codes stay what they are. */
function codeOf({ codes, finer }: Dialect, code: string): string {
  return finer?.[code as FinerRefusal] ?? codes[coarseRefusal(code) as PlatformRefusal] ?? code;
}
