import { Type } from 'typebox';
import { anyNoun } from '../../core/service.ts';
import { apiOperation } from './api.ts';
import { type AuditRow, listAudit } from './audit-trail.ts';
import { boundTo } from './client-context.ts';
import { type Ctx, contract } from './contract.ts';
import { listOf, nullable, readInstant, refFilter, seen, timestamp, words } from './fields.ts';
import { pageInput, readPlace, writePage } from './page.ts';

const entrySchema = Type.Object(
  {
    id: Type.String({ description: 'Names the entry.' }),
    mode: words(['live', 'test'], 'Whose stream it is in.'),
    action: Type.String({ description: '`<resource>.<verb>`.' }),
    actor: Type.Object(
      {
        type: words(['api_key', 'user', 'system'], 'Who.'),
        id: seen('Which.'),
        label: seen('As it is known.'),
      },
      { description: 'Who did it.' },
    ),
    resource: Type.Object(
      { type: Type.String({ description: 'What.' }), id: seen('Which.') },
      { description: 'To what.' },
    ),
    clientId: seen('Whose it was.'),
    requestId: seen('In which request.'),
    ip: seen('From where.'),
    userAgent: seen('With what.'),
    changes: nullable(Type.Record(Type.String(), Type.Unknown()), 'What differs, by field.'),
    createdAt: timestamp('When.'),
  },
  { title: 'AuditEntry', description: 'One thing that was done, or refused.' },
);

export const auditLogs = apiOperation({
  id: 'invoices.audit_logs',
  summary: 'Read the audit log of the caller’s mode, newest first',
  tag: 'Audit',
  method: 'GET',
  path: '/audit-logs',
  scope: 'audit:read',
  input: Type.Object({
    ...pageInput,
    action: Type.Optional(Type.String({ maxLength: 100, description: 'Only this action.' })),
    actorId: Type.Optional(Type.String({ maxLength: 100, description: 'Only by this key or person.' })),
    resourceType: Type.Optional(Type.String({ maxLength: 100, description: 'Only to this kind.' })),
    resourceId: refFilter(anyNoun, 'Only to this one.'),
    clientId: refFilter('cl', 'Only of this client.'),
    createdFrom: Type.Optional(Type.String({ description: 'Only since.' })),
    createdTo: Type.Optional(Type.String({ description: 'Only before.' })),
    requestId: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this request.' })),
  }),
  output: listOf(entrySchema),
  errors: ['pagination.invalid_cursor', 'validation.client_mode_mismatch', 'plan.api_access_disabled'],
  run: async (ctx, { limit, cursor, ...filters }) => {
    const bound = boundTo(ctx);
    const list = ['audit', bound, filters];
    const place = readPlace(ctx, list, cursor);
    const after = place === null ? null : { at: new Date(place.at), id: place.id };
    const question = {
      action: filters.action ?? null,
      actorId: filters.actorId ?? null,
      resourceType: filters.resourceType ?? null,
      resourceId: filters.resourceId ?? null,
      clientId: bound ?? filters.clientId ?? null,
      from: readInstant('createdFrom', filters.createdFrom),
      to: readInstant('createdTo', filters.createdTo),
      requestId: filters.requestId ?? null,
    };
    const rows = [
      ...(await listAudit(ctx.db, question, after, limit + 1)),
      ...(question.clientId === null && question.requestId === null
        ? await keyEvents(ctx, question, after, limit + 1)
        : []),
    ];
    rows.sort((a, b) => b.created_at.getTime() - a.created_at.getTime() || (a.id < b.id ? 1 : -1));
    return writePage(ctx, list, rows.slice(0, limit + 1), limit, {
      view: (row) => viewEntry(ctx, row),
      place: (row) => ({ at: row.created_at.toISOString(), id: row.id }),
    });
  },
});

const keyActions: Readonly<Record<string, string>> = {
  created: 'api_key.create',
  updated: 'api_key.update',
  rotated: 'api_key.rotate',
  revoked: 'api_key.revoke',
};

/** What happened to the keys of this mode. It is written down where all keys are, and shown beside the rest. */
async function keyEvents(
  ctx: Ctx,
  q: {
    action: string | null;
    actorId: string | null;
    resourceType: string | null;
    resourceId: string | null;
    from: Date | null;
    to: Date | null;
  },
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<AuditRow[]> {
  if (q.actorId !== null || (q.resourceType !== null && q.resourceType !== 'api_key')) return [];
  const before = Math.min(after?.at.getTime() ?? ctx.now(), q.to?.getTime() ?? ctx.now());
  // Several at one instant: some of them may have been on the page before.
  const events = await ctx.keys.events({ service: contract.name, mode: ctx.mode, before, limit: limit + 100 });
  return events
    .flatMap(({ id, keyId, keyName, at, event }): AuditRow[] => {
      const action = keyActions[event];
      if (action === undefined) return [];
      return [
        {
          id: `aud_${ctx.mode}_key${id.padStart(19, '0')}`,
          action,
          actor_type: 'user',
          actor_id: null,
          actor_label: null,
          resource_type: 'api_key',
          resource_id: keyId,
          client_id: null,
          request_id: null,
          ip: null,
          user_agent: null,
          changes: { name: { from: null, to: keyName } },
          created_at: new Date(at),
        },
      ];
    })
    .filter(
      (row) =>
        (q.action === null || row.action === q.action) &&
        (q.resourceId === null || row.resource_id === q.resourceId) &&
        (q.from === null || row.created_at >= q.from) &&
        (after === null ||
          row.created_at < after.at ||
          (row.created_at.getTime() === after.at.getTime() && row.id < after.id)),
    )
    .slice(0, limit);
}

function viewEntry(ctx: Pick<Ctx, 'mode'>, row: AuditRow) {
  return {
    id: row.id,
    mode: ctx.mode,
    action: row.action,
    actor: { type: row.actor_type, id: row.actor_id, label: row.actor_label },
    resource: { type: row.resource_type, id: row.resource_id },
    clientId: row.client_id,
    requestId: row.request_id,
    ip: row.ip,
    userAgent: row.user_agent,
    changes: row.changes,
    createdAt: row.created_at.toISOString(),
  };
}
