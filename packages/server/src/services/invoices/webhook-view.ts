import type { WebhookAttemptView, WebhookDelivery, WebhookEndpoint } from '../../core/service.ts';
import type { Ctx } from './contract.ts';

/** How the deliveries of an endpoint have ended. */
interface EndpointFigures {
  readonly pending: number;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
}

export function viewEndpoint(row: WebhookEndpoint, { pending, lastSuccessAt, lastFailureAt }: EndpointFigures) {
  const active = row.secrets.find(({ state }) => state === 'active');
  return {
    id: row.id,
    mode: row.mode,
    url: row.url,
    events: row.events,
    clientId: row.subject,
    description: row.description,
    status: row.enabled ? ('active' as const) : ('disabled' as const),
    disabledReason: row.disabled?.reason ?? null,
    disabledAt: row.disabled === null ? null : iso(row.disabled.at),
    apiVersion: '2026-04-01',
    secretHint: active?.hint ?? null,
    stats: {
      lastSuccessAt: lastSuccessAt === null ? null : iso(lastSuccessAt),
      lastFailureAt: lastFailureAt === null ? null : iso(lastFailureAt),
      failingSince: row.health.failingSince === null ? null : iso(row.health.failingSince),
      consecutiveFailures: row.health.deadLetters,
      pending,
    },
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

export function viewDelivery(
  ctx: Pick<Ctx, 'mode'>,
  row: WebhookDelivery,
  attempts: readonly WebhookAttemptView[],
  body: { readonly payload: unknown; readonly available: boolean },
) {
  return {
    id: row.id,
    mode: ctx.mode,
    webhookId: row.endpointId,
    eventId: row.eventId,
    eventType: row.eventType,
    status: row.status,
    attemptCount: row.attempts,
    nextAttemptAt: row.nextAttemptAt === null ? null : iso(row.nextAttemptAt),
    payloadAvailable: body.available,
    payload: body.payload,
    trigger: row.trigger,
    redeliveryOf: row.replayOf,
    attempts: attempts.map((attempt) => ({
      number: attempt.attempt,
      startedAt: attempt.at === null ? null : iso(attempt.at),
      durationMs: attempt.durationMs === null ? null : Math.round(attempt.durationMs),
      responseStatus: attempt.statusCode,
      responseBody: attempt.response,
      error: attempt.statusCode === null ? attempt.error : null,
    })),
    createdAt: iso(row.createdAt),
    completedAt: row.finishedAt === null ? null : iso(row.finishedAt),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
