import { type Db, sql } from '../../core/service.ts';

const takenAhead = sql`
  select source_id, scheduled_for from deliveries
  where source_id = any($1::text[]) and one_of_many and scheduled_for > $2`;

/** Instants ahead that have a delivery already, by schedule. */
export async function findTakenInstants(
  db: Db,
  ids: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  if (ids.length === 0) return new Map();
  const rows = await db.rows<{ source_id: string; scheduled_for: Date }>(takenAhead, [ids, new Date(now)]);
  const groups = Map.groupBy(rows, ({ source_id: id }) => id);
  return new Map([...groups].map(([id, group]) => [id, new Set(group.map(({ scheduled_for: at }) => Number(at)))]));
}

/** An occurrence that has not ended. */
export interface OpenOccurrence {
  readonly id: string;
  readonly occurrence: number;
  /** A node has it, or it had its first attempt. */
  running: boolean;
}

const openOccurrences = sql`
  select source_id, id, occurrence, lease_owner is not null or attempt_count > 0 as running from deliveries
  where source_id = any($1::text[]) and kind = 'schedule' and finalized_at is null and replay_of is null`;

/** What some schedules have unfinished, by schedule. */
export async function findOpenOccurrences(db: Db, ids: readonly string[]): Promise<Map<string, OpenOccurrence[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db.rows<OpenOccurrence & { source_id: string }>(openOccurrences, [ids]);
  return Map.groupBy(rows, ({ source_id: id }) => id);
}

const setAllReady = sql`
  update scheduler_schedules s set next_fire_at = r.next_fire_at, next_occurrence = r.next_occurrence
  from json_to_recordset($1) as r(id text, next_fire_at timestamptz, next_occurrence bigint) where s.id = r.id`;

/** Which occurrence each of some schedules keeps ready. */
export function setReady(
  db: Db,
  rows: readonly { id: string; next_fire_at: Date | null; next_occurrence: number }[],
): void {
  if (rows.length > 0) db.defer(setAllReady, [JSON.stringify(rows)]);
}

/** What was decided about a claimed delivery; `null` leaves a column as it is. */
export interface SettledOccurrence {
  readonly id: string;
  readonly status: 'expired' | 'canceled' | null;
  readonly scheduled_for: Date | null;
  readonly deadline: Date | null;
  readonly fire_class: string | null;
  readonly coalesced_count: number | null;
  readonly coalesced_from: Date | null;
  readonly deferral: string | null;
  readonly finalized_at: Date | null;
}

const settleAll = sql`
  update deliveries d set status = coalesce(r.status, d.status),
    scheduled_for = coalesce(r.scheduled_for, d.scheduled_for), deadline = coalesce(r.deadline, d.deadline),
    fire_class = coalesce(r.fire_class, d.fire_class), coalesced_count = coalesce(r.coalesced_count, d.coalesced_count),
    coalesced_from = coalesce(r.coalesced_from, d.coalesced_from), deferral = coalesce(r.deferral, d.deferral),
    first_deferral = coalesce(d.first_deferral, r.deferral), finalized_at = r.finalized_at,
    due_at = case when r.finalized_at is null then d.due_at end,
    lease_owner = case when r.finalized_at is null then d.lease_owner end
  from json_to_recordset($1) as r(id text, status text, scheduled_for timestamptz, deadline timestamptz, fire_class text,
    coalesced_count int, coalesced_from timestamptz, deferral text, finalized_at timestamptz)
  where d.id = r.id and d.finalized_at is null`;

export function settleOccurrences(db: Db, rows: readonly SettledOccurrence[]): void {
  if (rows.length > 0) db.defer(settleAll, [JSON.stringify(rows)]);
}
