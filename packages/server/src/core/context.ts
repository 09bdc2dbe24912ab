import type { IncomingHttpHeaders } from 'node:http';
import { emit } from '../dispatch/emit.ts';
import type { AuditAbout, AuditedChange, SuppressedEffect } from './audit/audit.ts';
import { committed } from './db/committed.ts';
import type { Database } from './db/database.ts';
import { mayHaveHappened } from './db/failures.ts';
import type { Work } from './db/group.ts';
import type { Db } from './db/transaction.ts';
import { untilDone } from './db/until-done.ts';
import { checkPayload } from './event-payload.ts';
import { writeFeedSecret } from './feeds.ts';
import type { FileStore, ScopedFiles } from './files/file-store.ts';
import { RequestFiles } from './files/scoped-files.ts';
import { newCuid, newId, newRequestId, newSortableId, prefixOf } from './ids.ts';
import type { BadKeys } from './keys/bad-keys.ts';
import { type KeyRing, keyRingOf } from './keys/key-ring.ts';
import type { LatencyWindow } from './latency-window.ts';
import type { Limiter, LimitState } from './limits/limiter.ts';
import type { QuotaCounter } from './limits/quota.ts';
import type { Mode, PerMode } from './mode.ts';
import { unavailableIn } from './pure.ts';
import type { Sealer } from './sealing.ts';
import type { Caller, Context, Quota, QuotaState, Service, ServiceContract } from './service.ts';
import type { Settings, SettingValues } from './settings.ts';
import type { Clock, Csprng, Derived, Entropy } from './sources.ts';
import type { WebhookDesk } from './webhooks.ts';
import { countPeople } from './workspaces/count-people.ts';
import { membersAmong, readWorkspace, type WorkspaceView } from './workspaces/read-workspace.ts';

/** What one service needs to be called. */
export interface ServiceRuntime {
  readonly service: Service;
  readonly settings: SettingValues<Settings>;
  readonly limiter: Limiter;
  readonly quota: QuotaCounter | null;
  readonly badKeys: BadKeys;
  readonly derived: Derived;
  /** Durations of live answers. */
  readonly latency: LatencyWindow;
}

/** What a request tells the dispatcher, and what the dispatcher's rules say of targets. */
export interface Outward {
  /** Something is due at an instant. */
  due(mode: Mode, at: number): void;
  /** Whoever holds deliveries with one of these ids, or from, to or of what has one, lets go of them. */
  withdraw(mode: Mode, ids: readonly string[]): void;
  /** Whether an endpoint may listen to a service of a workspace; `false` only when it is known that none does. */
  mayListen(mode: Mode, workspaceId: string, service: string): boolean;
  /** Events were written down that endpoints may listen to. */
  emitted(mode: Mode, workspaceId: string): void;
  targetProblem(url: string): string | null;
  headersProblem(headers: Readonly<Record<string, string>>): string | null;
}

/** What contexts are made of, the same for all requests of a process. */
export interface ContextParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly csprng: Csprng;
  readonly publicUrl: () => string;
  readonly contracts: readonly ServiceContract[];
  readonly sealer: Sealer;
  readonly outward: Outward;
  readonly files: FileStore;
  /** Opens the webhooks of one workspace, service and mode for a caller. */
  readonly deskOf: (scope: DeskScope) => WebhookDesk;
  /** Tells the stages of a service that there is work at an instant. */
  readonly wake: (service: string, mode: Mode, at: number) => void;
  /** Holds every answer and every event against what is declared: for tests. */
  readonly checkAnswers: boolean;
}

/** Whose webhooks a handler may look after, and in whose name. */
export interface DeskScope {
  readonly workspaceId: string;
  readonly service: string;
  readonly mode: Mode;
  readonly caller: Caller;
  readonly requestId: string;
  readonly db: Db;
  afterCommit(tell: () => void): void;
}

/** What one request has gathered so far; the refusal and the audit row are written from it. */
export interface Progress {
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly startedTick: number;
  readonly route: string;
  readonly operation: string | null;
  mode: Mode;
  workspaceId: string;
  caller: Caller;
  limit: Record<string, string>;
  /** The caller's window of the rate limit, once it was counted. */
  window: LimitState | null;
  suppressed: SuppressedEffect[];
  /** What the audit row says of it besides. */
  about: AuditAbout | null;
  /** Whether the audit row is made up: what a stream holds back after it is not gathered any more. */
  audited: boolean;
}

const pureHandles = new WeakMap<ServiceContract, PerMode<Db>>();

function pureHandleOf(contract: ServiceContract, mode: Mode): Db {
  let handles = pureHandles.get(contract);
  if (handles === undefined) {
    handles = { live: unavailableIn(contract.name, 'live'), test: unavailableIn(contract.name, 'test') };
    pureHandles.set(contract, handles);
  }
  return handles[mode];
}

/** Where a request comes from. */
export interface ContextSource {
  readonly address: string;
  readonly headers?: IncomingHttpHeaders;
  readonly signal: AbortSignal;
  /** Absent where nobody sent anything. */
  stream?(maxBytes: number): AsyncIterable<Buffer>;
}

/** What a handler holds of one request. A class: as closures, its members cost a request more than its key check. */
export class RequestContext implements Context {
  readonly mode: Mode;
  readonly workspaceId: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly address: string;
  readonly settings: SettingValues<Settings>;
  readonly entropy: Entropy;
  readonly db: Db;
  readonly quota: RequestQuota;
  readonly #parts: ContextParts;
  readonly #runtime: ServiceRuntime;
  readonly #progress: Progress;
  readonly #incoming: ContextSource;
  readonly #work: Work;
  #dueAt = Number.POSITIVE_INFINITY;
  #wakeAt = Number.POSITIVE_INFINITY;
  #files: RequestFiles | undefined;
  #withdrawn: readonly string[] = [];
  #told: (() => void)[] = [];
  #emitted = false;

  constructor(parts: ContextParts, runtime: ServiceRuntime, progress: Progress, incoming: ContextSource, work: Work) {
    const { contract } = runtime.service;
    const { mode, caller } = progress;
    this.mode = mode;
    this.workspaceId = progress.workspaceId;
    this.caller = caller;
    this.requestId = progress.requestId;
    this.address = incoming.address;
    this.settings = runtime.settings;
    this.entropy = contract.modes.entropy[mode] === 'csprng' ? parts.csprng : runtime.derived;
    this.db = contract.modes.data[mode] === 'pure' ? pureHandleOf(contract, mode) : work;
    const uncounted = contract.modes.quota[mode] === 'uncounted' || caller.type === 'anonymous';
    this.quota = new RequestQuota(uncounted ? null : runtime.quota, progress.workspaceId);
    this.#parts = parts;
    this.#runtime = runtime;
    this.#progress = progress;
    this.#incoming = incoming;
    this.#work = work;
  }

  get publicUrl(): string {
    return this.#parts.publicUrl();
  }

  get keys(): KeyRing {
    const { database, contracts, clock } = this.#parts;
    const by = this.caller.type === 'person' ? this.caller.personId : null;
    return keyRingOf(database, contracts, this.workspaceId, clock, by);
  }

  /** Read when asked for: making one for each request costs more than a key check. */
  get signal(): AbortSignal {
    return this.#incoming.signal;
  }

  get userAgent(): string | null {
    return this.#incoming.headers?.['user-agent'] ?? null;
  }

  get webhooks(): WebhookDesk {
    const { mode, workspaceId, caller, requestId } = this;
    const service = this.#runtime.service.contract.name;
    const afterCommit = (tell: () => void) => void this.#told.push(tell);
    return this.#parts.deskOf({ workspaceId, service, mode, caller, requestId, db: this.db, afterCommit });
  }

  get files(): ScopedFiles {
    this.#files ??= new RequestFiles(this.#parts.files, this.workspaceId, this.mode);
    return this.#files;
  }

  wake(at: number): void {
    this.#wakeAt = Math.min(this.#wakeAt, at);
  }

  get sealer(): Sealer {
    return this.#parts.sealer;
  }

  stream(maxBytes: number): AsyncIterable<Buffer> {
    const bytes = this.#incoming.stream?.(maxBytes);
    if (bytes === undefined) throw new Error('this call has no body to read');
    return bytes;
  }

  due(at: number): void {
    this.#dueAt = Math.min(this.#dueAt, at);
  }

  withdraw(ids: readonly string[]): void {
    this.#withdrawn = [...this.#withdrawn, ...ids];
  }

  /** The call has committed: what it queued and took back may be known. */
  tell(): void {
    const { outward } = this.#parts;
    if (this.#withdrawn.length > 0) outward.withdraw(this.mode, this.#withdrawn);
    if (this.#dueAt !== Number.POSITIVE_INFINITY) outward.due(this.mode, this.#dueAt);
    if (this.#emitted) outward.emitted(this.mode, this.workspaceId);
    for (const tell of this.#told.splice(0)) tell();
    this.#files?.committed();
    if (this.#wakeAt !== Number.POSITIVE_INFINITY) {
      this.#parts.wake(this.#runtime.service.contract.name, this.mode, this.#wakeAt);
    }
  }

  /** The work failed: what it took of the quota and the files it put go back, unless rows may name them after all. */
  undo(error: unknown): void {
    this.quota.giveAllBack();
    if (!mayHaveHappened(error)) this.#files?.rolledBack();
  }

  targetProblem(url: string): string | null {
    return this.#parts.outward.targetProblem(url);
  }

  headersProblem(headers: Readonly<Record<string, string>>): string | null {
    return this.#parts.outward.headersProblem(headers);
  }

  newId(noun: string): string {
    switch (this.#runtime.service.contract.ids) {
      case 'mode':
        return newId(prefixOf(noun, this.mode));
      case 'sortable':
        return newSortableId(noun, this.now());
      case 'cuid':
        return newCuid(this.now());
      default:
        return newId(noun);
    }
  }

  emit(name: string, payload: Readonly<Record<string, unknown>>, subject: string | null = null): void {
    const { contract, eventPayloads = {} } = this.#runtime.service;
    if (this.#parts.checkAnswers) checkPayload(eventPayloads, name, payload);
    const emitted = emit(
      contract,
      this.mode,
      this.#work,
      {
        service: contract.name,
        name,
        payload,
        subject,
        workspaceId: this.workspaceId,
        requestId: this.requestId,
        keyId: this.caller.type === 'key' ? this.caller.keyId : null,
        at: this.#parts.clock.now(),
      },
      this.#parts.outward,
      this.#parts.sealer,
    );
    if (emitted.state === 'delivered') this.due(this.#parts.clock.now());
    if (emitted.state === 'pending') this.#emitted ||= emitted.isEvent;
    if (emitted.state === 'suppressed' && !this.#progress.audited) this.#progress.suppressed.push(emitted.effect);
  }

  changed(change: AuditedChange): void {
    this.#progress.about = { ...this.#progress.about, ...change };
  }

  separately<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
    return this.#apart(this.#progress, work);
  }

  ahead<T>(work: (db: Db) => Promise<T>): Promise<T> {
    const { contract } = this.#runtime.service;
    if (contract.modes.data[this.mode] === 'pure') return work(pureHandleOf(contract, this.mode));
    // From the same pool, calls that all hold a connection could all wait for another one.
    const transaction = this.#parts.database.beside(this.mode, this.workspaceId);
    return committed(transaction, () => work(transaction));
  }

  within<T>(workspaceId: string, work: (ctx: Context) => Promise<T>): Promise<T> {
    if (this.caller.type !== 'system') throw new Error('only a loop may work in another workspace than its own');
    return this.#apart(
      { ...this.#progress, workspaceId, requestId: newRequestId(), suppressed: [], about: null },
      work,
    );
  }

  #apart<T>(progress: Progress, work: (ctx: Context) => Promise<T>): Promise<T> {
    const { suppressed } = progress;
    const before = suppressed.length;
    return untilDone(
      () => this.#attempt(progress, work),
      () => {
        suppressed.length = before;
      },
    );
  }

  async #attempt<T>(progress: Progress, work: (ctx: Context) => Promise<T>): Promise<T> {
    const transaction = this.#parts.database.transaction(this.mode, progress.workspaceId);
    const context = new RequestContext(this.#parts, this.#runtime, progress, this.#incoming, transaction);
    try {
      const result = await committed(transaction, () => work(context));
      context.tell();
      return result;
    } catch (error) {
      context.undo(error);
      throw error;
    }
  }

  now(): number {
    return this.#parts.clock.now();
  }

  window(): LimitState | null {
    return this.#progress.window;
  }

  feedSecret(feedId: string): string {
    const service = this.#runtime.service.contract.name;
    return writeFeedSecret(this.sealer, { service, workspaceId: this.workspaceId, mode: this.mode, feedId });
  }

  workspace(): Promise<WorkspaceView> {
    return readWorkspace(this.#parts.database, this.workspaceId);
  }

  membersAmong(personIds: readonly string[]): Promise<ReadonlySet<string>> {
    return membersAmong(this.#parts.database, this.workspaceId, personIds);
  }

  countPeople(): Promise<number> {
    return countPeople(this.#parts.database);
  }

  recentLatency(): { averageMs: number | null; samples: number } {
    return this.#runtime.latency.read();
  }
}

/** What one request takes of the daily quota. */
export class RequestQuota implements Quota {
  readonly #counter: QuotaCounter | null;
  readonly #workspaceId: string;
  #taken = 0;

  constructor(counter: QuotaCounter | null, workspaceId: string) {
    this.#counter = counter;
    this.#workspaceId = workspaceId;
  }

  async take(): Promise<void> {
    if (this.#counter === null) return;
    await this.#counter.take(this.#workspaceId);
    this.#taken++;
  }

  giveBack(): void {
    if (this.#taken === 0) return;
    this.#taken--;
    this.#counter?.giveBack(this.#workspaceId);
  }

  async state(): Promise<QuotaState | null> {
    return this.#counter === null ? null : this.#counter.state(this.#workspaceId);
  }

  /** The work was rolled back. */
  giveAllBack(): void {
    while (this.#taken > 0) this.giveBack();
  }
}
