import type { DeliveryRules } from '../core/deliveries.ts';
import { composeHeaders } from './header-rules.ts';
import type { Content, Held } from './held.ts';
import { sched } from './signing/sched.ts';
import type { SigningScheme } from './signing/signing-scheme.ts';
import type { OutboundRequest } from './transport.ts';

const schemes: Readonly<Record<DeliveryRules['signature'], SigningScheme>> = { sched };

/**
 * The request of one attempt: what the sender wrote down, under headers that are the service's own and, with secrets, its
 * signature (specification of the scheduler, 6.1 to 6.3).
 *
 * @param secrets those that sign now, newest first
 */
export function composeDelivery(
  held: Held,
  content: Content,
  rules: DeliveryRules,
  secrets: readonly string[],
  now: number,
): OutboundRequest {
  const attempt = held.attemptCount + 1;
  const method = content.method.toUpperCase() as OutboundRequest['method'];
  const { pathname, search } = new URL(content.url);
  const signature = schemes[rules.signature].sign({
    id: held.id,
    attempt,
    timestamp: now,
    method,
    path: pathname + search,
    body: Buffer.from(content.body ?? ''),
    secrets,
  });
  const own = rules.headers({
    deliveryId: held.id,
    sourceId: held.sourceId,
    mode: held.mode,
    attempt,
    idempotencyKey: held.idempotencyKey,
    scheduledFor: held.scheduledFor,
    replayOf: held.replayOf,
    contentType: content.contentType,
    now,
  });
  return {
    method,
    url: content.url,
    headers: composeHeaders({
      defaults: { 'User-Agent': rules.userAgent },
      user: content.headers,
      reserved: { ...own, ...signature },
      reservedPrefixes: rules.reservedPrefixes,
    }),
    body: content.body,
    timeoutMs: content.timeoutMs ?? rules.timeoutMs,
  };
}
