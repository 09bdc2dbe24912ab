import { backfillSchedule } from './backfill.ts';
import { createSchedules } from './bulk-create.ts';
import { advanceClock, freezeClock, getClock, resumeClock } from './clock.ts';
import { service } from './contract.ts';
import { createSchedule } from './create.ts';
import { cancelDelivery, getDelivery, listAttempts, listDeliveries } from './deliveries.ts';
import {
  archiveEndpoint,
  createEndpoint,
  getEndpoint,
  listEndpoints,
  patchEndpoint,
  unarchiveEndpoint,
} from './endpoints.ts';
import { cancelSchedule, pauseSchedule, resumeSchedule } from './lifecycle.ts';
import { me } from './me.ts';
import { patchSchedule } from './patch.ts';
import { previewSchedule } from './preview.ts';
import { replayDelivery, replayMany } from './replay.ts';
import { rescheduleSchedule } from './reschedule.ts';
import { scheduleRules } from './rules.ts';
import { getSchedule, listAll } from './schedules.ts';
import { createSecret, getSecret, listSecrets, revokeSecret, rotateSecret } from './secrets.ts';
import { slo } from './slo.ts';
import { gauges, loops } from './system.ts';

/** Durable scheduled HTTP delivery. Its promises stand in `contract.ts`; this is its table of contents. */
export const scheduler = service({
  operations: [
    createSchedule,
    createSchedules,
    listAll,
    previewSchedule,
    getSchedule,
    patchSchedule,
    pauseSchedule,
    resumeSchedule,
    cancelSchedule,
    rescheduleSchedule,
    backfillSchedule,
    createEndpoint,
    listEndpoints,
    getEndpoint,
    patchEndpoint,
    archiveEndpoint,
    unarchiveEndpoint,
    listDeliveries,
    getDelivery,
    listAttempts,
    replayDelivery,
    replayMany,
    cancelDelivery,
    createSecret,
    listSecrets,
    getSecret,
    rotateSecret,
    revokeSecret,
    getClock,
    freezeClock,
    advanceClock,
    resumeClock,
    me,
    slo,
  ],
  loops,
  gauges,
  deliveries: { schedule: scheduleRules },
  migrations: new URL('./migrations/', import.meta.url),
});
