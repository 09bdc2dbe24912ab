import { fragment, sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';
import type { WaitingEvent } from './fan-out-repository.ts';

/** A delivery as it stands. */
export interface DeliveryRow {
  readonly id: string;
  readonly service: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly messageId: string;
  readonly status: 'scheduled' | 'retrying' | 'succeeded' | 'dead_letter' | 'expired' | 'canceled';
  readonly replayOf: string | null;
  readonly isTest: boolean;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly lastStatusCode: number | null;
  readonly deadLetterReason: string | null;
  readonly scheduledFor: Date;
  readonly createdAt: Date;
  readonly finalizedAt: Date | null;
}

export interface AttemptRow {
  readonly id: string;
  readonly attempt: number;
  readonly outcome: 'succeeded' | 'retryable' | 'terminal' | 'lost';
  readonly statusCode: number | null;
  readonly errorCode: string | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly responseBody: string | null;
}

export interface DeliveryQuestion {
  readonly endpointId: string;
  /** Statuses of the rows; all when empty. */
  readonly statuses: readonly string[];
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly from: Date | null;
  /** Not included. */
  readonly to: Date | null;
  /** The row that the last page ended with. */
  readonly after: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

const columns = fragment`
  d.id, d.service, d.source_id as "eventId", d.event_type as "eventType", d.message_id as "messageId", d.status,
  d.replay_of as "replayOf", d.idempotency_key like 'test:%' as "isTest", d.attempt_count as attempts, d.due_at as "dueAt", d.last_status_code as "lastStatusCode",
  d.dead_letter_reason as "deadLetterReason", d.scheduled_for as "scheduledFor", d.created_at as "createdAt",
  d.finalized_at as "finalizedAt"`;

const list = sql`
  select ${columns} from deliveries d
  where d.kind = 'webhook' and d.target_id = $1
    and (cardinality($2::text[]) = 0 or d.status = any($2))
    and ($3::text is null or d.event_type = $3) and ($4::text is null or d.source_id = $4)
    and ($5::timestamptz is null or d.created_at >= $5) and ($6::timestamptz is null or d.created_at < $6)
    and ($7::timestamptz is null or (d.created_at, d.id) < ($7, $8::text))
  order by d.created_at desc, d.id desc limit $9`;

const findOne = sql`
  select ${columns} from deliveries d where d.kind = 'webhook' and d.target_id = $1 and d.id = $2`;

const findBody = sql`select sealed_body as sealed from messages where id = $1`;

const listAttempts = sql`
  select id, attempt, outcome, status_code as "statusCode", error_code as "errorCode", started_at as "startedAt",
    completed_at as "completedAt", response_body as "responseBody"
  from attempts where delivery_id = $1 and ($2::int is null or attempt > $2) order by attempt limit $3`;

// What failed or was canceled, and of which no later delivery has arrived or is on its way.
const listLost = sql`
  select ${columns} from deliveries d
  where d.kind = 'webhook' and d.target_id = $1 and d.replay_of is null and d.status in ('dead_letter', 'canceled')
    and d.idempotency_key not like 'test:%'
    and d.created_at >= $2 and d.created_at < $3
    and not exists (
      select from deliveries r where r.workspace_id = d.workspace_id and r.replay_of = d.id and r.kind = 'webhook'
        and r.status in ('scheduled', 'retrying', 'succeeded'))
  order by d.created_at, d.id limit $4`;

// Events that were never made a delivery to this endpoint. $6 is what their ids begin with in the world.
const listMissed = sql`
  select e.id as "effectId", e.service, e.name as type, e.subject, e.payload as data, e.created_at as at from effects e
  where e.service = $1 and e.name = any($2) and e.state in ('delivered', 'unsubscribed')
    and e.created_at >= $3 and e.created_at < $4
    and ($7::text is null or e.subject = $7)
    and not exists (
      select from deliveries d where d.workspace_id = e.workspace_id and d.kind = 'webhook' and d.target_id = $5
        and d.source_id = $6 || substring(e.id from 5) and d.one_of_many
        and d.idempotency_key not like 'test:%')
  order by e.created_at, e.id limit $8`;

const findHappened = sql`
  select e.id as "effectId", e.service, e.name as type, e.subject, e.payload as data, e.created_at as at from effects e
  where e.service = $1 and e.id = $2 and e.name = any($3) and e.created_at >= $4`;

const handOver = sql`update effects set state = 'delivered' where id = any($1) and state = 'unsubscribed'`;

export const listDeliveries = (db: Db, question: DeliveryQuestion) =>
  db.rows<DeliveryRow>(list, [
    question.endpointId,
    question.statuses,
    question.eventType,
    question.eventId,
    question.from,
    question.to,
    question.after?.at ?? null,
    question.after?.id ?? null,
    question.limit,
  ]);

export const findDelivery = (db: Db, endpointId: string, deliveryId: string) =>
  db.row<DeliveryRow>(findOne, [endpointId, deliveryId]);

/** The sealed body of a message; `null` once it has gone with the log. */
export async function findSealedBody(db: Db, messageId: string): Promise<Buffer | null> {
  return (await db.row<{ sealed: Buffer | null }>(findBody, [messageId]))?.sealed ?? null;
}

export const listAttemptsOf = (db: Db, deliveryId: string, after: number | null, limit: number) =>
  db.rows<AttemptRow>(listAttempts, [deliveryId, after, limit]);

export const listLostDeliveries = (db: Db, endpointId: string, since: number, until: number, limit: number) =>
  db.rows<DeliveryRow>(listLost, [endpointId, new Date(since), new Date(until), limit]);

export const listMissedEvents = (
  db: Db,
  asked: {
    readonly service: string;
    readonly types: readonly string[];
    readonly since: number;
    readonly until: number;
    readonly endpointId: string;
    readonly eventPrefix: string;
    readonly subject: string | null;
    readonly limit: number;
  },
) =>
  db.rows<WaitingEvent>(listMissed, [
    asked.service,
    asked.types,
    new Date(asked.since),
    new Date(asked.until),
    asked.endpointId,
    asked.eventPrefix,
    asked.subject,
    asked.limit,
  ]);

/** An event that was emitted since an instant, by the id of its effect. */
export const findEvent = (
  db: Db,
  asked: {
    readonly service: string;
    readonly effectId: string;
    readonly types: readonly string[];
    readonly since: Date;
  },
) => db.row<WaitingEvent>(findHappened, [asked.service, asked.effectId, asked.types, asked.since]);

export const markHandedOver = (db: Db, effectIds: readonly string[]) => db.defer(handOver, [effectIds]);
