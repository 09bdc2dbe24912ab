import { note } from './audit-trail.ts';
import type { Ctx } from './contract.ts';

/** An attempt to cross from one mode into the other is written down in the caller's own stream, without what it named. */
export const refused = {
  codes: ['mode_mismatch'] as const,
  run: async (ctx: Ctx): Promise<void> => {
    note(ctx, { action: 'security.mode_mismatch', resource: { type: 'request', id: ctx.requestId } });
  },
};
