import type { Mode } from './mode.ts';

/*
 * What the console and the module that runs webhooks say to each other. Times are Unix milliseconds.
 */

/** An endpoint as its owner sees it; no secret can be read from it. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly service: string;
  /** Whose events it hears; of services whose rows both modes share, those that this mode caused. */
  readonly mode: Mode;
  readonly url: string;
  /** Event types; `*` for all, `invoice.*` for all of a noun. */
  readonly events: readonly string[];
  /** Only events about this subject; `null` for all. */
  readonly subject: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  /** Why it is disabled, with what to do about it. */
  readonly disabled: {
    readonly reason: 'manual' | 'gone' | 'consecutive_failures';
    readonly at: number;
    readonly message: string;
  } | null;
  /** Since when nothing has been delivered, and how many deliveries in a row have run out of attempts. */
  readonly health: { readonly failingSince: number | null; readonly deadLetters: number };
  /** Newest first; of revoked ones none. */
  readonly secrets: readonly WebhookSecret[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WebhookSecret {
  readonly id: string;
  readonly state: 'active' | 'retiring';
  /** The last four characters of a text that is shown nowhere else. */
  readonly hint: string;
  readonly createdAt: number;
  /** When it stops signing; `null` for the active one. */
  readonly retiresAt: number | null;
}

/** With the text of the newest secret, shown this once. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  readonly secret: string;
}

export interface NewWebhookEndpoint {
  readonly service: string;
  readonly mode: Mode;
  readonly url: string;
  readonly events?: readonly string[] | undefined;
  readonly subject?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** Generated when left out. */
  readonly secret?: string | undefined;
}

export type WebhookEndpointChange = Partial<Pick<NewWebhookEndpoint, 'url' | 'events' | 'subject' | 'description'>>;

export interface SecretRotation {
  /** How long the present secret still signs. */
  readonly overlapMs: number;
  /** Ends an overlap that is still running. */
  readonly force: boolean;
  readonly secret?: string | undefined;
}

export const webhookDeliveryStatuses = ['pending', 'succeeded', 'failed', 'canceled'] as const;

export type WebhookDeliveryStatus = (typeof webhookDeliveryStatuses)[number];

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: WebhookDeliveryStatus;
  /** What it was made for: something happened, somebody asked again, or somebody wanted to see whether it works. */
  readonly trigger: 'event' | 'redelivery' | 'test';
  /** The first delivery of the event, when this is another one. */
  readonly replayOf: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly lastStatusCode: number | null;
  readonly failure: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

/** With the body that its attempts send. */
export interface WebhookDeliveryWithBody extends WebhookDelivery {
  readonly body: string | null;
}

export interface WebhookAttemptView {
  readonly id: string;
  /** 1-based. */
  readonly attempt: number;
  readonly outcome: 'succeeded' | 'retryable' | 'terminal' | 'lost';
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly at: number | null;
  readonly durationMs: number | null;
  /** The first 1,024 characters of an answer that was not 2xx. */
  readonly response: string | null;
}

export interface WebhookPage<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; `null` on the last one. */
  readonly cursor: string | null;
}

export interface WebhookPlace {
  readonly limit: number;
  readonly cursor: string | null;
}

export interface WebhookDeliveryFilter {
  readonly status: WebhookDeliveryStatus | null;
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly from: number | null;
  readonly to: number | null;
}

/** What is made again: failed and canceled deliveries of a time, and events that it was disabled for. */
export interface WebhookRecovery {
  readonly since: number;
  readonly until: number | null;
  readonly missed: boolean;
  /** Only says what would be done. */
  readonly dryRun: boolean;
}

export interface WebhookRecovered {
  readonly dryRun: boolean;
  readonly deliveries: number;
  readonly missedEvents: number;
  /** Whether there is more than one call makes again; ask again for the rest. */
  readonly more: boolean;
}

/** An event that did not happen. */
export interface MadeUpEvent {
  readonly type: string;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The webhooks of one workspace, on behalf of one person. What belongs to another workspace does not exist here. */
export interface WebhookDesk {
  list(filter: { service?: string | undefined; mode?: Mode | undefined }): Promise<WebhookEndpoint[]>;
  find(endpointId: string): Promise<WebhookEndpoint>;
  create(endpoint: NewWebhookEndpoint): Promise<WebhookEndpointWithSecret>;
  update(endpointId: string, change: WebhookEndpointChange): Promise<WebhookEndpoint>;
  enable(endpointId: string): Promise<WebhookEndpoint>;
  disable(endpointId: string): Promise<WebhookEndpoint>;
  remove(endpointId: string): Promise<void>;
  rotateSecret(endpointId: string, rotation: SecretRotation): Promise<WebhookEndpointWithSecret>;
  revokeSecret(endpointId: string, secretId: string): Promise<WebhookEndpoint>;
  /** A test event, or another one that is made up; the contract does not say what it carries. */
  sendTest(endpointId: string, madeUp?: MadeUpEvent): Promise<WebhookDelivery>;
  /**
   * An event that did happen, as a test: the bytes that its endpoints get, also to one that was not told of it. Refused
   * as `not_found` where it is not kept, or is not for this endpoint.
   */
  sendEventAsTest(endpointId: string, eventId: string): Promise<WebhookDelivery>;
  deliveries(
    endpointId: string,
    filter: WebhookDeliveryFilter,
    place: WebhookPlace,
  ): Promise<WebhookPage<WebhookDelivery>>;
  delivery(endpointId: string, deliveryId: string): Promise<WebhookDeliveryWithBody>;
  attempts(endpointId: string, deliveryId: string, place: WebhookPlace): Promise<WebhookPage<WebhookAttemptView>>;
  redeliver(endpointId: string, deliveryId: string): Promise<WebhookDelivery>;
  recover(endpointId: string, recovery: WebhookRecovery): Promise<WebhookRecovered>;
}
