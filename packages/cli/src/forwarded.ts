import type { Mode, ServiceContract } from '../../server/src/core/service.ts';
import { dialectOf, standardDialect } from '../../server/src/dispatch/webhooks/dialects.ts';
import { eventIdOf } from '../../server/src/dispatch/webhooks/event-id.ts';

/** Something of a workspace that left, or would have left. */
export interface Heard {
  /** Of the effect, or of the request and its place in it. */
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly state: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly subject: string | null;
  readonly at: number;
}

export interface Forwarded {
  readonly eventId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The request that a local address is sent: an event as its service words and signs its webhooks, anything else in
 * the shape of Standard Webhooks; with headers of its own that say what became of it.
 *
 * @param prefix what the service's own headers begin with, where its operator has set that
 */
export function forwarded(
  contract: ServiceContract,
  mode: Mode,
  workspaceId: string,
  heard: Heard,
  at: { readonly url: string; readonly secret: string; readonly now: number; readonly prefix?: string },
): Forwarded {
  const isEvent = Object.hasOwn(contract.webhooks?.events ?? {}, heard.name);
  const { headerPrefixFrom } = contract.webhooks ?? {};
  const settings = headerPrefixFrom === undefined || at.prefix === undefined ? {} : { [headerPrefixFrom]: at.prefix };
  const dialect = (isEvent ? dialectOf(contract, settings) : null) ?? standardDialect;
  const eventId = eventIdOf(contract, mode, heard.id);
  const { payload: data, subject, name: type } = heard;
  const body = dialect.body({
    id: eventId,
    type,
    mode,
    workspaceId,
    subject,
    occurredAt: heard.at,
    createdAt: heard.at,
    data,
  });
  const { pathname, search } = new URL(at.url);
  const headers = dialect.headers({
    deliveryId: eventId,
    attempt: 1,
    timestamp: at.now,
    event: { id: eventId, type, mode },
    path: pathname + search,
    body,
    secrets: [at.secret],
  });
  return {
    eventId,
    body,
    headers: {
      ...headers,
      'Interlock-Mode': mode,
      'Interlock-Service': contract.name,
      'Interlock-Effect': type,
      'Interlock-Effect-State': heard.state,
    },
  };
}
