import { sql } from '../../core/service.ts';
import { type Ctx, contract, loop } from './contract.ts';
import { forgetFile, listOldFiles } from './files-repository.ts';
import { clearOldRows, findClosedWorkspaces, findWorkspacesWithOldData } from './old-data-repository.ts';
import { clearRows } from './reset-repository.ts';

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
      ctx.separately(async (inner) => {
        const now = inner.now();
        await inner.db.run(purge, [new Date(now - 90 * dayMs), new Date(now - 7 * 365 * dayMs)]);
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

/** Test data has no end unless the operator gives it one (specification 6.6). */
const testDataPurge = loop({
  name: 'purge-invoices-test-data',
  mode: 'test',
  next: (now) => now + 6 * hourMs,
  run: async (ctx) => {
    const { testDataTtlDays } = ctx.settings;
    if (testDataTtlDays === 0) return;
    const before = new Date(ctx.now() - testDataTtlDays * dayMs);
    const workspaces = await ctx.separately((inner) => findWorkspacesWithOldData(inner.db, before));
    for (const id of workspaces) await ctx.within(id, (inner) => purgeOld(inner, before));
  },
});

async function purgeOld(ctx: Ctx, before: Date): Promise<void> {
  const keys = await ctx.keys.list({ service: contract.name, mode: ctx.mode });
  const bound = keys.flatMap(({ boundTo, revokedAt }) => (boundTo === null || revokedAt !== null ? [] : [boundTo]));
  for (const file of await clearOldRows(ctx.db, before, bound)) ctx.files.removeAfterCommit(file);
}

const keptAfterClosureMs = 60 * dayMs;
const everything = {
  kinds: new Set(['invoices', 'jobs', 'contacts', 'clients', 'files']),
  clientId: null,
  keepWebhooks: true,
};

/** What a team has is kept for 60 days after it was closed. */
const closures = (['live', 'test'] as const).map((mode) =>
  loop({
    name: `purge-invoices-of-closed-teams-${mode}`,
    mode,
    next: (now) => now + 24 * hourMs,
    run: async (ctx) => {
      const before = new Date(ctx.now() - keptAfterClosureMs);
      for (const id of await ctx.separately((inner) => findClosedWorkspaces(inner.db, before))) {
        await ctx.within(id, async (inner) => {
          for (const file of await clearRows(inner.db, everything)) inner.files.removeAfterCommit(file);
        });
      }
    },
  }),
);

export const loops = [...purges, ...sweeps, testDataPurge, ...closures];
