import type { Channel } from '../../core/channels.ts';
import { sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';
import { ulid } from '../../core/ids.ts';
import type { Sealer } from '../../core/sealing.ts';

/** A message that leaves, in the words of the effect that caused it. */
export interface QueuedMessage {
  readonly effectId: string;
  readonly service: string;
  readonly channel: Channel;
  readonly effect: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Unix milliseconds. */
  readonly at: number;
}

const insertMessage = sql`
  insert into messages (id, sealed_body, body_bytes, content_type) values ($1, $2, $3, $4)`;

const insertDelivery = sql`
  insert into deliveries (id, service, kind, source_id, message_id, target_id, event_type, scheduled_for, due_at,
    idempotency_key, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** With the commit: the one delivery of a message. Whether its channel is connected is seen when it is sent. */
export function queueMessage(db: Pick<Db, 'defer'>, message: QueuedMessage, sealer: Sealer): void {
  const { effectId, service, channel, effect, at } = message;
  const id = messageIdOf(effectId);
  const body = JSON.stringify(message.payload);
  const moment = new Date(at);
  db.defer(insertMessage, [id, sealer.seal(body, id), Buffer.byteLength(body), 'application/json']);
  db.defer(insertDelivery, [
    newDeliveryId(at),
    service,
    channel,
    effectId,
    id,
    channelTargetId(service, channel),
    effect,
    moment,
    moment,
    effectId,
    moment,
  ]);
}

function messageIdOf(effectId: string): string {
  return effectId.replace(/^eff_/, 'msg_');
}

export function newDeliveryId(at: number): string {
  return `dlv_${ulid(at)}`;
}

/** A workspace has one of each channel for a service, so a message knows its target before anybody has connected it. */
export function channelTargetId(service: string, channel: Channel): string {
  return `${service}/${channel}`;
}
