import type { Mode } from '../../core/mode.ts';
import type { OutboundRequest } from '../transport.ts';
import type { WebhookDialect } from './dialects.ts';

/** A delivery at one of its attempts. */
export interface WebhookSending {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly mode: Mode;
  /** Of the endpoint's current version. */
  readonly url: string;
  /** As it was made when the event was handed out: the same bytes every time. */
  readonly body: string;
  /** 1-based. */
  readonly attempt: number;
  /** Those of the endpoint that sign now, newest first. */
  readonly secrets: readonly string[];
}

/** The request of one attempt, signed at `now` in the words of the service's dialect. */
export function composeWebhook(dialect: WebhookDialect, sending: WebhookSending, now: number): OutboundRequest {
  const { url, eventId, eventType, mode } = sending;
  const { pathname, search } = new URL(url);
  const body = Buffer.from(sending.body);
  return {
    method: 'POST',
    url,
    headers: dialect.headers({
      deliveryId: sending.deliveryId,
      attempt: sending.attempt,
      timestamp: now,
      event: { id: eventId, type: eventType, mode },
      path: pathname + search,
      body,
      secrets: sending.secrets,
    }),
    body,
    timeoutMs: dialect.schedule.timeoutMs,
  };
}
