import { Type } from 'typebox';
import { findEffect } from '../core/audit/find-effect.ts';
import { consoleError } from './errors.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema } from './schemas.ts';

/** One effect with what was sent of it: each delivery can be made again by its endpoint's `redeliver`. */
export const showEffect = workspaceOperation({
  method: 'GET',
  path: '/effects/:effectId',
  input: Type.Object({ effectId: idSchema }),
  run: async (ctx, { effectId }) => {
    const effect = await findEffect(ctx.database, ctx.workspace.workspaceId, effectId);
    if (effect !== null) return effect;
    throw consoleError('not_found', `There is no effect "${effectId}" in this workspace.`, { param: 'effectId' });
  },
});
