import { type TSchema, Type } from 'typebox';
import { RawBody, sql } from '../../core/service.ts';
import { type Ctx, operation } from './contract.ts';

const startedAt = performance.now();

const ask = sql`select 1 as answer`;
const callsServed = sql`select randomness_calls_served() as calls`;

/** The service's own health, in the shape of its reference (specification 3.8). */
export const health = operation({
  id: 'randomness.health',
  summary: 'Whether the service and its database work',
  tag: 'System',
  method: 'GET',
  path: '/health',
  scope: null,
  limited: false,
  input: Type.Object({}),
  output: Type.Object(
    {
      status: Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('shutting_down')], {
        description: 'Of the whole.',
      }),
      db: Type.Union([Type.Literal('ok'), Type.Literal('down')], { description: 'Of the database.' }),
      version: Type.String({ description: 'Of the API.' }),
      uptime: Type.Number({ description: 'Seconds.' }),
      timestamp: Type.String({ description: 'Now, in ISO 8601.' }),
    },
    { additionalProperties: true },
  ),
  run: async (ctx) => {
    const db = ctx.mode === 'test' || (await answers(ctx)) ? 'ok' : 'down';
    const status = ctx.signal.aborted ? 'shutting_down' : db === 'ok' ? 'ok' : 'degraded';
    const body = {
      status,
      db,
      version: '1',
      uptime: Math.round((performance.now() - startedAt) / 1000),
      timestamp: new Date(ctx.now()).toISOString(),
    };
    if (status === 'ok') return body;
    return new RawBody('application/json; charset=utf-8', JSON.stringify(body), {}, 503);
  },
});

export const publicMetrics = operation({
  id: 'randomness.publicMetrics',
  summary: 'Public figures; test calls are in none of them',
  tag: 'System',
  method: 'GET',
  path: '/public-metrics',
  scope: null,
  input: Type.Object({}),
  output: Type.Object({
    registeredUsers: figure(Type.Literal('current'), 'People who signed up.'),
    callsServed: figure(Type.Literal('lifetime_live_non_test'), 'Live draws.'),
    responseTime: Type.Object(
      {
        avgMs: Type.Union([Type.Number(), Type.Null()], { description: 'Mean milliseconds; `null` before the first.' }),
        sampleSize: Type.Integer({ description: 'Over how many requests.' }),
        scope: Type.Literal('recent_instance_window', { description: 'What the figure covers.' }),
      },
      { description: 'Of the newest live requests on this node.' },
    ),
    apiStatus: Type.Union([Type.Literal('operational'), Type.Literal('degraded')], { description: 'In one word.' }),
  }),
  run: async (ctx) => {
    const row = ctx.mode === 'test' ? undefined : await ctx.db.row<{ calls: number }>(callsServed);
    const { averageMs, samples } = ctx.recentLatency();
    return {
      registeredUsers: { value: await ctx.countPeople(), scope: 'current' },
      callsServed: { value: row?.calls ?? null, scope: 'lifetime_live_non_test' },
      responseTime: { avgMs: averageMs, sampleSize: samples, scope: 'recent_instance_window' },
      apiStatus: 'operational',
    };
  },
});

/** In a transaction of its own: a database that is down must not fail the answer that says so. */
async function answers(ctx: Ctx): Promise<boolean> {
  try {
    return (await ctx.separately((inner) => inner.db.row(ask))) !== undefined;
  } catch {
    return false;
  }
}

function figure<S extends TSchema>(scope: S, description: string) {
  return Type.Object(
    {
      value: Type.Union([Type.Integer(), Type.Null()], { description: '`null` where it is not known.' }),
      scope: { ...scope, description: 'What the figure covers.' },
    },
    { description },
  );
}
