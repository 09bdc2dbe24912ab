import { type Db, sql } from '../../core/service.ts';

export interface OccurrenceRow {
  readonly id: string;
  readonly attempt_count: number;
  readonly leased: boolean;
  readonly due_at: Date | null;
  readonly finalized_at: Date | null;
}

const find = sql`
  select id, attempt_count, lease_owner is not null as leased, due_at, finalized_at from deliveries
  where source_id = $1 and kind = 'schedule' and replay_of is null and occurrence = $2
  order by id desc limit 1 for update`;

/** One occurrence of a schedule, for a change. */
export function findOccurrence(db: Db, scheduleId: string, occurrence: number): Promise<OccurrenceRow | undefined> {
  return db.row<OccurrenceRow>(find, [scheduleId, occurrence]);
}

const moveRow = sql`
  update deliveries set scheduled_for = $2, due_at = $3, deadline = $4, held = $5, claimable = not $5, fire_class = $6,
    deferral = null, first_deferral = null, paused_when_due = false, lease_token = lease_token + 1, lease_owner = null
  where id = $1`;

/** Gives an occurrence that waits another instant; whoever has claimed it ahead loses it. */
export async function moveOccurrence(
  db: Db,
  id: string,
  to: { scheduledFor: number; dueAt: number; deadline: number | null; held: boolean; fireClass: string },
): Promise<void> {
  await db.run(moveRow, [
    id,
    new Date(to.scheduledFor),
    new Date(to.dueAt),
    to.deadline === null ? null : new Date(to.deadline),
    to.held,
    to.fireClass,
  ]);
}
