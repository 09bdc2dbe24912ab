import { type Db, fragment, sql } from '../../core/service.ts';
import type { Span } from './filters.ts';
import { hasMetadata } from './metadata-condition.ts';
import type { Ref } from './ref.ts';
import type { TaskRow } from './task-row.ts';

const columns = fragment`
  id, display_id, onboarding_id, parent_id, title, description, assignee_id, due_date, customer_facing, done, completed_by,
  completed_at, metadata, mode, created_at, updated_at, deleted_at`;

const insert = sql`
  with counted as (
    insert into onboarding_counters as c (kind, last) values ('task', 1)
    on conflict (workspace_id, kind) do update set last = c.last + 1
    returning last
  )
  insert into onboarding_tasks (id, display_id, onboarding_id, parent_id, title, description, assignee_id, due_date,
    customer_facing, done, completed_by, completed_at, metadata, mode, created_at, updated_at)
  select $1, last, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14 from counted
  returning display_id`;

export async function insertTask(db: Db, row: Omit<TaskRow, 'display_id'>): Promise<TaskRow> {
  const made = await db.row<{ display_id: number }>(insert, [
    row.id,
    row.onboarding_id,
    row.parent_id,
    ...fieldsOf(row),
    row.mode,
    row.created_at,
  ]);
  return { ...row, display_id: made?.display_id ?? 0 };
}

function fieldsOf(row: Omit<TaskRow, 'display_id'>): unknown[] {
  return [
    row.title,
    row.description,
    row.assignee_id,
    row.due_date,
    row.customer_facing,
    row.done,
    row.completed_by,
    row.completed_at,
    JSON.stringify(row.metadata),
  ];
}

const findById = sql`select ${columns} from onboarding_tasks where id = $1 and deleted_at is null`;
const findByNumber = sql`select ${columns} from onboarding_tasks where display_id = $1 and deleted_at is null`;

/** A task that is not deleted. */
export function findTask(db: Db, ref: Ref): Promise<TaskRow | undefined> {
  return 'id' in ref ? db.row(findById, [ref.id]) : db.row(findByNumber, [ref.displayId]);
}

const lockById = sql`select ${columns} from onboarding_tasks where id = $1 for no key update`;
const lockByNumber = sql`select ${columns} from onboarding_tasks where display_id = $1 for no key update`;

/** Takes a task for a change, a deleted one too: others who want to change it wait. */
export function lockTask(db: Db, ref: Ref): Promise<TaskRow | undefined> {
  return 'id' in ref ? db.row(lockById, [ref.id]) : db.row(lockByNumber, [ref.displayId]);
}

const update = sql`
  update onboarding_tasks set title = $2, description = $3, assignee_id = $4, due_date = $5, customer_facing = $6,
    done = $7, completed_by = $8, completed_at = $9, metadata = $10, updated_at = $11
  where id = $1`;

export async function updateTask(db: Db, row: TaskRow): Promise<void> {
  await db.run(update, [row.id, ...fieldsOf(row), row.updated_at]);
}

const remove = sql`
  update onboarding_tasks set deleted_at = $2 where (id = $1 or parent_id = $1) and deleted_at is null`;

/** A task is deleted with its subtasks. */
export async function removeTask(db: Db, id: string, at: Date): Promise<void> {
  await db.run(remove, [id, at]);
}

const list = sql`
  select ${columns} from onboarding_tasks
  where onboarding_id = $1 and deleted_at is null and (created_at, id) < ($2, $3) and created_at > $4
    and ($5::boolean is null or done = $5) and ${hasMetadata(fragment`$7`)}
  order by created_at desc, id desc limit $6`;

/** Newest first, those of a span. */
export function listTaskRows(
  db: Db,
  onboardingId: string,
  done: boolean | null,
  { after, since, metadata }: Span,
  count: number,
): Promise<TaskRow[]> {
  return db.rows<TaskRow>(list, [onboardingId, after.at, after.id, since, done, count, JSON.stringify(metadata)]);
}
