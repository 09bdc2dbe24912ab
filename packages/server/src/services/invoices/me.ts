import { Type } from 'typebox';
import { type Account, balanceOf, readAccount } from './account.ts';
import { apiOperation } from './api.ts';
import { type Ctx, contract } from './contract.ts';
import { nullable, seen, timestamp, words } from './fields.ts';
import { countWaiting } from './jobs-repository.ts';

const apiVersion = '2026-04-01';

const creditsSchema = Type.Object(
  {
    balance: nullable(Type.Integer(), 'What is left; null is unlimited.'),
    included: nullable(Type.Integer(), 'Of a month; null is unlimited.'),
    used: Type.Integer({ description: 'Spent in this period.' }),
    purchased: Type.Integer({ description: 'Bought besides.' }),
    periodStart: timestamp('When the period began.'),
    periodEnd: timestamp('When it ends.'),
    mode: Type.Literal('live', { description: 'Whose balance this is: always that of live mode.' }),
  },
  { title: 'Credits', description: 'What the team may still have read; live documents alone use it.' },
);

export const me = apiOperation({
  id: 'invoices.me',
  summary: 'Who the key is',
  useWhen: 'first, to be sure of the team, the client and the mode of the key',
  tag: 'Team',
  method: 'GET',
  path: '/me',
  scope: null,
  input: Type.Object({}),
  output: Type.Object({
    team: Type.Object(
      {
        id: Type.String({ description: 'Names the team.' }),
        name: Type.String({ description: 'Its real name, in both modes.' }),
        plan: Type.String({ description: 'Its plan, in both modes.' }),
      },
      { description: 'Whose key it is.' },
    ),
    key: nullable(
      Type.Object({
        id: Type.String({ description: 'Names the key.' }),
        name: Type.String({ description: 'As its owner called it.' }),
        prefix: Type.String({ description: 'The beginning of its text.' }),
        mode: words(['live', 'test'], 'Its mode.'),
        scopes: Type.Array(Type.String(), { description: 'What it may do.' }),
        clientId: seen('The client that it is bound to.'),
        expiresAt: seen('When it expires.'),
      }),
      'The key; null for a person at the dashboard.',
    ),
    mode: words(['live', 'test'], 'The mode that the key decided.'),
    apiVersion: Type.String({ description: 'The version of the interface.' }),
  }),
  errors: ['plan.api_access_disabled'],
  run: async (ctx) => {
    const [{ name }, account, key] = await Promise.all([ctx.workspace(), readAccount(ctx), keyOf(ctx)]);
    return {
      team: { id: teamIdOf(ctx.workspaceId), name, plan: account.plan },
      key,
      mode: ctx.mode,
      apiVersion,
    };
  },
});

export const credits = apiOperation({
  id: 'invoices.me.credits',
  summary: 'What is left of the credits of live mode',
  tag: 'Team',
  method: 'GET',
  path: '/me/credits',
  scope: null,
  input: Type.Object({}),
  output: creditsSchema,
  errors: ['plan.api_access_disabled'],
  run: async (ctx) => viewCredits(await readAccount(ctx)),
});

const windowOf = (description: string) =>
  Type.Object(
    {
      limit: Type.Integer({ description: 'Requests that it allows.' }),
      remaining: Type.Integer({ description: 'Requests left in it.' }),
      resetAt: timestamp('When it has fully reset.'),
    },
    { description },
  );

export const quota = apiOperation({
  id: 'invoices.me.quota',
  summary: 'Credits, rate limit and queue of the caller',
  tag: 'Team',
  method: 'GET',
  path: '/me/quota',
  scope: null,
  input: Type.Object({}),
  output: Type.Object({
    credits: creditsSchema,
    rateLimit: Type.Object(
      {
        mode: words(['live', 'test'], 'Whose counter it is.'),
        perMinute: windowOf('Of a minute.'),
        perHour: windowOf('Of an hour.'),
      },
      { description: 'The windows of this key.' },
    ),
    queue: Type.Object(
      {
        mode: words(['live', 'test'], 'Whose queue it is.'),
        depth: Type.Integer({ description: 'Jobs that are not over.' }),
        limit: Type.Integer({ description: 'How many there may be.' }),
      },
      { description: 'The queue of this mode.' },
    ),
    limits: Type.Object(
      {
        maxFileBytes: Type.Integer({ description: 'The largest file.' }),
        maxPages: Type.Integer({ description: 'The most pages of a document.' }),
        webhookEndpoints: Type.Integer({ description: 'The most endpoints of a mode.' }),
      },
      { description: 'Other bounds.' },
    ),
  }),
  errors: ['plan.api_access_disabled'],
  run: async (ctx) => {
    const account = await readAccount(ctx);
    const { settings, mode } = ctx;
    const state = ctx.window();
    const window = (
      limit: number,
      found: { limit: number; remaining: number; resetAt: number } | null,
      lengthMs: number,
    ) => ({
      // The plan of the key has decided; a person at the dashboard has no counter.
      limit: found?.limit ?? limit,
      remaining: found?.remaining ?? limit,
      resetAt: new Date(found === null ? ctx.now() + lengthMs : found.resetAt * 1000).toISOString(),
    });
    return {
      credits: viewCredits(account),
      rateLimit: {
        mode,
        perMinute: window(settings.rateLimitPerMinute, state, 60_000),
        perHour: window(settings.rateLimitPerHour, state?.also ?? null, 3_600_000),
      },
      queue: { mode, depth: await countWaiting(ctx.db), limit: account.queueDepth },
      limits: {
        maxFileBytes: settings.maxFileBytes,
        maxPages: settings.maxPages,
        webhookEndpoints: contract.webhooks.maxEndpoints,
      },
    };
  },
});

function viewCredits(account: Account) {
  return {
    balance: balanceOf(account),
    included: account.included,
    used: account.used,
    purchased: account.purchased,
    periodStart: new Date(account.periodStart).toISOString(),
    periodEnd: new Date(account.periodEnd).toISOString(),
    mode: 'live' as const,
  };
}

/** A workspace is a team here, and its id begins so. */
function teamIdOf(workspaceId: string): string {
  return `team_${workspaceId.slice(workspaceId.indexOf('_') + 1)}`;
}

async function keyOf({ caller, keys, mode }: Ctx) {
  if (caller.type !== 'key') return null;
  const key = await keys.find(caller.keyId);
  return {
    id: caller.keyId,
    name: caller.keyName,
    prefix: caller.keyPrefix,
    mode,
    scopes: [...caller.scopes].sort(),
    clientId: caller.boundTo,
    expiresAt: key === null || key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
  };
}
