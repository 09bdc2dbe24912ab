import { type Db, sql } from '../../core/service.ts';
import type { Change } from './diff.ts';
import type { Span } from './filters.ts';

export interface ActivityRow {
  readonly id: string;
  readonly at: Date;
  readonly customer_id: string;
  readonly onboarding_id: string | null;
  readonly contact_id: string | null;
  readonly task_id: string | null;
  readonly event_type: string;
  readonly actor: string;
  readonly actor_type: 'api_key' | 'person' | 'system';
  readonly mode: 'live' | 'test';
  readonly changes: readonly Change[];
  readonly request_id: string;
  readonly suppressed_effects: number;
}

const insert = sql`
  insert into onboarding_activity (id, at, customer_id, onboarding_id, contact_id, task_id, event_type, actor, actor_type,
    mode, changes, request_id, suppressed_effects)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

export function insertActivity(db: Db, row: ActivityRow): void {
  db.defer(insert, [
    row.id,
    row.at,
    row.customer_id,
    row.onboarding_id,
    row.contact_id,
    row.task_id,
    row.event_type,
    row.actor,
    row.actor_type,
    row.mode,
    JSON.stringify(row.changes),
    row.request_id,
    row.suppressed_effects,
  ]);
}

export interface ActivityFilters {
  readonly mode: string | null;
  readonly actor: string | null;
  readonly eventType: string | null;
  readonly onboardingId: string | null;
}

const list = sql`
  select id, at, customer_id, onboarding_id, contact_id, task_id, event_type, actor, actor_type, mode, changes,
    request_id, suppressed_effects
  from onboarding_activity
  where customer_id = $1 and (at, id) < ($2, $3) and ($4::text is null or mode = $4) and ($5::text is null or actor = $5)
    and ($6::text is null or event_type = $6) and at > $7
    and ($8::text is null or onboarding_id = $8)
  order by at desc, id desc limit $9`;

/** Newest first, those of a span of that order. */
export function listActivityRows(
  db: Db,
  customerId: string,
  { mode, actor, eventType, onboardingId }: ActivityFilters,
  { after, since }: Pick<Span, 'after' | 'since'>,
  count: number,
): Promise<ActivityRow[]> {
  const values = [customerId, after.at, after.id, mode, actor, eventType, since, onboardingId, count];
  return db.rows<ActivityRow>(list, values);
}
