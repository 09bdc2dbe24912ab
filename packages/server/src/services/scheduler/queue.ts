import { type Db, fragment, sql } from '../../core/service.ts';
import type { MessageRow } from './message.ts';

/** A delivery as it is queued; the dispatcher takes it from there. */
export interface NewDelivery {
  readonly id: string;
  readonly source_id: string;
  readonly occurrence: number;
  readonly message_id: string;
  readonly target_id: string | null;
  readonly held: boolean;
  /** Whether the service is told when it is claimed: the occurrence after which the next one is made. */
  readonly watched: boolean;
  /** Whether its schedule makes others: then one instant of it exists once. */
  readonly one_of_many: boolean;
  readonly scheduled_for: Date;
  readonly due_at: Date;
  readonly deadline: Date | null;
  readonly idempotency_key: string;
  readonly replay_of: string | null;
  readonly fire_class: string;
  readonly created_at: Date;
}

const insertMessageRow = sql`
  insert into messages (id, url, method, sealed_headers, header_keys, sealed_body, body_bytes, content_type, retry_policy)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

export function insertMessage(db: Db, row: MessageRow): void {
  db.defer(insertMessageRow, messageColumns(row));
}

/** The same at once, for a call that reads it again. */
export async function storeMessage(db: Db, row: MessageRow): Promise<void> {
  await db.run(insertMessageRow, messageColumns(row));
}

function messageColumns(row: MessageRow): unknown[] {
  return [
    row.id,
    row.url,
    row.method,
    row.sealed_headers,
    row.header_keys,
    row.sealed_body,
    row.body_bytes,
    row.content_type,
    row.retry_policy === null ? null : JSON.stringify(row.retry_policy),
  ];
}

const insertDeliveryRow = sql`
  insert into deliveries (id, service, kind, source_id, occurrence, message_id, target_id, held, claimable, watched,
    one_of_many, scheduled_for, due_at, deadline, idempotency_key, replay_of, fire_class, created_at)
  values ($1, 'scheduler', 'schedule', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

export function insertDelivery(db: Db, row: NewDelivery): void {
  db.defer(insertDeliveryRow, [
    row.id,
    row.source_id,
    row.occurrence,
    row.message_id,
    row.target_id,
    row.held,
    !row.held,
    row.watched,
    row.one_of_many,
    row.scheduled_for,
    row.due_at,
    row.deadline,
    row.idempotency_key,
    row.replay_of,
    row.fire_class,
    row.created_at,
  ]);
}

// Arrays, since PostgreSQL takes as long to read the same rows from JSON as to insert them. No name of a header has a comma.
// What is sealed lies in one value end to end: an array of bytes would be sent as text, two digits for each.
const insertMessageRows = sql`
  insert into messages (id, url, method, sealed_headers, header_keys, sealed_body, body_bytes, content_type, retry_policy)
  select r.id, r.url, r.method, substring($10::bytea from r.headers_at for r.headers_length), string_to_array(r.header_keys, ','),
    substring($10::bytea from r.body_at for r.body_length), r.body_bytes, r.content_type, r.retry_policy::jsonb
  from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::int[], $8::int[], $9::int[], $11::text[],
    $12::text[]) as r(id, url, method, headers_at, headers_length, header_keys, body_at, body_length, body_bytes,
    content_type, retry_policy)`;

/** Many at once, in one statement. */
export function insertMessages(db: Db, rows: readonly MessageRow[]): void {
  const headers = rows.map((row) => row.sealed_headers);
  const bodies = rows.map((row) => row.sealed_body);
  const sealed = [...headers, ...bodies];
  const places = placesOf(sealed);
  db.defer(insertMessageRows, [
    rows.map((row) => row.id),
    rows.map((row) => row.url),
    rows.map((row) => row.method),
    places.slice(0, rows.length),
    headers.map((bytes) => bytes?.length ?? null),
    rows.map((row) => row.header_keys.join()),
    places.slice(rows.length),
    bodies.map((bytes) => bytes?.length ?? null),
    rows.map((row) => row.body_bytes),
    Buffer.concat(sealed.filter((bytes) => bytes !== null)),
    rows.map((row) => row.content_type),
    rows.map((row) => (row.retry_policy === null ? null : JSON.stringify(row.retry_policy))),
  ]);
}

/** Where each begins when all lie end to end, from 1; `null` for what is not there. */
function placesOf(values: readonly (Buffer | null)[]): (number | null)[] {
  let next = 1;
  return values.map((bytes) => {
    if (bytes === null) return null;
    const place = next;
    next += bytes.length;
    return place;
  });
}

const deliveryRows = fragment`
  insert into deliveries (id, service, kind, source_id, occurrence, message_id, target_id, held, claimable, watched,
    one_of_many, scheduled_for, due_at, deadline, idempotency_key, replay_of, fire_class, created_at)
  select r.id, 'scheduler', 'schedule', r.source_id, r.occurrence, r.message_id, r.target_id, r.held, not r.held, r.watched,
    r.one_of_many, to_timestamp(r.scheduled_for / 1000), to_timestamp(r.due_at / 1000), to_timestamp(r.deadline / 1000),
    r.idempotency_key, r.replay_of, r.fire_class, $15
  from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::boolean[],
    $9::float8[], $10::float8[], $11::float8[], $12::text[], $13::text[], $14::text[]) as r(id, source_id, occurrence,
    message_id, target_id, held, watched, one_of_many, scheduled_for, due_at, deadline, idempotency_key, replay_of,
    fire_class)`;

const insertNew = sql`${deliveryRows}`;
// Looking for a conflict costs a third of the insert.
const insertMissing = sql`${deliveryRows} on conflict do nothing`;

/** Many that are made at one instant. */
export function insertDeliveries(db: Db, rows: readonly NewDelivery[]): void {
  if (rows.length > 0) db.defer(insertNew, deliveryColumns(rows));
}

/** The same of schedules that are there already: an occurrence that exists stays as it is. */
export function insertOccurrences(db: Db, rows: readonly NewDelivery[]): void {
  if (rows.length > 0) db.defer(insertMissing, deliveryColumns(rows));
}

function deliveryColumns(rows: readonly NewDelivery[]): unknown[] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.source_id),
    rows.map((row) => row.occurrence),
    rows.map((row) => row.message_id),
    rows.map((row) => row.target_id),
    rows.map((row) => row.held),
    rows.map((row) => row.watched),
    rows.map((row) => row.one_of_many),
    rows.map((row) => millis(row.scheduled_for)),
    rows.map((row) => millis(row.due_at)),
    rows.map((row) => millis(row.deadline)),
    rows.map((row) => row.idempotency_key),
    rows.map((row) => row.replay_of),
    rows.map((row) => row.fire_class),
    rows[0]?.created_at,
  ];
}

/** Unix milliseconds: what arrays of instants are sent as. */
export function millis(at: Date | null): number | null {
  return at === null ? null : at.getTime();
}

const insertExpiredRows = sql`
  insert into deliveries (id, service, kind, source_id, occurrence, message_id, target_id, claimable, status,
    one_of_many, scheduled_for, deadline, idempotency_key, coalesced_count, coalesced_from, created_at, finalized_at)
  select r.id, 'scheduler', 'schedule', r.source_id, r.occurrence, r.message_id, r.target_id, false, 'expired',
    r.one_of_many, r.scheduled_for, r.deadline, r.idempotency_key, r.coalesced_count, r.coalesced_from, r.created_at, $2
  from json_populate_recordset(null::deliveries, $1) r
  on conflict do nothing`;

/** Rows of occurrences that nobody sends, so that none of them vanishes. */
export function insertExpired(
  db: Db,
  rows: readonly (NewDelivery & { readonly coalesced_count: number | null; readonly coalesced_from: Date | null })[],
  now: number,
): void {
  if (rows.length > 0) db.defer(insertExpiredRows, [JSON.stringify(rows), new Date(now)]);
}
