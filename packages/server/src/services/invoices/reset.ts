import { Type } from 'typebox';
import { apiOperation } from './api.ts';
import { note } from './audit-trail.ts';
import { refuseBound } from './client-context.ts';
import { findClient } from './clients-repository.ts';
import { contract, error } from './contract.ts';
import { checkForm, idOf, ref, seen, timestamp, unknownReference, words } from './fields.ts';
import {
  type Counts,
  clearRows,
  countRows,
  findReset,
  insertReset,
  lockReset,
  type ResetRow,
} from './reset-repository.ts';

const resettable = ['invoices', 'jobs', 'contacts', 'clients', 'events', 'files', 'idempotency'] as const;

const counted = ['invoices', 'jobs', 'contacts', 'clients', 'events', 'deliveries', 'files', 'webhooks'] as const;

const resetSchema = Type.Object(
  {
    id: idOf('rst', 'Names the reset.'),
    status: words(['running', 'completed'], 'A reset is one transaction.'),
    dryRun: Type.Boolean({ description: 'Whether it only counted.' }),
    deleted: Type.Object(
      {
        ...Object.fromEntries(counted.map((name) => [name, Type.Integer({ description: `How many ${name}.` })])),
        idempotencyKeys: Type.Integer({ description: 'How many idempotency keys.' }),
      },
      { description: 'What went, or would go.' },
    ),
    startedAt: timestamp('When it began.'),
    finishedAt: seen('When it was over.'),
  },
  { title: 'Reset', description: 'What was cleared, or would be.' },
);

export const resetTestMode = apiOperation({
  id: 'invoices.test_mode.reset',
  summary: 'Clear the test data of the team',
  description: 'In one transaction: keys, the audit log and, unless asked for, webhook endpoints stay.',
  useWhen: 'at the end of a test run, to begin with no data; test mode only',
  tag: 'Test mode',
  method: 'POST',
  path: '/admin/test-mode/reset',
  scope: 'testmode:reset',
  modes: ['test'],
  input: Type.Object({
    confirm: Type.Optional(Type.Unknown({ description: 'The word `RESET`.' })),
    clientId: ref('cl', 'Only what belongs to this client.'),
    resources: Type.Array(words(resettable, 'A kind of data.'), {
      default: [...resettable],
      description: 'What is cleared; everything by default. What hangs on something that goes, goes with it.',
    }),
    keepWebhooks: Type.Boolean({ default: true, description: 'Whether webhook endpoints stay.' }),
    dryRun: Type.Boolean({ default: false, description: 'Only counts.' }),
  }),
  output: resetSchema,
  writes: true,
  errors: [
    'test_mode.confirmation_required',
    'test_mode.reset_in_progress',
    'client.scope_mismatch',
    'validation.client_mode_mismatch',
    'plan.api_access_disabled',
  ],
  run: async (ctx, { confirm, clientId = null, resources, keepWebhooks, dryRun }) => {
    refuseBound(ctx);
    if (confirm !== 'RESET') {
      throw error('test_mode.confirmation_required', 'Send "confirm": "RESET" to clear the test data.', {
        param: 'confirm',
      });
    }
    checkForm('cl', 'clientId', clientId);
    if (clientId !== null && (await findClient(ctx.db, clientId)) === undefined) {
      throw unknownReference('clientId', clientId);
    }
    if (!(await lockReset(ctx.db, ctx.workspaceId))) {
      throw error('test_mode.reset_in_progress', 'Another reset of this team still runs; wait for its end.', {
        retryAfter: 2,
      });
    }
    const startedAt = new Date(ctx.now());
    const what = { kinds: new Set(resources as string[]), clientId, keepWebhooks };
    const before = await countRows(ctx.db, what);
    if (!dryRun) {
      if (!keepWebhooks && clientId === null) {
        for (const { id } of await ctx.webhooks.list({ service: contract.name, mode: ctx.mode })) {
          await ctx.webhooks.remove(id);
        }
      }
      for (const file of await clearRows(ctx.db, what)) ctx.files.removeAfterCommit(file);
    }
    const row: ResetRow = {
      id: ctx.newId('rst'),
      status: 'completed',
      dry_run: dryRun,
      deleted: before,
      started_at: startedAt,
      finished_at: new Date(ctx.now()),
    };
    await insertReset(ctx.db, row);
    if (!dryRun) note(ctx, { action: 'test_mode.reset', resource: { type: 'reset', id: row.id }, clientId });
    return viewReset(row);
  },
});

export const getReset = apiOperation({
  id: 'invoices.test_mode.reset_receipt',
  summary: 'Read the receipt of a reset',
  tag: 'Test mode',
  method: 'GET',
  path: '/admin/test-mode/reset/:id',
  scope: 'testmode:reset',
  modes: ['test'],
  input: Type.Object({ id: Type.String({ description: 'The reset.' }) }),
  output: resetSchema,
  errors: ['test_mode.reset_not_found', 'plan.api_access_disabled'],
  run: async (ctx, { id }) => {
    const row = await findReset(ctx.db, id);
    if (row === undefined) throw error('test_mode.reset_not_found', 'No reset with this ID is visible to this key.');
    return viewReset(row);
  },
});

function viewReset(row: ResetRow) {
  return {
    id: row.id,
    status: row.status,
    dryRun: row.dry_run,
    deleted: row.deleted satisfies Counts,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
