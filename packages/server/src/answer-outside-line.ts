import type { ServiceRuntime } from './core/context.ts';
import { ApiError, refuse } from './core/errors.ts';
import { newRequestId } from './core/ids.ts';
import type { Reply } from './core/incoming.ts';
import { wordRefusal } from './core/refusal.ts';

export type OnBug = (error: unknown, about: { requestId: string; route: string }) => void;

/** Does the work of a route that has no key, and words what it throws as the service does. */
export async function wordingRefusals(
  onBug: OnBug,
  runtime: ServiceRuntime,
  route: string,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await work();
  } catch (thrown) {
    const requestId = newRequestId();
    if (!(thrown instanceof ApiError)) onBug(thrown, { requestId, route });
    const error =
      thrown instanceof ApiError ? thrown : refuse('internal', 'Something failed on our side; send it again.');
    const { status, contentType, body } = wordRefusal(runtime.service.contract, error, requestId);
    const { retryAfter } = error.details;
    return reply(status, requestId, body, {
      'content-type': contentType,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
  }
}

/** JSON that nobody keeps, but for what the headers say. */
export function reply(status: number, requestId: string, body: string, headers: Record<string, string>): Reply {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...headers,
    },
    body,
  };
}
