import { type Db, fragment, type Sql, sql } from '../../core/service.ts';
import type { Span } from './filters.ts';
import type { OnboardingRow } from './onboarding-row.ts';
import type { Ref } from './ref.ts';
import { facet, matchingOnboardings, matchingValues, metadataFacets } from './search-repository.ts';

const columns = fragment`
  id, display_id, customer_id, template_id, name, phase, state, waiting_on_customer, started_at, completed_at,
  target_launch_date, csm_id, se_id, designer_id, product_ops_id, notes, reminders_enabled, reminder_frequency_days,
  reminder_mode, next_reminder_at, metadata, mode, created_at, updated_at, deleted_at`;

const insert = sql`
  with counted as (
    insert into onboarding_counters as c (kind, last) values ('onboarding', 1)
    on conflict (workspace_id, kind) do update set last = c.last + 1
    returning last
  )
  insert into onboarding_onboardings (id, display_id, customer_id, template_id, name, phase, state, waiting_on_customer,
    started_at, completed_at, target_launch_date, csm_id, se_id, designer_id, product_ops_id, notes, reminders_enabled,
    reminder_frequency_days, reminder_mode, next_reminder_at, metadata, mode, created_at, updated_at)
  select $1, last, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22
  from counted
  returning display_id`;

export async function insertOnboarding(db: Db, row: Omit<OnboardingRow, 'display_id'>): Promise<OnboardingRow> {
  const made = await db.row<{ display_id: number }>(insert, [
    row.id,
    row.customer_id,
    ...fieldsOf(row),
    row.mode,
    row.created_at,
  ]);
  return { ...row, display_id: made?.display_id ?? 0 };
}

function fieldsOf(row: Omit<OnboardingRow, 'display_id'>): unknown[] {
  return [
    row.template_id,
    row.name,
    row.phase,
    row.state,
    row.waiting_on_customer,
    row.started_at,
    row.completed_at,
    row.target_launch_date,
    row.csm_id,
    row.se_id,
    row.designer_id,
    row.product_ops_id,
    row.notes,
    row.reminders_enabled,
    row.reminder_frequency_days,
    row.reminder_mode,
    row.next_reminder_at,
    JSON.stringify(row.metadata),
  ];
}

const findById = sql`select ${columns} from onboarding_onboardings where id = $1 and deleted_at is null`;
const findByNumber = sql`select ${columns} from onboarding_onboardings where display_id = $1 and deleted_at is null`;

/** An onboarding that is not deleted. */
export function findOnboarding(db: Db, ref: Ref): Promise<OnboardingRow | undefined> {
  return 'id' in ref ? db.row(findById, [ref.id]) : db.row(findByNumber, [ref.displayId]);
}

const lockById = sql`select ${columns} from onboarding_onboardings where id = $1 for no key update`;
const lockByNumber = sql`select ${columns} from onboarding_onboardings where display_id = $1 for no key update`;

/** Takes an onboarding for a change, a deleted one too: others who want to change it wait. */
export function lockOnboarding(db: Db, ref: Ref): Promise<OnboardingRow | undefined> {
  return 'id' in ref ? db.row(lockById, [ref.id]) : db.row(lockByNumber, [ref.displayId]);
}

const update = sql`
  update onboarding_onboardings set template_id = $2, name = $3, phase = $4, state = $5, waiting_on_customer = $6,
    started_at = $7, completed_at = $8, target_launch_date = $9, csm_id = $10, se_id = $11, designer_id = $12,
    product_ops_id = $13, notes = $14, reminders_enabled = $15, reminder_frequency_days = $16, reminder_mode = $17,
    next_reminder_at = $18, metadata = $19, updated_at = $20, deleted_at = $21
  where id = $1`;

export async function updateOnboarding(db: Db, row: OnboardingRow): Promise<void> {
  await db.run(update, [row.id, ...fieldsOf(row), row.updated_at, row.deleted_at]);
}

const postpone = sql`update onboarding_onboardings set next_reminder_at = $2 where id = $1`;

/** Sets when the next reminder is due; that is no change of the onboarding. */
export async function postponeReminder(db: Db, id: string, at: Date | null): Promise<void> {
  await db.run(postpone, [id, at]);
}

export interface OnboardingFilters {
  readonly customerId: string | null;
  readonly phase: string | null;
  readonly state: string | null;
}

const conditions = {
  customerId: [fragment`o.customer_id = $5`, fragment`($5::text is null or true)`],
  phase: [fragment`o.phase = $6`, fragment`($6::text is null or true)`],
  state: [fragment`o.state = $7`, fragment`($7::text is null or true)`],
} as const;

// What belongs to a deleted customer left the lists with it (specification 11, 4).
const isListed = fragment`o.deleted_at is null
      and exists (select from onboarding_customers c where c.id = o.customer_id and c.deleted_at is null)`;

const statements = new Map<string, Sql>();

/** One for each set of filters, because a plan that fits all of them walks the whole list for a rare value. */
function statementFor(filters: OnboardingFilters): Sql {
  const is = (name: keyof OnboardingFilters): 0 | 1 => (filters[name] === null ? 1 : 0);
  const key = [is('customerId'), is('phase'), is('state')].join();
  const known = statements.get(key);
  if (known !== undefined) return known;
  const made = sql`
    select ${columns} from onboarding_onboardings o
    where (o.created_at, o.id) < ($1, $2) and o.created_at > $3 and ${conditions.customerId[is('customerId')]}
      and ${conditions.phase[is('phase')]} and ${conditions.state[is('state')]} and ${isListed}
    order by o.created_at desc, o.id desc limit $4`;
  statements.set(key, made);
  return made;
}

const search = sql`
  select ${columns} from onboarding_onboardings o
  where o.id = any(array(select m.id from ${matchingOnboardings} m)) and ${isListed}
  order by o.created_at desc, o.id desc`;

/** Newest first, those of a span that pass the filters. */
export function listOnboardingRows(
  db: Db,
  filters: OnboardingFilters,
  span: Span,
  count: number,
): Promise<OnboardingRow[]> {
  const { customerId, phase, state } = filters;
  if (span.metadata.length > 0) {
    const facets = [
      ...facet('customer', customerId),
      ...facet('phase', phase),
      ...facet('state', state),
      ...metadataFacets(span.metadata),
    ];
    return db.rows<OnboardingRow>(search, matchingValues('', facets, span, count));
  }
  const { after, since } = span;
  return db.rows<OnboardingRow>(statementFor(filters), [after.at, after.id, since, count, customerId, phase, state]);
}

const due = sql`select workspace_id as "workspaceId", id from onboarding_due_reminders($1, $2, $3)`;

/** Reminders of a mode that are due in any workspace: for the loop that sends them. */
export function listDueReminders(db: Db, mode: 'live' | 'test', now: number, count: number) {
  return db.rows<{ workspaceId: string; id: string }>(due, [mode, new Date(now), count]);
}
