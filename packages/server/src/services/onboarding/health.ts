import { Type } from 'typebox';
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
