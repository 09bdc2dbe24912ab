import { requireApiAccess } from './account.ts';
import { operation } from './contract.ts';

/** An operation of the API: a team whose plan has none is refused, whichever mode its key has. People may go on. */
export const apiOperation: typeof operation = (declared) =>
  operation({
    ...declared,
    run: async (ctx, request) => {
      if (ctx.caller.type === 'key') await requireApiAccess(ctx);
      return declared.run(ctx, request);
    },
  });
