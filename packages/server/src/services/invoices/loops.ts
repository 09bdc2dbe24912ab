import { sql } from '../../core/service.ts';
import { type Ctx, loop } from './contract.ts';
import { forgetFile, listOldFiles } from './files-repository.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const purge = sql`select invoices_purge($1, $2)`;
const workspacesWithOldFiles = sql`select invoices_workspaces_with_old_files($1) as id`;

/** What has been kept for as long as it may goes: jobs after 90 days, the audit log after 7 years (specification 6.6). */
const purges = (['live', 'test'] as const).map((mode) =>
  loop({
    name: `purge-invoices-${mode}`,
    mode,
    next: (now) => now + 6 * hourMs,
    run: (ctx) =>
      ctx.separately(async ({ db, now }) => {
        await db.run(purge, [new Date(now() - 90 * dayMs), new Date(now() - 7 * 365 * dayMs)]);
      }),
  }),
);

/** Files go two years after their upload, and those of deleted invoices whose bytes could not be removed at once. */
const sweeps = (['live', 'test'] as const).map((mode) =>
  loop({
    name: `sweep-invoice-files-${mode}`,
    mode,
    next: (now) => now + 24 * hourMs,
    run: async (ctx) => {
      const before = new Date(ctx.now() - 2 * 365 * dayMs);
      const workspaces = await ctx.separately((inner) =>
        inner.db.rows<{ id: string }>(workspacesWithOldFiles, [before]),
      );
      for (const { id } of workspaces) await ctx.within(id, (inner) => sweep(inner, before));
    },
  }),
);

const atOnce = 500;

async function sweep(ctx: Ctx, before: Date): Promise<void> {
  for (const id of await listOldFiles(ctx.db, before, atOnce)) {
    ctx.files.removeAfterCommit(id);
    await forgetFile(ctx.db, id);
  }
}

export const loops = [...purges, ...sweeps];
