import type { DeliveryRules } from '../../core/service.ts';
import { claimed } from './claimed.ts';
import type { contract } from './contract.ts';
import { formatInstant } from './instant.ts';
import { defaultRetryPolicy } from './retry-policy.ts';

/** How deliveries of schedules are sent (specification 6.1, 6.4, 6.5). */
export const scheduleRules: DeliveryRules<typeof contract> = {
  retry: defaultRetryPolicy,
  timeoutMs: 30_000,
  signature: 'sched',
  userAgent: 'Sched/1.0',
  reservedPrefixes: ['sched-'],
  claimed,
  headers: ({ sourceId, mode, idempotencyKey, scheduledFor, replayOf, contentType }) => ({
    'Idempotency-Key': idempotencyKey,
    'Sched-Schedule-Id': sourceId,
    'Sched-Scheduled-For': formatInstant(scheduledFor),
    'Sched-Mode': mode,
    ...(replayOf === null ? {} : { 'Sched-Replay-Of': replayOf }),
    ...(contentType === null ? {} : { 'Content-Type': contentType }),
  }),
};
