import { webhookRules } from '../classify.ts';
import type { RequestCourier } from '../couriers.ts';
import { composeWebhook } from './compose.ts';
import type { WebhookDialect } from './dialects.ts';
import { isTestKey } from './event-id.ts';
import type { EndpointHealthKeeper } from './health.ts';

/** How the deliveries of a service's webhooks are sent, and who is told how they went. */
export function webhookCourier(dialect: WebhookDialect, health: Pick<EndpointHealthKeeper, 'ended'>): RequestCourier {
  return {
    rules: null,
    classify: webhookRules,
    policyOf: (_, { idempotencyKey }) =>
      dialect.test.once === true && isTestKey(idempotencyKey) ? once : dialect.schedule.retries,
    compose: (held, content, secrets, now) =>
      composeWebhook(
        dialect,
        {
          deliveryId: held.id,
          eventId: held.sourceId,
          eventType: held.eventType ?? '',
          mode: held.mode,
          url: content.url,
          body: content.body ?? '',
          attempt: held.attemptCount + 1,
          secrets,
        },
        now,
      ),
    ended({ held, result, answer }, ending) {
      // What came of a lost attempt nobody knows, so it is no failure of the endpoint.
      if (held.targetId === null || result.class === 'lost') return;
      health.ended(
        { mode: held.mode, workspaceId: held.workspaceId, endpointId: held.targetId },
        result.class === 'success'
          ? { type: 'succeeded' }
          : {
              type: 'failed',
              status: answer?.type === 'response' ? answer.status : null,
              final: ending.status === 'dead_letter',
            },
      );
    },
  };
}

/** Who tries an endpoint wants its answer now, and not another one in an hour. */
const once = { strategy: 'exponential', maxAttempts: 1, baseMs: 0, factor: 1, maxMs: 0 } as const;
