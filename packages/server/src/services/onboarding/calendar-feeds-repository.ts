import { type Db, sql } from '../../core/service.ts';

export interface CalendarFeedRow {
  readonly id: string;
  readonly name: string;
  readonly mode: 'live' | 'test';
  readonly created_at: Date;
}

const insert = sql`insert into onboarding_calendar_feeds (id, name, mode, created_at) values ($1, $2, $3, $4)`;
const list = sql`select id, name, mode, created_at from onboarding_calendar_feeds order by created_at desc, id desc limit $1`;
const find = sql`select id, name, mode, created_at from onboarding_calendar_feeds where id = $1 and mode = $2`;
const remove = sql`delete from onboarding_calendar_feeds where id = $1`;

export async function insertCalendarFeed(db: Db, row: CalendarFeedRow): Promise<void> {
  await db.run(insert, [row.id, row.name, row.mode, row.created_at]);
}

export function listCalendarFeedRows(db: Db, limit: number): Promise<CalendarFeedRow[]> {
  return db.rows<CalendarFeedRow>(list, [limit]);
}

export function findCalendarFeed(db: Db, id: string, mode: 'live' | 'test'): Promise<CalendarFeedRow | undefined> {
  return db.row<CalendarFeedRow>(find, [id, mode]);
}

export async function removeCalendarFeed(db: Db, id: string): Promise<boolean> {
  return (await db.run(remove, [id])) === 1;
}

/** A launch as a calendar shows it. */
export interface LaunchRow {
  readonly id: string;
  readonly name: string | null;
  readonly phase: string;
  readonly state: string;
  readonly target_launch_date: Date;
  readonly updated_at: Date;
  readonly customer: string;
  readonly slug: string;
}

const launches = sql`
  select o.id, o.name, o.phase, o.state, o.target_launch_date, o.updated_at, c.name as customer, c.slug
  from onboarding_onboardings o
  join onboarding_customers c on c.workspace_id = o.workspace_id and c.id = o.customer_id and c.deleted_at is null
  where o.deleted_at is null and o.target_launch_date >= $1
  order by o.target_launch_date, o.id
  limit $2`;

export function listLaunches(db: Db, since: Date, limit: number): Promise<LaunchRow[]> {
  return db.rows<LaunchRow>(launches, [since, limit]);
}
