import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type Ctx, loop } from './contract.ts';
import { DayLog, type PublishedDay } from './day-log.ts';
import {
  type DayRow,
  findFirstOutcomeMs,
  listAllDays,
  listDayOutcomes,
  storeDay,
  tryLockLog,
} from './days-repository.ts';
import { buildDayTree, canonicalLeaf, leafHash } from './merkle.ts';
import { publicKeyText, signDay } from './signed-day.ts';

const dayMs = 86_400_000;

/** When the next publication is due: the first instant after `now` with this UTC time of day. */
export function nextPublication(now: number, publishAt: string): number {
  const due = Math.floor(now / dayMs) * dayMs + minutesOf(publishAt) * 60_000;
  return due > now ? due : due + dayMs;
}

/**
 * The days that ended and are due, oldest first: every day counts, also one without outcomes, so that a missing day
 * cannot be passed off as an empty one.
 *
 * @param last the last published day (`YYYY-MM-DD`), or `null`
 * @param firstOutcomeMs when the first outcome was drawn, or `null`
 */
export function decideDueDays(
  now: number,
  publishAt: string,
  last: string | null,
  firstOutcomeMs: number | null,
): string[] {
  const start =
    last !== null
      ? Date.parse(last) + dayMs
      : firstOutcomeMs === null
        ? null
        : Math.floor(firstOutcomeMs / dayMs) * dayMs;
  const days: string[] = [];
  if (start === null) return days;
  for (let day = start; day + dayMs + minutesOf(publishAt) * 60_000 <= now; day += dayMs) {
    days.push(new Date(day).toISOString().slice(0, 10));
  }
  return days;
}

/** Publishes the days that are due, each in a transaction of its own. */
export const publishDays = loop({
  name: 'publish-days',
  next: (now, settings) => nextPublication(now, settings.publishAt),
  run: async (ctx) => {
    while (await ctx.separately(publishNext)) if (ctx.signal.aborted) return;
  },
});

/** Publishes the oldest day that is due; `false` when there is none, or another node is at it. */
async function publishNext(ctx: Ctx): Promise<boolean> {
  if (!(await tryLockLog(ctx.db))) return false;
  const published = (await listAllDays(ctx.db)).map(publishedDay);
  const first = published.length === 0 ? await findFirstOutcomeMs(ctx.db) : null;
  const date = decideDueDays(ctx.now(), ctx.settings.publishAt, published.at(-1)?.date ?? null, first)[0];
  if (date === undefined) return false;

  const from = Date.parse(date);
  const outcomes = await listDayOutcomes(ctx.db, from, from + dayMs);
  const hashes = outcomes.map((row) =>
    leafHash(
      canonicalLeaf({
        clientSeed: row.client_seed,
        cursor: row.cursor,
        nonce: row.nonce,
        shortId: row.short_id,
        serverHash: row.server_hash,
        created: row.created_ms,
      }),
    ),
  );
  const { root, leafCount, treeHeight } = buildDayTree(hashes);
  const day: PublishedDay = { date, root, leafCount, treeHeight, publishedAt: ctx.now() };
  const log = new DayLog([...published, day]);
  const head = { ...day, logSize: log.size, logRoot: log.root() };
  const key = signingKey(ctx.settings.signingSeed);
  storeDay(
    ctx.db,
    {
      day: date,
      root,
      leaf_count: leafCount,
      tree_height: treeHeight,
      published_ms: day.publishedAt,
      log_size: head.logSize,
      log_root: head.logRoot,
      signature: signDay(head, key),
      public_key: publicKeyText(createPublicKey(key)),
    },
    Buffer.from(hashes.join(''), 'hex'),
  );
  return true;
}

export function publishedDay(row: DayRow): PublishedDay {
  return {
    date: row.day,
    root: row.root,
    leafCount: row.leaf_count,
    treeHeight: row.tree_height,
    publishedAt: row.published_ms,
  };
}

/** The private key of a 32-byte seed (RFC 8410, section 7: the seed behind a fixed PKCS #8 head). */
function signingKey(seed: Buffer): KeyObject {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
