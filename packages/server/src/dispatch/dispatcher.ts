import type { Logger } from 'pino';
import type { Database } from '../core/db/database.ts';
import type { DispatchFigures } from '../core/deliveries.ts';
import { randomBase62 } from '../core/ids.ts';
import { type Mode, modes } from '../core/mode.ts';
import type { Sealer } from '../core/sealing.ts';
import type { Service } from '../core/service.ts';
import type { Clock } from '../core/sources.ts';
import { classify } from './classify.ts';
import { type Courier, couriersOf, type FindCourier } from './couriers.ts';
import { createEndings, type Endings, troubleMs } from './endings.ts';
import { createFairQueue, type FairQueue, type Released } from './fairness.ts';
import { type Held, heldName } from './held.ts';
import { HeldDeliveries } from './held-deliveries.ts';
import { createAnnouncements, type NodeAnnouncements, nodeChannel, readAnnouncement } from './node-announcements.ts';
import type { OutwardListener } from './outward.ts';
import { createPace, type Pace } from './pace.ts';
import { createPreparation, overdueMs, type Preparation, unknownWaitMs } from './preparation.ts';
import type { RetryPolicy } from './retry.ts';
import { asItWas, createStore, type Lease, type Store, unsent } from './store.ts';
import { Tally } from './tally.ts';
import { createTimeline, type Timers } from './timeline.ts';
import type { Transport, TransportResult } from './transport.ts';
import type { Within } from './within.ts';

export interface DispatcherOptions {
  readonly database: Pick<Database, 'pools' | 'listen' | 'notify'>;
  readonly services: readonly Service[];
  /** How each service's webhooks are sent, by service. */
  readonly webhooks?: ReadonlyMap<string, Courier>;
  /** How messages are sent, by service, mode and channel. */
  readonly messages?: ReadonlyMap<string, Courier>;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly transport: Transport;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  /** From 0 up to 1; chance that spreads waits, never secret. */
  readonly random: () => number;
  /** Requests that are out at once. */
  readonly slots: number;
  /** Whether this node's clock may not be trusted with instants; nothing leaves meanwhile. */
  readonly isClockOff?: () => boolean;
}

export interface Dispatcher extends OutwardListener {
  start(within: Within): void;
  /** Claims and sends until nothing is due by the clock and everything is written down: for tests with a clock of theirs. */
  settleDue(): Promise<void>;
  readonly figures: DispatchFigures;
  /** Claims nothing more, finishes what is out, gives the rest back. */
  stop(): Promise<void>;
}

/** How far ahead of its instant a delivery is leased, so that the instant itself costs no query. */
const aheadMs = 1_000;
/** How often rows are looked for that nobody told us of; well below the shortest delay, so that none is found late. */
const pollMs = 250;
/** Rows of one claim: reading and preparing more in one go would hold up what is due meanwhile. */
const claimBatch = 128;
/** The same of a backlog while anything is to leave on time: 128 take the event loop for 5 ms. */
const claimBatchBeside = 32;
/** What one node keeps in memory, and what one workspace may have of it. */
const maxHeld = 20_000;
const maxHeldPerWorkspace = 512;
const sweptPerWorkspace = 32;
const beatMs = 500;
/** A node that has not been seen for this long has lost its leases; it stops sending before. */
const silentMs = 3_500;
const leaseMs = 2_500;
const stopWithinMs = 10_000;
/** A claim that the database has not answered by then is made again; what it leased after all is given back. */
const claimWithinMs = 10_000;

/** The dispatcher of one process: two modes, one set of slots. See `docs/concepts/dispatch.md`. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new DispatcherProcess(options);
}

/** What one mode of a process is doing. */
interface Side {
  readonly store: Store;
  readonly preparation: Preparation;
  readonly endings: Endings;
  /** Claims that are under way or planned: at most one of each. */
  claiming: Promise<void> | null;
  takingOver: Promise<void> | null;
  again: boolean;
  timer: NodeJS.Timeout | undefined;
  /** Rows may be leased to this node that it does not hold: an answer of the database was lost, or its lease has lapsed. */
  isAdrift: boolean;
  /** Until when its leases hold, by `performance.now()`. */
  leasedUntil: number;
  /** Workspaces that have more overdue than is held of them. */
  readonly backlogged: Set<string>;
  sweptAt: number;
}

class DispatcherProcess implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #node = `node_${randomBase62(12)}`;
  readonly #announcements: NodeAnnouncements;
  readonly #courierOf: FindCourier;
  readonly #sides: Readonly<Record<Mode, Side>>;
  readonly #held = new HeldDeliveries();
  readonly #out = new Set<string>();
  readonly #timeline: ReturnType<typeof createTimeline<Held>>;
  readonly #queue: FairQueue<Held>;
  /** Of what was due more than a moment ago. */
  readonly #late: FairQueue<Held>;
  readonly #pace: Pace;
  /** When the last that can still leave on time is due, in Unix milliseconds. */
  #awaitedUntil = 0;
  readonly #tally = new Tally();
  #within: Within | null = null;
  #beating: NodeJS.Timeout | undefined;
  #beat: Promise<void> = Promise.resolve();
  #listener: ReturnType<Database['listen']> | undefined;
  #running = false;
  #idle: (() => void)[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#announcements = createAnnouncements(options.database, this.#node, (error) =>
      this.#complain(error, 'the other nodes could not be told'),
    );
    this.#courierOf = couriersOf(options.services, options.webhooks, options.messages);
    this.#sides = { live: this.#sideOf('live'), test: this.#sideOf('test') };
    this.#timeline = createTimeline({ timers: timersOf(options.clock), release: (due) => this.#release(due) });
    const slots = { slots: options.slots, perWorkspace: Math.ceil(options.slots / 2) };
    this.#queue = createFairQueue(slots);
    this.#late = createFairQueue(slots);
    this.#pace = createPace(options.slots, {
      isAwaited: () => this.#isAwaited(),
      onRoom: () => this.#pump(),
    });
  }

  get figures(): DispatchFigures {
    return {
      held: this.#held.size,
      inFlight: this.#queue.inFlight + this.#late.inFlight,
      ...this.#tally.figures,
    };
  }

  #sideOf(mode: Mode): Side {
    const store = createStore(this.#options.database.pools[`${mode}_dispatch`], mode, this.#options.sealer);
    const onTrouble = (error: unknown, what: string) => this.#complain(error, what);
    const common = {
      store,
      node: this.#node,
      courierOf: this.#courierOf,
      now: () => this.#now(),
      random: this.#options.random,
    };
    return {
      store,
      preparation: createPreparation({
        ...common,
        held: this.#held,
        within: () => this.#within,
        tally: this.#tally,
        onTrouble,
      }),
      endings: createEndings({
        ...common,
        givesUp: () => !this.#running && performance.now() >= this.#sides[mode].leasedUntil,
        onDue: (at) => this.due(mode, at),
        onWritten: () => this.#wakeIdle(),
        onTrouble,
      }),
      claiming: null,
      takingOver: null,
      again: false,
      timer: undefined,
      isAdrift: false,
      leasedUntil: 0,
      backlogged: new Set(),
      sweptAt: 0,
    };
  }

  start(within: Within): void {
    this.#within = within;
    this.#running = true;
    this.#listener = this.#options.database.listen(
      nodeChannel,
      (payload) => this.#hear(payload),
      () => {
        for (const mode of modes) this.#claimSoon(mode);
      },
    );
    const beat = (): void => {
      this.#beat = Promise.all(modes.map((mode) => this.#beatOf(mode))).then(() => {
        if (this.#running) this.#beating = setTimeout(beat, beatMs);
      });
    };
    beat();
  }

  due(mode: Mode, at: number): void {
    if (!this.#running) return;
    // What is due later is found by the next look in time.
    if (at <= this.#now() + pollMs * 2) this.#claimSoon(mode);
    // A node that has its hands full leaves it to the others.
    if (this.#held.size >= maxHeld) this.#announcements.due(mode);
  }

  withdraw(mode: Mode, ids: readonly string[]): void {
    this.#drop(mode, ids);
    this.#announcements.withdrawn(mode, ids);
  }

  async settleDue(): Promise<void> {
    for (const mode of modes) {
      await this.#claimNow(mode);
      await this.#sides[mode].claiming;
    }
    while (this.#hasDueWork()) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    clearTimeout(this.#beating);
    for (const mode of modes) clearTimeout(this.#sides[mode].timer);
    await this.#listener?.close();
    await this.#beat;
    await Promise.all(modes.flatMap((mode) => [this.#sides[mode].claiming, this.#sides[mode].takingOver]));
    this.#pace.stop();
    const unsent = [...this.#timeline.drain(), ...this.#queue.drain(), ...this.#late.drain()];
    for (const held of unsent) this.#forget(held);
    const patience = new Promise<void>((resolve) => setTimeout(resolve, stopWithinMs).unref());
    await Promise.race([this.#allSent(), patience]);
    await this.#options.transport.close();
    await this.#allSent();
    await Promise.all(
      modes.map(async (mode) => {
        const { store, endings } = this.#sides[mode];
        await endings.flush();
        const given = unsent.filter((held) => held.mode === mode).map(asItWas);
        await store
          .giveBack(this.#node, given)
          .catch((error: unknown) => this.#complain(error, 'nothing was given back'));
        await store.leave(this.#node).catch(() => {});
      }),
    );
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #isClockOff(): boolean {
    return this.#options.isClockOff?.() === true;
  }

  #complain(error: unknown, what: string): void {
    this.#options.log.error({ err: error, node: this.#node }, what);
  }

  // Leases

  async #beatOf(mode: Mode): Promise<void> {
    const side = this.#sides[mode];
    const at = performance.now();
    try {
      const known = await side.store.beat(this.#node);
      // The others had given this node up, and settle what it held.
      if (!known && side.leasedUntil > 0) this.#letGo(mode, () => true);
      if (side.leasedUntil > 0 && at >= side.leasedUntil) side.isAdrift = true;
      side.leasedUntil = at + leaseMs;
      // Not waited for: the next sign of life must not come late because there was much to take over.
      side.takingOver ??= this.#takeOver(mode)
        .catch((error: unknown) => {
          side.isAdrift = true;
          this.#complain(error, 'nothing could be taken over');
        })
        .finally(() => {
          side.takingOver = null;
        });
      if (side.timer === undefined) this.#claimSoon(mode);
    } catch (error) {
      if (this.#running) this.#complain(error, 'the dispatcher cannot reach its database');
    }
  }

  /** What a dead node held is settled as lost, or goes back when it cannot have been sent. */
  async #takeOver(mode: Mode): Promise<void> {
    const side = this.#sides[mode];
    const orphans = await side.store.takeOver(this.#node, silentMs);
    if (orphans.length === 0) return;
    this.#tally.reclaimed(orphans.length);
    const { back = [], lost = [] } = Object.groupBy(orphans, ({ held, nodeSeenAt }) =>
      held.dueAt > nodeSeenAt + silentMs ? 'back' : 'lost',
    );
    await side.store.giveBack(
      this.#node,
      back.map(({ held }) => asItWas(held)),
    );
    for (const { held } of lost) {
      side.endings.attempted({
        held,
        result: { class: 'lost' },
        answer: null,
        startedAt: null,
        policy: this.#policyOf(held),
      });
    }
    await side.endings.flush();
    this.#claimSoon(mode);
  }

  #policyOf(held: Held): RetryPolicy {
    try {
      return this.#courierOf(held)?.policyOf(held.content(), held) ?? unknownPolicy;
    } catch (error) {
      this.#complain(error, 'the policy of a delivery cannot be read');
      return unknownPolicy;
    }
  }

  /** Gives back what is leased to this node and neither waits here, nor is out, nor has an ending to be written. */
  async #giveBackAdrift(mode: Mode): Promise<void> {
    const side = this.#sides[mode];
    const known = (lease: Lease): boolean =>
      side.endings.has(lease) || this.#held.find({ mode, ...lease })?.token === lease.token;
    const adrift = (await side.store.leasedTo(this.#node)).filter((lease) => !known(lease));
    await side.store.giveBack(this.#node, adrift.map(asItWas));
    side.isAdrift = false;
  }

  /**
   * Lets go of what was taken back. What was due already was left to this node, which may have been sending it; where it only
   * waited for its turn it goes back, to be held, canceled or claimed as its row says now.
   */
  #drop(mode: Mode, ids: readonly string[]): void {
    const wanted = new Set(ids);
    this.#giveBack(
      mode,
      this.#letGo(mode, ({ id, sourceId, targetId, workspaceId }) =>
        [id, sourceId, targetId ?? '', workspaceId].some((name) => wanted.has(name)),
      ),
    );
  }

  /** Forgets what is held and not out. */
  #letGo(mode: Mode, isMeant: (held: Held) => boolean): Held[] {
    const meant = [...this.#held].filter(
      (held) => held.mode === mode && isMeant(held) && !this.#out.has(heldName(held)),
    );
    for (const held of meant) {
      this.#timeline.cancel(heldName(held));
      this.#forget(held);
    }
    return meant;
  }

  /** Not waited for: what the database does not take now is found again with all else that is adrift. */
  #giveBack(mode: Mode, held: readonly Held[]): void {
    if (held.length === 0) return;
    const side = this.#sides[mode];
    void side.store.giveBack(this.#node, held.map(asItWas)).then(
      () => this.#claimSoon(mode),
      (error: unknown) => {
        side.isAdrift = true;
        this.#complain(error, 'nothing was given back');
      },
    );
  }

  // What other nodes tell

  #hear(payload: string): void {
    const told = readAnnouncement(payload, this.#node);
    if (told === null) return;
    if ('due' in told) this.#claimSoon(told.due);
    else this.#drop(told.withdrawn, told.ids);
  }

  // Claiming

  #claimSoon(mode: Mode): void {
    const side = this.#sides[mode];
    if (!this.#running || this.#within === null) return;
    if (side.claiming !== null) {
      side.again = true;
      return;
    }
    clearTimeout(side.timer);
    side.claiming = answered(this.#claimNow(mode), claimWithinMs)
      .then(
        (more) => (more ? 0 : pollMs),
        (error: unknown) => {
          side.isAdrift = true;
          if (this.#running) this.#complain(error, `nothing could be claimed in ${mode} mode`);
          return troubleMs;
        },
      )
      .then((waitMs) => {
        side.claiming = null;
        const wait = side.again && waitMs === pollMs ? 0 : waitMs;
        side.again = false;
        if (!this.#running) return;
        side.timer = setTimeout(() => this.#claimSoon(mode), wait);
      });
  }

  /** Leases what falls due soon; `true` when there may be more. */
  async #claimNow(mode: Mode): Promise<boolean> {
    const side = this.#sides[mode];
    if (performance.now() >= side.leasedUntil || this.#isClockOff()) return false;
    if (side.isAdrift && side.takingOver === null) await this.#giveBackAdrift(mode);
    const now = this.#now();
    const until = now + aheadMs;
    const room = Math.min(claimBatch, maxHeld - this.#held.size);
    if (room <= 0) return false;
    const except = [...side.backlogged];
    const claimed =
      except.length === 0
        ? await side.store.claim(this.#node, until, room)
        : await this.#claimBeside(side, now, until, room, except);
    await this.#prepare(mode, claimed);
    let more = claimed.length >= room;
    if (more) for (const workspaceId of backloggedIn(claimed, now - overdueMs)) side.backlogged.add(workspaceId);
    for (const workspaceId of except) {
      const free = maxHeldPerWorkspace - this.#held.of({ mode, workspaceId });
      if (free < claimBatch) continue;
      const batch = this.#isAwaited() ? claimBatchBeside : claimBatch;
      const extra = await side.store.claimOf(this.#node, workspaceId, until, batch);
      await this.#prepare(mode, extra);
      if (extra.length === batch) more = true;
      else side.backlogged.delete(workspaceId);
    }
    return more;
  }

  /**
   * Workspaces with a backlog are taken from apart. Their rows would be walked over on the way to what is older of the
   * others, so that is looked for in another way, now and then.
   */
  async #claimBeside(side: Side, now: number, until: number, room: number, except: string[]): Promise<Held[]> {
    const recent = await side.store.claimAfter(this.#node, now - overdueMs, until, room, except);
    if (now - side.sweptAt < overdueMs) return recent;
    side.sweptAt = now;
    return [...recent, ...(await side.store.sweep(this.#node, until, sweptPerWorkspace, except))];
  }

  /** Puts what goes on the timeline. */
  async #prepare(mode: Mode, claimed: readonly Held[]): Promise<void> {
    if (claimed.length === 0) return;
    const { store, preparation } = this.#sides[mode];
    for (const held of claimed) this.#held.add(held);
    try {
      const going = await preparation.prepare(claimed);
      const now = this.#now();
      for (const held of going) {
        if (!this.#held.has(held)) continue;
        if (held.dueAt > now) this.#awaitedUntil = Math.max(this.#awaitedUntil, held.dueAt);
        this.#timeline.add(heldName(held), held.dueAt, held);
      }
      this.#warm(going);
    } catch (error) {
      for (const held of claimed) {
        this.#timeline.cancel(heldName(held));
        this.#forget(held);
      }
      await store.giveBack(this.#node, claimed.map(asItWas));
      throw error;
    }
  }

  /** Connections that stand already keep look-up and handshake out of the instant. */
  #warm(going: readonly Held[]): void {
    const early = this.#now() + warmAheadMs;
    const urls = new Set(going.filter(({ dueAt }) => dueAt > early).map(({ url }) => url));
    for (const url of urls) this.#options.transport.warm(url);
  }

  // Sending

  #release(due: readonly Held[]): void {
    const overdue = this.#now() - overdueMs;
    for (const held of due) {
      const queue = held.dueAt <= overdue ? this.#late : this.#queue;
      queue.add(held.mode, held.workspaceId, held);
    }
    this.#pump();
  }

  /** What is late already starts only as fast as leaves what is on time its pace. */
  #pump(): void {
    for (let released = this.#queue.next(); released !== null; released = this.#queue.next())
      this.#sendReleased(released);
    while (this.#pace.left > 0) {
      const released = this.#late.next();
      if (released === null) break;
      this.#pace.take();
      this.#sendReleased(released);
    }
  }

  #sendReleased({ entry: held, done }: Released<Held>): void {
    void this.#send(held)
      .catch((error: unknown) => {
        this.#sides[held.mode].isAdrift = true;
        this.#complain(error, 'a delivery was not sent');
      })
      .finally(() => {
        done();
        this.#forget(held);
        this.#pump();
        this.#wakeIdle();
      });
  }

  async #send(held: Held): Promise<void> {
    const name = heldName(held);
    // Taken back or taken over while it waited for a slot.
    if (!this.#held.has(held)) return;
    const side = this.#sides[held.mode];
    if (performance.now() >= side.leasedUntil) {
      side.isAdrift = true;
      return;
    }
    if (this.#isClockOff()) {
      await side.store.giveBack(this.#node, [asItWas(held)]);
      return;
    }
    const courier = this.#courierOf(held);
    if (courier === null) {
      await side.store.giveBack(this.#node, [{ held, dueAt: this.#now() + unknownWaitMs, deferral: null }]);
      return;
    }
    const now = this.#now();
    if (held.deadline !== null && now >= held.deadline) {
      side.endings.finished(unsent(held, 'expired'));
      return;
    }
    const composed = this.#compose(held, courier, now);
    if (composed === null) {
      await side.store.giveBack(this.#node, [{ held, dueAt: this.#now() + unknownWaitMs, deferral: null }]);
      return;
    }
    this.#out.add(name);
    const answer = await composed.send();
    this.#out.delete(name);
    this.#end(held, courier, composed.policy, answer, now);
  }

  /** `null` when what it carries cannot be read: that is its own trouble, and nobody else's. */
  #compose(
    held: Held,
    courier: Courier,
    now: number,
  ): { readonly policy: RetryPolicy; send(): Promise<TransportResult> } | null {
    try {
      const content = held.content();
      const policy = courier.policyOf(content, held);
      if ('send' in courier) return { policy, send: () => courier.send(held, content) };
      const secrets = held.secrets.map(({ open }) => open());
      const request = courier.compose(held, content, secrets, now);
      return { policy, send: () => this.#options.transport.send(request) };
    } catch (error) {
      this.#complain(error, 'a delivery cannot be composed');
      return null;
    }
  }

  #end(held: Held, courier: Courier, policy: RetryPolicy, answer: TransportResult, startedAt: number): void {
    const side = this.#sides[held.mode];
    // Cut off before a byte had left: as if it had never been claimed.
    if (answer.type === 'aborted' && answer.firedAt === null) {
      this.#giveBack(held.mode, [held]);
      return;
    }
    const result = classify(answer, courier.classify, answer.completedAt);
    this.#tally.attempted(held, result.class, answer.firedAt);
    side.endings.attempted({ held, result, answer, startedAt, policy });
  }

  // What is in memory

  #forget(held: Held): void {
    if (!this.#held.delete(held)) return;
    // There is room for more of a backlog: waiting for the next look would leave the slots empty meanwhile.
    const hasRoom = this.#held.of(held) === maxHeldPerWorkspace - claimBatch;
    if (hasRoom && this.#sides[held.mode].backlogged.has(held.workspaceId)) this.#claimSoon(held.mode);
  }

  /** Whether anything that is held can still leave on time. */
  #isAwaited(): boolean {
    return this.#now() <= this.#awaitedUntil;
  }

  #hasDueWork(): boolean {
    const now = this.#now();
    return modes.some((mode) => this.#sides[mode].endings.isBusy) || [...this.#held].some(({ dueAt }) => dueAt <= now);
  }

  #wakeIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const wake of waiting) wake();
  }

  async #allSent(): Promise<void> {
    while (this.#out.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }
}

/** A connection is opened early only for what leaves time for it. */
const warmAheadMs = 50;
const unknownPolicy = { strategy: 'exponential', maxAttempts: 8, baseMs: 5_000, factor: 2, maxMs: 3_600_000 } as const;

/** Workspaces that filled much of a claim with what is long due: there is more where that came from. */
function backloggedIn(claimed: readonly Held[], overdue: number): string[] {
  const late = claimed.filter(({ dueAt }) => dueAt <= overdue);
  return [...Map.groupBy(late, ({ workspaceId }) => workspaceId)]
    .filter(([, held]) => held.length >= claimBatch / 8)
    .map(([workspaceId]) => workspaceId);
}

/** Work that may never end, because a connection was cut in the middle of it: it fails when it takes too long. */
async function answered<T>(work: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the database has not answered within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Timers of the process by a clock of the platform. */
function timersOf(clock: Clock): Timers {
  return {
    now: () => clock.now(),
    setTimer(ms, fn) {
      if (ms === 0) {
        const immediate = setImmediate(fn);
        return () => clearImmediate(immediate);
      }
      const timeout = setTimeout(fn, ms);
      return () => clearTimeout(timeout);
    },
  };
}
