import type { Mode } from '../../console/types.ts';

export interface Endpoint {
  readonly id: string;
  readonly service: string;
  readonly mode: Mode;
  readonly url: string;
  readonly events: readonly string[];
  readonly subject: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabled: { readonly reason: string; readonly at: number; readonly message: string } | null;
  readonly health: { readonly failingSince: number | null; readonly deadLetters: number };
  readonly secrets: readonly EndpointSecret[];
  readonly createdAt: number;
}

export interface EndpointSecret {
  readonly id: string;
  readonly state: 'active' | 'retiring';
  readonly hint: string;
  readonly createdAt: number;
  readonly retiresAt: number | null;
}

export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled';
  readonly trigger: 'event' | 'redelivery' | 'test';
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly lastStatusCode: number | null;
  readonly failure: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

export interface Attempt {
  readonly id: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly at: number | null;
  readonly durationMs: number | null;
  readonly response: string | null;
}
