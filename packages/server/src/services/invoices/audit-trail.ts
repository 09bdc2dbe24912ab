import { type Db, sql } from '../../core/service.ts';
import type { Ctx } from './contract.ts';

/** One entry of the audit log. */
export interface AuditNote {
  /** `<resource>.<verb>`. */
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string | null };
  readonly clientId?: string | null;
  readonly changes?: Changes | null;
}

export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

const insert = sql`
  insert into invoices_audit (id, action, actor_type, actor_id, actor_label, resource_type, resource_id, client_id,
    request_id, ip, user_agent, changes, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

/** Writes down who did what, in the transaction of the change. */
export function note(ctx: Ctx, { action, resource, clientId = null, changes = null }: AuditNote): void {
  const actor = actorOf(ctx);
  ctx.db.defer(insert, [
    ctx.newId('aud'),
    action,
    actor.type,
    actor.id,
    actor.label,
    resource.type,
    resource.id,
    clientId,
    ctx.requestId,
    ctx.address === '' ? null : ctx.address,
    ctx.userAgent?.slice(0, 500) ?? null,
    changes === null ? null : JSON.stringify(changes),
    new Date(ctx.now()),
  ]);
}

/** What differs between two states of a resource, field by field. */
export function changesBetween(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Changes {
  const names = Object.keys(after).filter((name) => name !== 'updatedAt' && name !== 'version');
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, { from: before[name] ?? null, to: after[name] ?? null }]),
  );
}

function actorOf({ caller }: Ctx): { type: string; id: string | null; label: string | null } {
  switch (caller.type) {
    case 'key':
      return { type: 'api_key', id: caller.keyId, label: caller.keyPrefix };
    case 'person':
      return { type: 'user', id: caller.personId, label: caller.role };
    case 'system':
      return { type: 'system', id: null, label: caller.loop };
    case 'anonymous':
      return { type: 'system', id: null, label: null };
  }
}

export interface AuditRow {
  readonly id: string;
  readonly action: string;
  readonly actor_type: string;
  readonly actor_id: string | null;
  readonly actor_label: string | null;
  readonly resource_type: string;
  readonly resource_id: string | null;
  readonly client_id: string | null;
  readonly request_id: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly changes: Changes | null;
  readonly created_at: Date;
}

const list = sql`
  select id, action, actor_type, actor_id, actor_label, resource_type, resource_id, client_id, request_id, ip, user_agent,
    changes, created_at
  from invoices_audit
  where ($1::text is null or action = $1) and ($2::text is null or actor_id = $2)
    and ($3::text is null or resource_type = $3) and ($4::text is null or resource_id = $4)
    and ($5::text is null or client_id = $5) and ($6::timestamptz is null or created_at >= $6)
    and ($7::timestamptz is null or created_at < $7) and ($8::text is null or request_id = $8)
    and ($9::timestamptz is null or (created_at, id) < ($9, $10::text))
  order by created_at desc, id desc limit $11`;

export interface AuditQuestion {
  readonly action: string | null;
  readonly actorId: string | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly clientId: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly requestId: string | null;
}

export const listAudit = (db: Db, q: AuditQuestion, after: { at: Date; id: string } | null, limit: number) =>
  db.rows<AuditRow>(list, [
    q.action,
    q.actorId,
    q.resourceType,
    q.resourceId,
    q.clientId,
    q.from,
    q.to,
    q.requestId,
    after?.at ?? null,
    after?.id ?? null,
    limit,
  ]);
