import { Type } from 'typebox';
import { listAudit } from '../core/audit/list-audit.ts';
import { listEffects } from '../core/audit/list-effects.ts';
import { consoleError } from './errors.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema, modeSchema, pageSchema, wordSchema } from './schemas.ts';

const momentSchema = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Unix milliseconds, or a date and time such as 2026-01-31T08:00:00Z.',
});

export const audit = workspaceOperation({
  method: 'GET',
  path: '/audit',
  input: Type.Object({
    ...pageSchema,
    mode: Type.Optional(modeSchema),
    service: Type.Optional(wordSchema),
    key: Type.Optional(idSchema),
    route: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    status: Type.Optional(Type.String({ pattern: '^[1-5](?:\\d\\d|xx)$', description: 'Such as 404, or 4xx.' })),
    code: Type.Optional(wordSchema),
    request: Type.Optional(idSchema),
    from: Type.Optional(momentSchema),
    to: Type.Optional(momentSchema),
  }),
  run: async (ctx, input) => {
    const { rows, cursor } = await listAudit(
      ctx.database,
      ctx.workspace.workspaceId,
      {
        mode: input.mode ?? null,
        service: input.service ?? null,
        keyId: input.key ?? null,
        route: input.route ?? null,
        status: input.status === undefined ? null : statusRange(input.status),
        code: input.code ?? null,
        requestId: input.request ?? null,
        fromMs: input.from === undefined ? null : readMoment('from', input.from),
        toMs: input.to === undefined ? null : readMoment('to', input.to),
      },
      { limit: input.limit, cursor: input.cursor ?? null },
    );
    return { entries: rows, cursor };
  },
});

export const effects = workspaceOperation({
  method: 'GET',
  path: '/effects',
  input: Type.Object({
    ...pageSchema,
    mode: Type.Optional(modeSchema),
    service: Type.Optional(wordSchema),
    name: Type.Optional(wordSchema),
    state: Type.Optional(
      Type.Union([
        Type.Literal('pending'),
        Type.Literal('suppressed'),
        Type.Literal('delivered'),
        Type.Literal('failed'),
      ]),
    ),
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

/** Ends of what a Date can hold and PostgreSQL can store: the years 1 to 9999 are plenty. */
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(9999, 0, 1);

/** Unix milliseconds from either way of writing a moment. */
export function readMoment(name: string, text: string): number {
  const moment = /^\d+$/.test(text) ? Number(text) : isoDate.test(text) ? Date.parse(text) : Number.NaN;
  if (moment >= earliest && moment <= latest) return moment;
  throw consoleError(
    'invalid_input',
    `"${name}" must be Unix milliseconds or a date and time such as 2026-01-31T08:00:00Z.`,
    { param: name },
  );
}

const isoDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;
