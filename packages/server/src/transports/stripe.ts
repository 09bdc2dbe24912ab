import Stripe from 'stripe';
import type { InboundEvent } from '../core/channels.ts';
import type { Clock } from '../core/sources.ts';
import type { ChannelTransport } from '../dispatch/channels/channel-transport.ts';
import type { Transport } from '../dispatch/transport.ts';
import { callVendor, type VendorFetch, type Verdict } from './vendor-call.ts';

/** How old a signed event may be, in seconds. */
const toleranceSeconds = 300;

/**
 * Tells Stripe what came of its events, on the customer that they were about, and looks whether a link to a customer of
 * Stripe leads somewhere.
 */
export function createStripeTransport(http: Transport, clock: Clock): ChannelTransport {
  return {
    send: ({ settings, payload, idempotencyKey }) =>
      callVendor(http, clock, (fetch) => perform(clientOf(settings, fetch), payload, idempotencyKey)),
    close: () => Promise.resolve(),
  };
}

async function perform(
  stripe: Stripe,
  payload: Readonly<Record<string, unknown>>,
  idempotencyKey: string,
): Promise<Verdict> {
  const customer = typeof payload.stripe_customer_id === 'string' ? payload.stripe_customer_id : null;
  if (typeof payload.event_id === 'string' && customer !== null) {
    const { id: ours = '' } = (payload.target ?? {}) as { id?: string };
    const metadata = { interlock_event: payload.event_id, interlock_customer: ours };
    const { id } = await stripe.customers.update(customer, { metadata }, { idempotencyKey });
    return { type: 'taken', id };
  }
  if (customer !== null) {
    const { id } = await stripe.customers.retrieve(customer);
    return { type: 'taken', id };
  }
  if (typeof payload.domain === 'string') {
    const { data } = await stripe.customers.search({
      query: `email~"@${payload.domain.replaceAll('"', '')}"`,
      limit: 1,
    });
    return { type: 'taken', id: data[0]?.id ?? null };
  }
  // What is about no customer of theirs.
  if (typeof payload.event_id === 'string') {
    const { id } = await stripe.events.retrieve(payload.event_id);
    return { type: 'taken', id };
  }
  const { object } = await stripe.balance.retrieve();
  return { type: 'taken', id: object };
}

/** The dispatcher tries again, so the client does not. */
function clientOf({ secretKey = '', baseUrl }: Readonly<Record<string, string>>, fetch: VendorFetch): Stripe {
  const url = baseUrl === undefined ? null : new URL(baseUrl);
  const isPlain = url?.protocol === 'http:';
  return new Stripe(secretKey, {
    httpClient: Stripe.createFetchHttpClient(fetch as Parameters<typeof Stripe.createFetchHttpClient>[0]),
    maxNetworkRetries: 0,
    telemetry: false,
    ...(url === null
      ? {}
      : { host: url.hostname, port: url.port || (isPlain ? 80 : 443), protocol: isPlain ? 'http' : 'https' }),
  });
}

/** An event that Stripe has signed; `null` when it has not, or too long ago. */
export function verifyStripeEvent(body: Buffer, signature: string, secret: string, now: number): InboundEvent | null {
  try {
    const event = Stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds, undefined, now);
    return {
      id: event.id,
      type: event.type,
      createdAt: event.created * 1000,
      object: event.data.object as unknown as Record<string, unknown>,
    };
  } catch {
    return null;
  }
}
