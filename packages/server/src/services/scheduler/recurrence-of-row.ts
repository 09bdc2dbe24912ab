import { readCron } from './cron.ts';
import type { Recurrence } from './recurrence.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { readZone } from './zone.ts';

const maxRemembered = 10_000;
const remembered = new Map<string, Pick<Recurrence, 'cron' | 'zone'>>();

/** The recurrence of a stored schedule; reading a cron is remembered, since many schedules have the same. */
export function recurrenceOf(
  row: Pick<ScheduleRow, 'id' | 'cron' | 'timezone' | 'start_at' | 'end_at' | 'max_fires'>,
): Recurrence {
  return {
    ...read(row),
    bounds: {
      startAt: row.start_at === null ? null : Number(row.start_at),
      endAt: row.end_at === null ? null : Number(row.end_at),
      maxFires: row.max_fires,
    },
  };
}

function read({ id, cron: text, timezone }: Pick<ScheduleRow, 'id' | 'cron' | 'timezone'>) {
  const name = `${text}\n${timezone}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const cron = readCron(text ?? '');
  const zone = readZone(timezone ?? '');
  // What was accepted once can only be unreadable to a runtime with another time zone database.
  if ('problem' in cron || 'problem' in zone) throw new Error(`the recurrence of ${id} cannot be read: ${name}`);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(name, { cron, zone });
  return { cron, zone };
}
