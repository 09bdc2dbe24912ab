import {
  type AccountRow,
  findAccount,
  insertAccount,
  lockAccount,
  storeClosed,
  storePeriod,
  storePlan,
  storePurchased,
  updateCredits,
} from './account-repository.ts';
import type { Ctx } from './contract.ts';
import { error } from './contract.ts';

/** A team's plan and what it has left, the same in both modes. */
export interface Account {
  readonly plan: (typeof planNames)[number];
  readonly apiAccess: boolean;
  readonly queueDepth: number;
  /** `null`: unlimited. */
  readonly included: number | null;
  readonly purchased: number;
  readonly used: number;
  readonly reserved: number;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly closedAt: number | null;
}

export const planNames = ['free', 'partner', 'enterprise'] as const;

const plans = {
  free: { apiAccess: false, queueDepth: 20, included: 20 },
  partner: { apiAccess: true, queueDepth: 200, included: 1_000 },
  enterprise: { apiAccess: true, queueDepth: 2_000, included: null },
} as const;

/** What an account is read and changed with. */
type AccountContext = Pick<Ctx, 'db' | 'now'>;

/** The account as it stands now; a team that nobody gave a plan has that of partners. */
export async function readAccount(ctx: AccountContext): Promise<Account> {
  return accountOf(await findAccount(ctx.db), ctx.now());
}

/** @throws `plan.api_access_disabled` */
export async function requireApiAccess(ctx: Ctx): Promise<Account> {
  const account = await readAccount(ctx);
  if (account.apiAccess) return account;
  throw error('plan.api_access_disabled', `The plan "${account.plan}" has no public API; change the plan of the team.`);
}

/** Decides what an account's row says at an instant: a month that is over has taken its spent credits with it. */
function accountOf(row: AccountRow | undefined, now: number): Account {
  const { start, end } = monthOf(now);
  if (row === undefined) {
    return {
      plan: 'partner',
      ...plans.partner,
      purchased: 0,
      used: 0,
      reserved: 0,
      periodStart: start,
      periodEnd: end,
      closedAt: null,
    };
  }
  const plan = plans[row.plan];
  const included = row.included ?? plan.included;
  const isOver = row.period_start.getTime() < start;
  const overdrawn = included === null ? 0 : Math.max(0, row.used - included);
  return {
    plan: row.plan,
    apiAccess: plan.apiAccess && row.closed_at === null,
    queueDepth: plan.queueDepth,
    included,
    purchased: isOver ? Math.max(0, row.purchased - overdrawn) : row.purchased,
    used: isOver ? 0 : row.used,
    reserved: row.reserved,
    periodStart: start,
    periodEnd: end,
    closedAt: row.closed_at?.getTime() ?? null,
  };
}

/** What is left to spend; `null`: unlimited. */
export function balanceOf({ included, purchased, used, reserved }: Account): number | null {
  return included === null ? null : Math.max(0, included + purchased - used - reserved);
}

/**
 * Sets one credit aside for a document that is about to be read.
 *
 * @throws `quota.credits_exhausted`
 */
export async function reserveCredit(ctx: Ctx): Promise<void> {
  const account = await openAccount(ctx);
  if (balanceOf(account) === 0) {
    throw error(
      'quota.credits_exhausted',
      `No credit is left in this month, which ends at ${new Date(account.periodEnd).toISOString()}; buy some, or wait.`,
      { extra: { limit: account.included } },
    );
  }
  await updateCredits(ctx.db, { reserved: 1, used: 0 });
}

/**
 * What was set aside is spent, or free again where nothing is due after all. The account is held before anybody asks: of
 * copies that were uploaded together one pays.
 *
 * @returns how many credits were spent
 */
export async function captureCredit(ctx: Ctx, isDue: () => Promise<boolean>): Promise<number> {
  await openAccount(ctx);
  const used = (await isDue()) ? 1 : 0;
  await updateCredits(ctx.db, { reserved: -1, used });
  return used;
}

/** What was set aside is free again. */
export async function releaseCredit(ctx: Ctx): Promise<void> {
  await openAccount(ctx);
  await updateCredits(ctx.db, { reserved: -1, used: 0 });
}

/** Credits that a team has bought, or been given; fewer than none when they are taken back. */
export async function grantCredits(ctx: AccountContext, credits: number): Promise<Account> {
  const { purchased } = await openAccount(ctx);
  await storePurchased(ctx.db, Math.min(maxPurchased, Math.max(0, purchased + credits)));
  return readAccount(ctx);
}

/** The largest that the column takes. */
const maxPurchased = 2_147_483_647;

/** Gives a team another plan, in both modes at once. */
export async function changePlan(ctx: AccountContext, plan: Account['plan']): Promise<Account> {
  await openAccount(ctx);
  await storePlan(ctx.db, plan);
  return readAccount(ctx);
}

/** Closes a team, whose keys stop and whose data goes 60 days later, or opens it again. */
export async function closeAccount(ctx: AccountContext, closes: boolean): Promise<Account> {
  const { closedAt } = await openAccount(ctx);
  await storeClosed(ctx.db, closes ? new Date(closedAt ?? ctx.now()) : null);
  return readAccount(ctx);
}

/** The account with its row held, brought to the present month. Test mode cannot: its role may only read it. */
async function openAccount(ctx: AccountContext): Promise<Account> {
  await insertAccount(ctx.db, new Date(monthOf(ctx.now()).start));
  const row = await lockAccount(ctx.db);
  const account = accountOf(row, ctx.now());
  if (row !== undefined && row.period_start.getTime() !== account.periodStart) {
    await storePeriod(ctx.db, { start: new Date(account.periodStart), purchased: account.purchased });
  }
  return account;
}

function monthOf(now: number): { start: number; end: number } {
  const date = new Date(now);
  const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  return { start, end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) };
}
