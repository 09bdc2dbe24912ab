import type { Mode, ServiceContract } from '../../core/service.ts';
import { decideSubscription } from './decide-subscription.ts';
import type { WebhookDialect } from './dialects.ts';
import { eventIdOf, messageIdOf } from './event-id.ts';
import type { ListeningEndpoint, WaitingEvent } from './fan-out-repository.ts';

/** A service with webhooks. */
export interface Publisher {
  readonly contract: ServiceContract;
  readonly dialect: WebhookDialect;
}

/** What an event sends, sealed for the row it will lie in. */
export interface NewMessage {
  readonly id: string;
  readonly sealedBody: Buffer;
  readonly bytes: number;
}

/** One event for one endpoint. Instants are Unix milliseconds. */
export interface NewDelivery {
  readonly id: string;
  readonly service: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly messageId: string;
  readonly targetId: string;
  /** When the event happened. */
  readonly at: number;
  readonly dueAt: number;
  readonly replayOf: string | null;
  /** Whether somebody tries the endpoint with it. */
  readonly isTest: boolean;
}

export interface FanOut {
  readonly messages: readonly NewMessage[];
  readonly deliveries: readonly NewDelivery[];
  /** What became of each event. */
  readonly states: ReadonlyMap<string, 'delivered' | 'unsubscribed'>;
}

/**
 * Which deliveries events become: one for each endpoint that is subscribed, all of an event with the bytes of one
 * message.
 */
export function planFanOut(
  { mode, workspaceId, now }: { readonly mode: Mode; readonly workspaceId: string; readonly now: number },
  events: readonly WaitingEvent[],
  endpoints: readonly ListeningEndpoint[],
  publisherOf: (service: string) => Publisher | undefined,
  seal: (text: string, owner: string) => Buffer,
): FanOut {
  const messages: NewMessage[] = [];
  const deliveries: NewDelivery[] = [];
  const states = new Map<string, 'delivered' | 'unsubscribed'>();
  for (const event of events) {
    const publisher = publisherOf(event.service);
    if (publisher === undefined) continue;
    const { contract, dialect } = publisher;
    const about = { mode, type: event.type, subject: event.subject };
    const listening = endpoints.filter(
      (endpoint) =>
        endpoint.service === event.service &&
        decideSubscription(contract.modes.data, about, { ...endpoint, mode }).type === 'send',
    );
    states.set(event.effectId, listening.length === 0 ? 'unsubscribed' : 'delivered');
    if (listening.length === 0) continue;
    const at = event.at.getTime();
    const eventId = eventIdOf(contract, mode, event.effectId);
    const messageId = messageIdOf(eventId);
    const body = dialect
      .body({ ...about, id: eventId, workspaceId, occurredAt: at, createdAt: at, data: event.data })
      .toString();
    messages.push({ id: messageId, sealedBody: seal(body, messageId), bytes: Buffer.byteLength(body) });
    for (const endpoint of listening) {
      deliveries.push({
        id: dialect.deliveryId(mode, now),
        service: event.service,
        eventId,
        eventType: event.type,
        messageId,
        targetId: endpoint.id,
        at,
        dueAt: now,
        replayOf: null,
        isTest: false,
      });
    }
  }
  return { messages, deliveries, states };
}
