import type { ClaimDecision, ClaimedDelivery } from '../../core/service.ts';
import {
  findOpenOccurrences,
  findTakenInstants,
  type OpenOccurrence,
  type SettledOccurrence,
  setReady,
  settleOccurrences,
} from './claimed-repository.ts';
import type { Ctx } from './contract.ts';
import { decideOccurrence, type OccurrencePlan, type Outcome } from './decide-occurrence.ts';
import { decideLateOneShot } from './misfire.ts';
import { composeOccurrence } from './occurrence.ts';
import { decideOverlap } from './overlap.ts';
import { insertExpired, insertOccurrences, type NewDelivery } from './queue.ts';
import { recurrenceOf } from './recurrence-of-row.ts';
import { lockSchedules } from './repository.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { readTime, type Time } from './time.ts';
import { deadlineOf } from './ttl.ts';

/** What is written when deliveries are claimed, gathered for one statement each. */
interface Writing {
  readonly ready: { id: string; next_fire_at: Date | null; next_occurrence: number }[];
  readonly queued: NewDelivery[];
  readonly expired: (NewDelivery & { coalesced_count: number | null; coalesced_from: Date | null })[];
  /** By id of the delivery. */
  readonly settled: Map<string, SettledOccurrence>;
}

/**
 * Told of occurrences that a node has claimed: keeps the next one of each recurring schedule ready, decides about missed
 * and overlapping ones, and about one-shots that are late (specification 2.5, 4.6).
 *
 * What is decided is written here. A node that dies before it has followed cannot undo it: told again, an occurrence that
 * is no longer the ready one goes as it stands.
 */
export async function claimed(ctx: Ctx, deliveries: readonly ClaimedDelivery[]): Promise<readonly ClaimDecision[]> {
  const time = await readTime(ctx);
  const ids = [...new Set(deliveries.map(({ sourceId }) => sourceId))].sort();
  const rows = new Map((await lockSchedules(ctx.db, ids)).map((row) => [row.id, row]));
  const recurring = [...rows.values()].filter(({ kind }) => kind === 'recurring');
  const bounded = recurring.filter(({ overlap_policy: policy }) => policy !== 'allow').map(({ id }) => id);
  const [taken, open] = await Promise.all([
    findTakenInstants(
      ctx.db,
      recurring.map(({ id }) => id),
      time.now,
    ),
    findOpenOccurrences(ctx.db, bounded),
  ]);
  const writing: Writing = { ready: [], queued: [], expired: [], settled: new Map() };
  const decisions: ClaimDecision[] = [];
  const decide = (row: ScheduleRow, delivery: ClaimedDelivery): ClaimDecision | null => {
    const settled = decideByState(row, delivery, time);
    if (settled !== null) return settled;
    if (row.kind === 'one_shot') return decideOneShot(row, delivery, time, writing);
    const own = decideRecurring(ctx, row, delivery, time, taken.get(row.id) ?? new Set(), writing);
    if (own?.type === 'expire') return own;
    return decideInTheWay(row, delivery, time, open.get(row.id) ?? [], writing) ?? own;
  };
  const inOrder = deliveries.toSorted((a, b) => a.scheduledFor - b.scheduledFor || (a.id < b.id ? -1 : 1));
  for (const delivery of inOrder) {
    const row = rows.get(delivery.sourceId);
    if (row === undefined) continue;
    const decision = decide(row, delivery);
    if (decision !== null) decisions.push(decision);
  }
  write(ctx, writing);
  return decisions;
}

/** A pause or a frozen clock holds it, or it is canceled: that was settled while this node claimed it. */
function decideByState(row: ScheduleRow, delivery: ClaimedDelivery, time: Time): ClaimDecision | null {
  const { id, dueAt } = delivery;
  if (row.state === 'canceled') return { id, type: 'cancel' };
  if (row.state === 'paused') return { id, type: 'wait', until: dueAt };
  return time.frozen && delivery.scheduledFor > time.now ? { id, type: 'wait', until: dueAt } : null;
}

function decideOneShot(
  row: ScheduleRow,
  { id, scheduledFor: at, deadline, pausedWhenDue, fireClass }: ClaimedDelivery,
  { now, real, frozen }: Time,
  writing: Writing,
): ClaimDecision | null {
  // A frozen clock has no lateness: what it releases is due by it.
  if (pausedWhenDue || frozen) return null;
  const dst = fireClass === 'dst_shifted' ? 'gap_shifted' : 'none';
  const decision = decideLateOneShot({ at, dst, deadline, policy: row.misfire_policy, now });
  if ('type' in decision) {
    settleRow(writing, id, { status: 'expired', finalized_at: new Date(real) });
    return { id, type: 'expire' };
  }
  if (decision.fireClass !== 'catch_up') return null;
  settleRow(writing, id, { fire_class: decision.fireClass });
  return { id, type: 'send', fireClass: decision.fireClass };
}

/** @returns `null` when the occurrence goes on as it stands */
function decideRecurring(
  ctx: Ctx,
  row: ScheduleRow,
  delivery: ClaimedDelivery,
  time: Time,
  taken: ReadonlySet<number>,
  writing: Writing,
): ClaimDecision | null {
  if (delivery.occurrence !== row.next_occurrence || row.next_fire_at === null) return null;
  const recurrence = recurrenceOf(row);
  const plan = decideOccurrence({
    recurrence,
    policy: row.misfire_policy,
    occurrence: row.next_occurrence,
    scheduledFor: delivery.scheduledFor,
    fireClass: delivery.fireClass,
    pausedWhenDue: delivery.pausedWhenDue,
    taken,
    now: time.now,
  });
  keepReady(ctx, row, plan.next, time, writing);
  let occurrence = row.next_occurrence;
  for (const other of plan.others) {
    occurrence += 1;
    addOther(ctx, row, other, occurrence, time, writing);
  }
  return settleOwn(row, delivery, plan.own, time, writing);
}

/** Makes the next occurrence a delivery; without one the recurrence is over. */
function keepReady(
  ctx: Ctx,
  row: ScheduleRow,
  next: OccurrencePlan['next'],
  time: Time,
  { ready, queued }: Writing,
): void {
  ready.push({
    id: row.id,
    next_fire_at: next === null ? null : new Date(next.run.at),
    next_occurrence: next?.occurrence ?? row.next_occurrence + 1,
  });
  if (next !== null) queued.push(composeOccurrence(ctx, row, next.run, next.occurrence, time));
}

/** Another occurrence that was due as well: to be sent now, or a row that says that nobody sends it. */
function addOther(
  ctx: Ctx,
  row: ScheduleRow,
  { type, scheduledFor: at, fireClass, count, from }: Outcome,
  occurrence: number,
  time: Time,
  { queued, expired }: Writing,
): void {
  const made = composeOccurrence(ctx, row, { at, dst: 'none' }, occurrence, time);
  if (type === 'release') {
    queued.push({ ...made, due_at: new Date(time.real), fire_class: fireClass ?? made.fire_class });
    return;
  }
  expired.push({ ...made, coalesced_count: count, coalesced_from: from === null ? null : new Date(from) });
}

function settleOwn(
  row: ScheduleRow,
  { id, scheduledFor, fireClass: before }: ClaimedDelivery,
  { type, scheduledFor: at, fireClass, count, from }: Outcome,
  { real }: Time,
  writing: Writing,
): ClaimDecision | null {
  const deadline = deadlineOf(at, row.ttl_ms);
  const moved = {
    coalesced_count: count,
    coalesced_from: from === null ? null : new Date(from),
    scheduled_for: new Date(at),
    deadline: deadline === null ? null : new Date(deadline),
  };
  if (type === 'expired') {
    settleRow(writing, id, { ...moved, status: 'expired', finalized_at: new Date(real) });
    return { id, type: 'expire' };
  }
  if (fireClass === 'coalesced') {
    settleRow(writing, id, { ...moved, fire_class: fireClass });
    return { id, type: 'coalesce', scheduledFor: at, deadline, count: count ?? 1, from: from ?? scheduledFor };
  }
  // Whether it is late is seen when its first byte is out.
  if (fireClass === null || fireClass === 'late' || fireClass === before) return null;
  settleRow(writing, id, { fire_class: fireClass });
  return { id, type: 'send', fireClass };
}

const retryBufferedMs = 1_000;

/** An occurrence while an earlier one is unfinished, where the schedule does not allow that. */
function decideInTheWay(
  row: ScheduleRow,
  delivery: ClaimedDelivery,
  { real, frozen }: Time,
  open: OpenOccurrence[],
  writing: Writing,
): ClaimDecision | null {
  // A backfill has no number and asks for all of them; with a frozen clock nothing takes any time.
  if (row.overlap_policy === 'allow' || delivery.occurrence === 0 || frozen) return null;
  const { id } = delivery;
  const earlier = open.filter((other) => other.occurrence > 0 && other.occurrence < delivery.occurrence);
  const running = earlier.filter((other) => other.running).length;
  const decision = decideOverlap(row.overlap_policy, { running, buffered: earlier.length - running });
  const own = open.find((other) => other.id === id);
  if (decision.type === 'start') {
    if (own !== undefined) own.running = true;
    return null;
  }
  if (decision.type === 'buffer') {
    if (own !== undefined) own.running = false;
    settleRow(writing, id, { deferral: 'concurrency' });
    return { id, type: 'wait', until: real + retryBufferedMs };
  }
  if (own !== undefined) open.splice(open.indexOf(own), 1);
  settleRow(writing, id, { deferral: 'concurrency', status: 'canceled', finalized_at: new Date(real) });
  return { id, type: 'cancel' };
}

const untouched = {
  status: null,
  scheduled_for: null,
  deadline: null,
  fire_class: null,
  coalesced_count: null,
  coalesced_from: null,
  deferral: null,
  finalized_at: null,
} as const satisfies Omit<SettledOccurrence, 'id'>;

function settleRow({ settled }: Writing, id: string, change: Partial<SettledOccurrence>): void {
  settled.set(id, { ...(settled.get(id) ?? { id, ...untouched }), ...change });
}

function write(ctx: Ctx, { ready, queued, expired, settled }: Writing): void {
  setReady(ctx.db, ready);
  settleOccurrences(ctx.db, [...settled.values()]);
  insertOccurrences(ctx.db, queued);
  insertExpired(ctx.db, expired, ctx.now());
  const soonest = Math.min(...queued.filter(({ held }) => !held).map(({ due_at: at }) => Number(at)));
  if (Number.isFinite(soonest)) ctx.due(soonest);
}
