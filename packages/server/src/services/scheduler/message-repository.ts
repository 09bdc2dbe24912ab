import { type Db, sql } from '../../core/service.ts';
import type { MessageRow } from './message.ts';

const find = sql`
  select id, url, method, sealed_headers, header_keys, sealed_body, body_bytes, content_type, retry_policy
  from messages where id = $1`;

export function findMessage(db: Db, id: string): Promise<MessageRow | undefined> {
  return db.row<MessageRow>(find, [id]);
}

const remove = sql`
  delete from messages m where m.id = $1
    and not exists (select from deliveries d where d.source_id = $2 and d.kind = 'schedule' and d.message_id = m.id)`;

/** Removes what no delivery of its schedule was or will be sent by. */
export function removeUnusedMessage(db: Db, id: string, scheduleId: string): void {
  db.defer(remove, [id, scheduleId]);
}
