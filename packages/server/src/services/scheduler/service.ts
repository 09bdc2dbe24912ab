import { service } from './contract.ts';
import { createSchedule } from './create.ts';
import { scheduleRules } from './rules.ts';
import { getSchedule, listAll } from './schedules.ts';

/** Durable scheduled HTTP delivery. Its promises stand in `contract.ts`; this is its table of contents. */
export const scheduler = service({
  operations: [createSchedule, listAll, getSchedule],
  loops: [],
  deliveries: { schedule: scheduleRules },
  migrations: new URL('./migrations/', import.meta.url),
});
