import { Type } from 'typebox';
import { readFigures } from '../core/audit/read-figures.ts';
import { workspaceOperation } from './operation.ts';
import { wordSchema } from './schemas.ts';

const hourMs = 3_600_000;

/** How far back, and in steps of how much. */
const spans = {
  hour: { lengthMs: hourMs, stepMs: 60_000 },
  day: { lengthMs: 24 * hourMs, stepMs: hourMs },
  week: { lengthMs: 7 * 24 * hourMs, stepMs: 6 * hourMs },
  month: { lengthMs: 30 * 24 * hourMs, stepMs: 24 * hourMs },
} as const;

/** Requests, refusals, suppressed effects and deliveries of each mode over time, the newest step last. */
export const figures = workspaceOperation({
  method: 'GET',
  path: '/figures',
  input: Type.Object({
    span: Type.Union(
      (Object.keys(spans) as (keyof typeof spans)[]).map((name) => Type.Literal(name)),
      { default: 'day' },
    ),
    service: Type.Optional(wordSchema),
  }),
  run: async (ctx, { span, service }) => {
    const { lengthMs, stepMs } = spans[span];
    const now = ctx.clock.now();
    const to = Math.floor(now / stepMs) * stepMs + stepMs;
    const question = { from: to - lengthMs, to, stepMs, service: service ?? null };
    const steps = await readFigures(ctx.database, ctx.workspace.workspaceId, question, now);
    return { from: to - lengthMs, to, stepMs, steps };
  },
});
