import { type Db, sql } from '../../core/service.ts';

export interface AccountRow {
  readonly plan: 'free' | 'partner' | 'enterprise';
  readonly included: number | null;
  readonly purchased: number;
  readonly used: number;
  readonly reserved: number;
  readonly period_start: Date;
  readonly closed_at: Date | null;
}

const find = sql`
  select plan, included, purchased, used, reserved, period_start, closed_at from shared.invoices_accounts`;
const lock = sql`
  select plan, included, purchased, used, reserved, period_start, closed_at from shared.invoices_accounts for update`;
const insert = sql`insert into shared.invoices_accounts (period_start) values ($1) on conflict do nothing`;
const update = sql`
  update shared.invoices_accounts set reserved = greatest(0, reserved + $1::int), used = used + $2::int`;
const turn = sql`update shared.invoices_accounts set period_start = $1, purchased = $2, used = 0`;
const setPurchased = sql`update shared.invoices_accounts set purchased = $1`;
const setPlan = sql`update shared.invoices_accounts set plan = $1`;
const setClosed = sql`update shared.invoices_accounts set closed_at = $1`;

export const findAccount = (db: Db) => db.row<AccountRow>(find);

export const lockAccount = (db: Db) => db.row<AccountRow>(lock);

export const insertAccount = (db: Db, periodStart: Date) => db.run(insert, [periodStart]);

export const updateCredits = (db: Db, change: { reserved: number; used: number }) =>
  db.run(update, [change.reserved, change.used]);

export const storePeriod = (db: Db, period: { start: Date; purchased: number }) =>
  db.run(turn, [period.start, period.purchased]);

export const storePurchased = (db: Db, purchased: number) => db.run(setPurchased, [purchased]);

export const storePlan = (db: Db, plan: AccountRow['plan']) => db.run(setPlan, [plan]);

export const storeClosed = (db: Db, at: Date | null) => db.run(setClosed, [at]);
