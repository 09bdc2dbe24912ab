import { type Static, Type } from 'typebox';
import { type AuditFilter, listAudit } from '../core/audit/list-audit.ts';
import { effectStates, listEffects } from '../core/audit/list-effects.ts';
import { momentSchema, readMoment } from './moment.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema, modeSchema, pageSchema, wordSchema } from './schemas.ts';

/** By what the audit log is narrowed, on the page and in its export alike. */
export const auditFilterSchema = {
  mode: Type.Optional(modeSchema),
  service: Type.Optional(wordSchema),
  key: Type.Optional(idSchema),
  route: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  status: Type.Optional(Type.String({ pattern: '^[1-5](?:\\d\\d|xx)$', description: 'Such as 404, or 4xx.' })),
  code: Type.Optional(wordSchema),
  request: Type.Optional(idSchema),
  suppressed: Type.Optional(Type.Boolean({ description: 'Only requests that suppressed something, or none of them.' })),
  from: Type.Optional(momentSchema),
  to: Type.Optional(momentSchema),
};

const filterSchema = Type.Object(auditFilterSchema);

export const audit = workspaceOperation({
  method: 'GET',
  path: '/audit',
  input: Type.Object({ ...pageSchema, ...auditFilterSchema }),
  run: async (ctx, input) => {
    const place = { limit: input.limit, cursor: input.cursor ?? null };
    const { rows, cursor } = await listAudit(ctx.database, ctx.workspace.workspaceId, auditFilterOf(input), place);
    return { entries: rows, cursor };
  },
});

export function auditFilterOf(input: Static<typeof filterSchema>): AuditFilter {
  return {
    mode: input.mode ?? null,
    service: input.service ?? null,
    keyId: input.key ?? null,
    route: input.route ?? null,
    status: input.status === undefined ? null : statusRange(input.status),
    code: input.code ?? null,
    requestId: input.request ?? null,
    suppressed: input.suppressed ?? null,
    fromMs: input.from === undefined ? null : readMoment('from', input.from),
    toMs: input.to === undefined ? null : readMoment('to', input.to),
  };
}

export const effects = workspaceOperation({
  method: 'GET',
  path: '/effects',
  input: Type.Object({
    ...pageSchema,
    mode: Type.Optional(modeSchema),
    service: Type.Optional(wordSchema),
    name: Type.Optional(wordSchema),
    state: Type.Optional(Type.Union(effectStates.map((state) => Type.Literal(state)))),
    request: Type.Optional(idSchema),
  }),
  run: async (ctx, input) => {
    const { rows, cursor } = await listEffects(
      ctx.database,
      ctx.workspace.workspaceId,
      {
        mode: input.mode ?? null,
        service: input.service ?? null,
        name: input.name ?? null,
        state: input.state ?? null,
        requestId: input.request ?? null,
      },
      { limit: input.limit, cursor: input.cursor ?? null },
    );
    return { effects: rows, cursor };
  },
});

/** `404` as 404 to 404, `4xx` as 400 to 499. */
export function statusRange(text: string): { from: number; to: number } {
  const from = Number(text.replace('xx', '00'));
  return { from, to: text.endsWith('xx') ? from + 99 : from };
}
