import { type Db, sql } from '../../core/service.ts';

/** What was written down of an event. */
export interface EffectRow {
  readonly id: string;
  readonly name: string;
  readonly subject: string | null;
  readonly payload: unknown;
  readonly created_at: Date;
}

const list = sql`
  select id, name, subject, payload, created_at from effects
  where service = 'invoices' and ($1::text is null or subject = $1) and ($2::text is null or name = $2)
    and created_at >= $3 and ($4::timestamptz is null or created_at < $4)
    and ($5::timestamptz is null or (created_at, id) < ($5, $6::text))
  order by created_at desc, id desc limit $7`;
const find = sql`
  select id, name, subject, payload, created_at from effects where service = 'invoices' and id = $1`;

export const listEffectRows = (
  db: Db,
  q: { subject: string | null; type: string | null; from: Date; to: Date | null },
  after: { at: Date; id: string } | null,
  limit: number,
) => db.rows<EffectRow>(list, [q.subject, q.type, q.from, q.to, after?.at ?? null, after?.id ?? null, limit]);

export const findEffect = (db: Db, id: string) => db.row<EffectRow>(find, [id]);
