import { modes, type OperatorContext, operatorAction, sql, Type } from '../../core/service.ts';
import { type Account, balanceOf, changePlan, closeAccount, grantCredits, planNames, readAccount } from './account.ts';
import type { Ctx } from './contract.ts';
import { words } from './fields.ts';
import { countWaiting } from './jobs-repository.ts';

const showAccount = operatorAction({
  id: 'invoices.account',
  summary: 'the plan, credits and queues of a team',
  input: Type.Object({}),
  run: async (ctx) => viewAccount(ctx, await readAccount(liveOf(ctx))),
});

const credits = operatorAction({
  id: 'invoices.credits',
  summary: 'give a team credits besides those of its plan',
  input: Type.Object({
    grant: Type.Integer({
      minimum: -1_000_000_000,
      maximum: 1_000_000_000,
      description: 'How many; fewer than none takes some of them back.',
    }),
  }),
  writes: true,
  run: async (ctx, { grant }) => viewAccount(ctx, await grantCredits(liveOf(ctx), grant)),
});

const plan = operatorAction({
  id: 'invoices.plan',
  summary: 'give a team another plan, with its credits, limits and queue',
  input: Type.Object({ plan: words(planNames, 'Its name.') }),
  writes: true,
  run: async (ctx, { plan: wanted }) => {
    const found = planNames.find((name) => name === wanted) ?? 'partner';
    return viewAccount(ctx, await changePlan(liveOf(ctx), found));
  },
});

const close = operatorAction({
  id: 'invoices.close',
  summary: 'close a team, whose data goes 60 days later; undo=true opens it again',
  input: Type.Object({ undo: Type.Boolean({ default: false, description: 'Opens it again.' }) }),
  writes: true,
  run: async (ctx, { undo }) => viewAccount(ctx, await closeAccount(liveOf(ctx), !undo)),
});

export const operatorActions = [showAccount, credits, plan, close];

const countAll = sql`select invoices_waiting_jobs() as waiting`;

export const gauges = [
  {
    name: 'interlock_invoices_waiting_jobs',
    help: 'Documents that are waiting to be read, or being read, of all teams.',
    modes,
    read: async ({ db }: Pick<Ctx, 'db'>) => Number((await db.row<{ waiting: string }>(countAll))?.waiting ?? 0),
  },
];

/** What both modes have in common stands where live mode writes. */
function liveOf({ db, now }: OperatorContext) {
  return { db: db.live, now };
}

async function viewAccount({ db }: OperatorContext, account: Account) {
  const queueOf = async (mode: 'live' | 'test') => ({ depth: await countWaiting(db[mode]), limit: account.queueDepth });
  return {
    plan: account.plan,
    apiAccess: account.apiAccess,
    closedAt: isoOf(account.closedAt),
    credits: {
      balance: balanceOf(account),
      included: account.included,
      purchased: account.purchased,
      used: account.used,
      reserved: account.reserved,
      periodEnd: isoOf(account.periodEnd),
    },
    queue: { live: await queueOf('live'), test: await queueOf('test') },
  };
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
