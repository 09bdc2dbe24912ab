import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';
import { refuse } from '../errors.ts';
import type { QuotaRule, QuotaState } from '../service.ts';
import type { Clock } from '../sources.ts';

const dayMs = 86_400_000;

/** What to ask the database for: blocks while plenty is left, single units at the end, so that the last one is exact. */
export function decideBlock(limit: number, reserved: number): number {
  const left = limit - reserved;
  return Math.max(1, Math.min(1_024, Math.floor(left / 16), Math.max(64, Math.floor(left / 64))));
}

let lastDay = { day: '1970-01-01', resetsAt: dayMs };

/** The UTC day of an instant and when it ends, in Unix milliseconds. */
export function quotaDay(now: number): { readonly day: string; readonly resetsAt: number } {
  if (now < lastDay.resetsAt - dayMs || now >= lastDay.resetsAt) {
    const start = Math.floor(now / dayMs) * dayMs;
    lastDay = { day: new Date(start).toISOString().slice(0, 10), resetsAt: start + dayMs };
  }
  return lastDay;
}

export interface QuotaCounter {
  /** Takes one unit; throws `quota_exceeded` when the day's are used up. */
  take(workspaceId: string): Promise<void>;
  /** Gives a unit back whose work was rolled back. */
  giveBack(workspaceId: string): void;
  state(workspaceId: string): Promise<QuotaState>;
  /** Units reserved from the database and not yet spent. */
  pending(): number;
  /** Returns what is reserved and unspent. */
  close(): Promise<void>;
}

const ensureDay = sql`
  insert into quota_usage (workspace_id, service, day) values ($1, $2, $3) on conflict do nothing`;
const reserve = sql`
  update quota_usage q set reserved = q.reserved + least($4::bigint, greatest(0, $5::bigint - q.reserved))
  from (select reserved from quota_usage where workspace_id = $1 and service = $2 and day = $3 for update) before
  where q.workspace_id = $1 and q.service = $2 and q.day = $3
  returning (q.reserved - before.reserved)::int as granted, q.reserved`;
const release = sql`
  update quota_usage set reserved = greatest(0, reserved - $4) where workspace_id = $1 and service = $2 and day = $3`;
const findUsage = sql`
  select reserved from quota_usage where workspace_id = $1 and service = $2 and day = $3`;

interface Purse {
  day: string;
  left: number;
  /** What the database row held after the last reservation. */
  reserved: number;
  filling: Promise<void> | null;
}

/**
 * Counts a daily quota per workspace. One row for each workspace and day is the truth; a node reserves units from it
 * in blocks, because a row that every draw updates would put all draws of a workspace in one queue. A node that is
 * killed loses at most one block; a clean stop gives it back.
 */
export function createQuota(database: Database, service: string, rule: QuotaRule, clock: Clock): QuotaCounter {
  const purses = new Map<string, Purse>();

  const purseOf = (workspaceId: string): Purse => {
    const { day } = quotaDay(clock.now());
    const known = purses.get(workspaceId);
    if (known?.day === day) return known;
    const fresh: Purse = { day, left: 0, reserved: 0, filling: null };
    purses.set(workspaceId, fresh);
    return fresh;
  };

  const fill = async (workspaceId: string, purse: Purse): Promise<void> => {
    // A draw that holds a connection already waits for this: from the same pool they could all wait for each other.
    const row = await committed(database.beside('live', workspaceId), async (db) => {
      await db.run(ensureDay, [workspaceId, service, purse.day]);
      return db.row<{ granted: number; reserved: number }>(reserve, [
        workspaceId,
        service,
        purse.day,
        decideBlock(rule.perDay, purse.reserved),
        rule.perDay,
      ]);
    });
    purse.left += row?.granted ?? 0;
    purse.reserved = row?.reserved ?? 0;
  };

  return {
    async take(workspaceId) {
      if (rule.perDay === 0) return;
      const purse = purseOf(workspaceId);
      while (purse.left === 0) {
        const shared = purse.filling;
        if (shared !== null) {
          await shared;
          continue;
        }
        purse.filling = fill(workspaceId, purse).finally(() => {
          purse.filling = null;
        });
        await purse.filling;
        if (purse.left === 0) throw exceeded(rule, clock.now());
      }
      purse.left--;
    },
    giveBack(workspaceId) {
      const purse = purseOf(workspaceId);
      // A unit that was taken before midnight belongs to a purse that is gone, and the new one may have reserved nothing.
      if (purse.left < purse.reserved) purse.left++;
    },
    async state(workspaceId) {
      const { day, resetsAt } = quotaDay(clock.now());
      if (rule.perDay === 0) return { limit: null, used: 0, remaining: null, resetsAt };
      const row = await committed(database.transaction('live', workspaceId), (db) =>
        db.row<{ reserved: number }>(findUsage, [workspaceId, service, day]),
      );
      const purse = purses.get(workspaceId);
      const used = (row?.reserved ?? 0) - (purse?.day === day ? purse.left : 0);
      return { limit: rule.perDay, used, remaining: Math.max(0, rule.perDay - used), resetsAt };
    },
    pending() {
      let units = 0;
      for (const purse of purses.values()) units += purse.left;
      return units;
    },
    async close() {
      await Promise.all(
        [...purses].map(async ([workspaceId, purse]) => {
          if (purse.left === 0) return;
          const db = database.transaction('live', workspaceId);
          db.defer(release, [workspaceId, service, purse.day, purse.left]);
          purse.left = 0;
          await db.commit().catch(() => {});
        }),
      );
    },
  };
}

function exceeded(rule: QuotaRule, now: number) {
  const { resetsAt } = quotaDay(now);
  return refuse(
    'quota_exceeded',
    `The daily quota of ${rule.perDay} ${pluralOf(rule.unit)} is used up; it starts anew at 00:00 UTC.`,
    {
      retryAfter: Math.max(1, Math.ceil((resetsAt - now) / 1000)),
    },
  );
}

/** As English writes most of them: links, boxes, copies. */
function pluralOf(unit: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(unit)) return `${unit}es`;
  return /[^aeiou]y$/.test(unit) ? `${unit.slice(0, -1)}ies` : `${unit}s`;
}
