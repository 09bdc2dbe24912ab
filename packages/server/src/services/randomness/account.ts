import { stringify } from 'csv-stringify/sync';
import { Type } from 'typebox';
import { type KeyView, rawOutput, StreamedBody, spreadsheetCells } from '../../core/service.ts';
import { type ExportFilter, listForExport, listUsage } from './account-repository.ts';
import { readSeed } from './chains.ts';
import { type Ctx, error, operation } from './contract.ts';
import { fixtureSeed } from './draw-test.ts';
import { publicOutcomeOfRow } from './outcome.ts';
import type { OutcomeRow } from './repository.ts';
import { clientSeedSchema, hashSchema, millisSchema, modeSchema, publicOutcomeSchema, seedSchema } from './schemas.ts';
import { isPassword } from './tool-meta.ts';

const tag = 'Account';
const dayMs = 86_400_000;
/** Daily figures are kept for 60 days (specification 10). */
const maxUsageDays = 60;

const quotaSchema = Type.Union(
  [
    Type.Object(
      {
        limit: Type.Union([Type.Integer(), Type.Null()], { description: '`null`: unlimited.' }),
        used: Type.Integer({ description: 'Draws of this UTC day.' }),
        remaining: Type.Union([Type.Integer(), Type.Null()], { description: '`null`: unlimited.' }),
        resetsAt: Type.Integer({ description: 'Unix milliseconds.' }),
      },
      { title: 'Quota', description: 'Live draws of an account in a UTC day.' },
    ),
    Type.Null(),
  ],
  { description: '`null` where nothing is counted.' },
);

export const quotaOfKey = operation({
  id: 'randomness.usage',
  summary: 'What is left of the daily quota',
  tag,
  method: 'GET',
  path: '/usage',
  scope: 'read',
  input: Type.Object({}),
  output: Type.Object({ mode: modeSchema, quota: quotaSchema }),
  run: async (ctx) => ({ mode: ctx.mode, quota: await ctx.quota.state() }),
});

const range = {
  from: Type.Optional(Type.String({ description: 'First UTC day, `YYYY-MM-DD`; 29 days before `to` by default.' })),
  to: Type.Optional(Type.String({ description: 'Last UTC day; today by default.' })),
};

export const usage = operation({
  id: 'randomness.account.usage',
  summary: 'Live draws by day and generator',
  tag,
  method: 'GET',
  path: '/account/usage',
  scope: 'read',
  caller: 'either',
  input: Type.Object(range),
  output: Type.Object({
    quota: quotaSchema,
    days: Type.Array(
      Type.Object({
        date: Type.String({ description: 'A UTC day, `YYYY-MM-DD`.' }),
        total: Type.Integer({ description: 'Draws of the day.' }),
        endpoints: Type.Record(Type.String(), Type.Integer(), { description: 'Draws by generator.' }),
      }),
      { description: 'Days with draws, in order.' },
    ),
  }),
  run: async (ctx, input) => {
    const { fromMs, toMs } = readRange(ctx.now(), input);
    const quota = await ctx.quota.state();
    if (ctx.mode === 'test') return { quota, days: [] };
    const rows = await listUsage(ctx.db, fromMs, toMs);
    const days = [...Map.groupBy(rows, (row) => row.day)].map(([date, group]) => ({
      date,
      total: group.reduce((sum, row) => sum + row.draws, 0),
      endpoints: Object.fromEntries(group.map((row) => [row.endpoint, row.draws])),
    }));
    return { quota, days };
  },
});

const exportInput = {
  ...range,
  key: Type.Optional(Type.String({ description: 'Only outcomes of this key id.' })),
  endpoint: Type.Optional(Type.String({ description: 'Only outcomes of this generator.' })),
  clientSeed: Type.Optional(clientSeedSchema),
};

const exportOutcomes = (format: 'json' | 'csv', path: string) =>
  operation({
    id: `randomness.account.outcomes${path.endsWith('outcomes') ? '' : `.${format}`}`,
    summary: `The account's recorded outcomes, newest first, as ${format.toUpperCase()}`,
    tag,
    method: 'GET',
    path,
    scope: 'read',
    caller: 'either',
    input: Type.Object(exportInput),
    output: format === 'csv' ? rawOutput('text/csv') : Type.Array(publicOutcomeSchema),
    run: (ctx, input) => {
      const { fromMs, toMs } = readRange(ctx.now(), input);
      const filter = {
        fromMs,
        toMs,
        keyId: input.key ?? null,
        endpoint: input.endpoint ?? null,
        clientSeed: input.clientSeed ?? null,
      };
      const name = { 'content-disposition': `attachment; filename="outcomes.${format}"` };
      return format === 'csv'
        ? new StreamedBody('text/csv; charset=utf-8', csvOf(ctx, filter), name)
        : new StreamedBody('application/json; charset=utf-8', jsonOf(ctx, filter));
    },
  });

export const outcomes = exportOutcomes('json', '/account/outcomes');
export const outcomesJson = exportOutcomes('json', '/account/outcomes.json');
export const outcomesCsv = exportOutcomes('csv', '/account/outcomes.csv');

export const testSeed = operation({
  id: 'randomness.account.testSeed',
  summary: 'The server seed of test mode, so that CI can exercise a full verification',
  tag,
  method: 'GET',
  path: '/account/test-seed',
  scope: 'read',
  caller: 'either',
  modes: ['test'],
  input: Type.Object({ clientSeed: clientSeedSchema }),
  output: Type.Object({ clientSeed: clientSeedSchema, serverSeed: seedSchema, serverHash: hashSchema }),
  run: (ctx, input) => {
    const clientSeed = readSeed(input.clientSeed);
    return { clientSeed, ...fixtureSeed(ctx, clientSeed) };
  },
});

const keyId = Type.String({ description: 'The id of a key.' });
const nameSchema = Type.String({ description: 'What it is for.' });
const scopesSchema = Type.Array(Type.String(), { description: 'What it permits; all scopes by default.' });
const ipsSchema = Type.Array(Type.String(), { description: 'Addresses or CIDR ranges; empty: no restriction.' });
const referersSchema = Type.Array(Type.String(), { description: 'Origins; `https://*.example.com` for subdomains.' });

const keySchema = Type.Object(
  {
    id: Type.String({ description: 'Names the key; it is no secret.' }),
    name: nameSchema,
    mode: Type.Union([Type.Literal('live'), Type.Literal('test')], { description: 'Of every call with this key.' }),
    prefix: Type.String({ description: 'How the key begins.' }),
    last4: Type.String({ description: 'How it ends.' }),
    scopes: scopesSchema,
    allowedIps: ipsSchema,
    allowedReferers: referersSchema,
    createdAt: millisSchema,
    expiresAt: Type.Union([Type.Integer(), Type.Null()], { description: 'Unix milliseconds; `null`: never.' }),
    lastUsedAt: Type.Union([Type.Integer(), Type.Null()], { description: 'Unix milliseconds; some seconds late.' }),
    usageCount: Type.Integer({ description: 'Calls with it; some seconds late.' }),
    revokedAt: Type.Union([Type.Integer(), Type.Null()], { description: 'Unix milliseconds; `null`: it works.' }),
    key: Type.Optional(Type.String({ description: 'The whole key: only in the answer that made it.' })),
  },
  { title: 'Key', description: 'A key, as its owner sees it.' },
);

const editable = {
  name: Type.Optional(nameSchema),
  scopes: Type.Optional(scopesSchema),
  allowedIps: Type.Optional(ipsSchema),
  allowedReferers: Type.Optional(referersSchema),
  expiresAt: Type.Optional(Type.Union([Type.Integer(), Type.Null()], { description: 'Unix milliseconds.' })),
};

export const listKeys = operation({
  id: 'randomness.account.keys.list',
  summary: 'The keys of the account',
  tag,
  method: 'GET',
  path: '/account/keys',
  scope: 'read',
  caller: 'either',
  input: Type.Object({}),
  output: Type.Object({ keys: Type.Array(keySchema, { description: 'Oldest first.' }) }),
  run: async (ctx) => ({ keys: (await ctx.keys.list({ service: 'randomness' })).map(keyOf) }),
});

export const createKey = operation({
  id: 'randomness.account.keys.create',
  summary: 'Create a key; its text is shown this once',
  tag,
  method: 'POST',
  path: '/account/keys',
  scope: null,
  caller: 'person',
  role: 'admin',
  status: 201,
  input: Type.Object({ mode: modeSchema, ...editable, name: nameSchema }, { additionalProperties: false }),
  output: keySchema,
  writes: true,
  run: async (ctx, input) => keyOf(await ctx.keys.create({ service: 'randomness', ...input })),
});

export const updateKey = operation({
  id: 'randomness.account.keys.update',
  summary: "Change a key's name, scopes, expiry or allowlists",
  tag,
  method: 'PATCH',
  path: '/account/keys/:id',
  scope: null,
  caller: 'person',
  role: 'admin',
  input: Type.Object({ id: keyId, ...editable }, { additionalProperties: false }),
  output: keySchema,
  writes: true,
  errors: ['not_found'],
  run: async (ctx, { id, ...change }) => {
    await ownKey(ctx, id);
    return keyOf(await ctx.keys.update(id, change));
  },
});

export const revokeKey = operation({
  id: 'randomness.account.keys.revoke',
  summary: 'Revoke a key at once',
  tag,
  method: 'DELETE',
  path: '/account/keys/:id',
  scope: null,
  caller: 'person',
  role: 'admin',
  input: Type.Object({ id: keyId }),
  output: keySchema,
  writes: true,
  errors: ['not_found'],
  run: async (ctx, { id }) => {
    await ownKey(ctx, id);
    return keyOf(await ctx.keys.revoke(id));
  },
});

export const rotateKey = operation({
  id: 'randomness.account.keys.rotate',
  summary: 'Give a key a new text; it keeps its identity and chains',
  tag,
  method: 'POST',
  path: '/account/keys/:id/rotate',
  scope: null,
  caller: 'person',
  role: 'admin',
  input: Type.Object(
    {
      id: keyId,
      overlapSeconds: Type.Integer({
        minimum: 0,
        maximum: 2_592_000,
        default: 0,
        description: 'How long the old text works on.',
      }),
    },
    { additionalProperties: false },
  ),
  output: keySchema,
  writes: true,
  errors: ['not_found', 'conflict'],
  run: async (ctx, { id, overlapSeconds }) => {
    await ownKey(ctx, id);
    return keyOf(await ctx.keys.rotate(id, overlapSeconds * 1000));
  },
});

export const keyActivity = operation({
  id: 'randomness.account.keys.activity',
  summary: 'What happened to a key, refused calls included, newest first',
  tag,
  method: 'GET',
  path: '/account/keys/:id/activity',
  scope: 'read',
  caller: 'either',
  input: Type.Object({
    id: keyId,
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'The most to answer.' }),
  }),
  output: Type.Object({
    activity: Type.Array(
      Type.Object({
        at: millisSchema,
        event: Type.String({ description: 'What happened, such as `created` or `revoked`.' }),
        detail: Type.Record(Type.String(), Type.Unknown(), { description: 'What is known of it.' }),
      }),
      { description: 'Newest first.' },
    ),
  }),
  errors: ['not_found'],
  run: async (ctx, { id, limit }) => {
    await ownKey(ctx, id);
    return { activity: await ctx.keys.activity(id, limit) };
  },
});

/** A key of another service is none here. */
async function ownKey(ctx: Ctx, id: string): Promise<void> {
  const key = await ctx.keys.find(id);
  if (key?.service !== 'randomness')
    throw error('not_found', `There is no key "${id}" in this account.`, { param: 'id' });
}

function keyOf(key: KeyView & { key?: string }) {
  const { service: _, boundTo: __, rateLimit: ___, createdBy: ____, ...shown } = key;
  return shown;
}

function readRange(now: number, input: { from?: string; to?: string }): { fromMs: number; toMs: number } {
  const to = input.to === undefined ? Math.floor(now / dayMs) * dayMs : readDay(input.to, 'to');
  const from = input.from === undefined ? to - 29 * dayMs : readDay(input.from, 'from');
  if (from > to) throw error('invalid_request', '"from" must not be after "to".', { param: 'from' });
  if (to - from > maxUsageDays * dayMs) {
    throw error('invalid_request', `At most ${maxUsageDays} days can be asked for at once.`, { param: 'from' });
  }
  return { fromMs: from, toMs: to + dayMs };
}

function readDay(text: string, param: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text) return ms;
  throw error('invalid_request', `"${param}" must be a day such as 2026-05-24.`, { param });
}

const pageRows = 1_000;

async function* pagesOf(ctx: Ctx, filter: ExportFilter): AsyncGenerator<OutcomeRow[]> {
  if (ctx.mode === 'test') return;
  let before: { createdMs: number; shortId: string } | null = null;
  for (;;) {
    const at: { createdMs: number; shortId: string } | null = before;
    const rows: OutcomeRow[] = await ctx.separately((inner) => listForExport(inner.db, filter, at, pageRows));
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows || ctx.signal.aborted) return;
    before = { createdMs: last.created_ms, shortId: last.short_id };
  }
}

async function* jsonOf(ctx: Ctx, filter: ExportFilter): AsyncGenerator<string> {
  let separator = '[';
  for await (const rows of pagesOf(ctx, filter)) {
    for (const row of rows) {
      yield separator + JSON.stringify(publicOutcomeOfRow(ctx, row));
      separator = ',';
    }
  }
  yield separator === '[' ? '[]' : ']';
}

const csvColumns = [
  'shortId',
  'created',
  'endpoint',
  'clientSeed',
  'serverHash',
  'nonce',
  'cursor',
  'params',
  'outcome',
  'receipt',
];

async function* csvOf(ctx: Ctx, filter: ExportFilter): AsyncGenerator<string> {
  yield stringify([csvColumns]);
  for await (const rows of pagesOf(ctx, filter)) {
    yield stringify(rows.map(csvOfRow), spreadsheetCells);
  }
}

function csvOfRow(row: OutcomeRow): unknown[] {
  // The result of a password stays withheld, also from its owner's spreadsheet (specification 2.3).
  if (isPassword(row.tool_meta)) return [row.short_id, '', row.endpoint, '', row.server_hash, '', '', '', '', ''];
  return [
    row.short_id,
    new Date(row.created_ms).toISOString(),
    row.endpoint,
    row.client_seed,
    row.server_hash,
    row.nonce,
    row.cursor,
    JSON.stringify(row.params),
    JSON.stringify(row.drawn['outcome']),
    row.receipt,
  ];
}
