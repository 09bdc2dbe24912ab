import { Type } from 'typebox';
import { sql } from '../../core/service.ts';
import { operation } from './contract.ts';

export const health = operation({
  id: 'onboarding.health',
  summary: 'Whether the service is up',
  tag: 'Key',
  method: 'GET',
  path: '/health',
  scope: null,
  limited: false,
  anonymous: () => true,
  input: Type.Object({}),
  output: Type.Object({
    status: Type.Literal('ok', { description: 'While the process is up.' }),
    timestamp: Type.String({ description: 'Now.' }),
    version: Type.String({ description: 'Of the API.' }),
  }),
  run: async (ctx) => ({
    status: 'ok' as const,
    timestamp: new Date(ctx.now()).toISOString(),
    version: '1.0.0',
  }),
});

const askDatabase = sql`select 1 as one`;

export const deepHealth = operation({
  id: 'onboarding.health.deep',
  summary: 'Whether the service and its database are up',
  tag: 'Key',
  method: 'GET',
  path: '//api/health/deep',
  scope: null,
  limited: false,
  anonymous: () => true,
  input: Type.Object({}),
  output: Type.Object({
    status: Type.Literal('ok', { description: 'While the service can work.' }),
    database: Type.Literal('ok', { description: 'It has just answered.' }),
    timestamp: Type.String({ description: 'Now.' }),
    version: Type.String({ description: 'Of the API.' }),
  }),
  run: async (ctx) => {
    await ctx.db.row(askDatabase);
    return {
      status: 'ok' as const,
      database: 'ok' as const,
      timestamp: new Date(ctx.now()).toISOString(),
      version: '1.0.0',
    };
  },
});
