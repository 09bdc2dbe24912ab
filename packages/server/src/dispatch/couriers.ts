import type { DeliveryRules } from '../core/deliveries.ts';
import type { Service } from '../core/service.ts';
import { type ClassifyRules, deliveryRules } from './classify.ts';
import { composeDelivery } from './compose.ts';
import type { Content, Held } from './held.ts';
import type { RetryPolicy } from './retry.ts';
import type { Ended } from './settle.ts';
import type { Ending } from './store.ts';
import type { OutboundRequest, TransportResult } from './transport.ts';

interface CourierRules {
  /** What its service wants to be told; `null` when nothing. */
  readonly rules: DeliveryRules | null;
  readonly classify: ClassifyRules;
  policyOf(content: Content, held: Held): RetryPolicy;
  /** Told of an attempt once it is written down. */
  ended?(attempt: Ended, ending: Ending): void;
}

/** How one kind of delivery becomes a request over HTTP, and what its answers mean. */
export interface RequestCourier extends CourierRules {
  /** @param secrets those that sign now, newest first */
  compose(held: Held, content: Content, secrets: readonly string[], now: number): OutboundRequest;
}

/** How one kind of delivery is handed to a transport of its own. */
export interface MessageCourier extends CourierRules {
  /** Never rejects. */
  send(held: Held, content: Content): Promise<TransportResult>;
}

export type Courier = RequestCourier | MessageCourier;

/**
 * Finds the courier of a delivery; `null` for a kind that nobody here knows, such as one of a newer version, and for a
 * channel in a mode from which its service lets nothing out.
 */
export type FindCourier = (held: Pick<Held, 'service' | 'mode' | 'kind'>) => Courier | null;

/**
 * @param webhooks how each service's webhooks are sent, by service
 * @param messages how messages are sent, by service, mode and channel
 */
export function couriersOf(
  services: readonly Service[],
  webhooks: ReadonlyMap<string, Courier> = new Map(),
  messages: ReadonlyMap<string, Courier> = new Map(),
): FindCourier {
  const couriers = new Map<string, Courier>([...webhooks].map(([service, courier]) => [`${service} webhook`, courier]));
  for (const { contract, deliveries = {} } of services) {
    for (const [kind, rules] of Object.entries(deliveries)) {
      couriers.set(`${contract.name} ${kind}`, {
        rules,
        classify: deliveryRules,
        policyOf: (content) => content.retry ?? rules.retry,
        compose: (held, content, secrets, now) => composeDelivery(held, content, rules, secrets, now),
      });
    }
  }
  return ({ service, mode, kind }) =>
    couriers.get(`${service} ${kind}`) ?? messages.get(`${service} ${mode} ${kind}`) ?? null;
}
