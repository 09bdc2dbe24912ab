import type { DeliveryRules } from '../core/deliveries.ts';
import type { Service } from '../core/service.ts';
import { type ClassifyRules, deliveryRules } from './classify.ts';
import { composeDelivery } from './compose.ts';
import type { Content, Held } from './held.ts';
import type { RetryPolicy } from './retry.ts';
import type { Ended } from './settle.ts';
import type { Ending } from './store.ts';
import type { OutboundRequest } from './transport.ts';

/** How one kind of delivery becomes a request, and what its answers mean. */
export interface Courier {
  /** What its service wants to be told; `null` when nothing. */
  readonly rules: DeliveryRules | null;
  readonly classify: ClassifyRules;
  policyOf(content: Content): RetryPolicy;
  /** @param secrets those that sign now, newest first */
  compose(held: Held, content: Content, secrets: readonly string[], now: number): OutboundRequest;
  /** Told of an attempt once it is written down. */
  ended?(attempt: Ended, ending: Ending): void;
}

/** Finds the courier of a delivery; `null` for a kind that nobody here knows, such as one of a newer version. */
export type FindCourier = (held: Pick<Held, 'service' | 'kind'>) => Courier | null;

/** @param webhooks how each service's webhooks are sent, by service */
export function couriersOf(
  services: readonly Service[],
  webhooks: ReadonlyMap<string, Courier> = new Map(),
): FindCourier {
  const couriers = new Map([...webhooks].map(([service, courier]) => [`${service} webhook`, courier]));
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
  return ({ service, kind }) => couriers.get(`${service} ${kind}`) ?? null;
}
