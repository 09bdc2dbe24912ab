import type { ApiError, PlatformRefusal } from './errors.ts';
import type { ServiceContract } from './service.ts';

/** A refusal in the words of one service. */
export interface WordedRefusal {
  readonly status: number;
  /** The service's own code. */
  readonly code: string;
  readonly contentType: string;
  readonly body: string;
}

/** Words a refusal in a service's dialect. */
export function wordRefusal(contract: ServiceContract, error: ApiError, requestId: string): WordedRefusal {
  const code = contract.dialect.codes[error.code as PlatformRefusal] ?? error.code;
  const status = error.details.status ?? contract.errors[code]?.status ?? 500;
  const body = contract.dialect.error({
    status,
    code,
    message: error.message,
    param: error.details.param,
    retryAfter: error.details.retryAfter,
    requestId: requestId.slice('req_'.length),
  });
  return { status, code, contentType: contract.dialect.errorContentType, body: JSON.stringify(body) };
}
