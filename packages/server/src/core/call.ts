/**
 * The line: every request of every service goes through here.
 *
 * authenticate → allow → parse → transaction(workspace, mode) → handler → emit, audit, commit → shape
 */
import type { IncomingHttpHeaders } from 'node:http';
import { allow } from './allow.ts';
import { type Answer, answerOf, checkOutput, repeated, unlessKnown, watched } from './answer.ts';
import type { AuditAbout, AuditEntry, AuditLog } from './audit/audit.ts';
import { type Authenticated, authenticate, type FindPerson, modeOfKey } from './authenticate.ts';
import { type ContextParts, type Progress, RequestContext, type ServiceRuntime } from './context.ts';
import { untilDone } from './db/until-done.ts';
import { ApiError, refuse } from './errors.ts';
import { compileForeignCheck } from './foreign.ts';
import { type Claimant, claimOf, inProgress, replayed } from './idempotency/claim-of.ts';
import { type Claims, claimsInTransaction, type IdempotencyKey, MemoryClaims, nameOf } from './idempotency/claims.ts';
import { InFlight } from './idempotency/in-flight.ts';
import { newRequestId, newSortableId } from './ids.ts';
import type { Incoming, Reply } from './incoming.ts';
import type { Authenticator } from './keys/authenticator.ts';
import { holdsKey } from './keys/holds-key.ts';
import { addressGroup } from './limits/address-group.ts';
import { type LimitState, limitHeaders } from './limits/limiter.ts';
import type { Mode } from './mode.ts';
import { compileInput } from './read-input.ts';
import { readInput, readingQuery, readSent, requestOf } from './read-request.ts';
import { wordRefusal } from './refusal.ts';
import type { Caller, Context, Loop, Operation, ServiceContract } from './service.ts';

export interface LineParts extends ContextParts {
  readonly authenticator: Authenticator;
  readonly findPerson: FindPerson;
  readonly audit: AuditLog;
  /** Bugs, with what is known of the request. */
  readonly onBug: (error: unknown, about: { requestId: string; route: string }) => void;
  readonly observe: (seen: Observation) => void;
}

/** One finished request, for metrics. */
export interface Observation {
  readonly service: string;
  readonly operation: string;
  readonly mode: Mode;
  readonly status: number;
  readonly code: string | null;
  readonly durationMs: number;
}

/**
 * Answers requests to one operation.
 *
 * @param known a caller whom somebody else has found out about: a person, in a workspace and mode of his choice. He
 * shares no counter of the rate limit with any key.
 */
export type Call = (incoming: Incoming, known?: Authenticated) => Promise<Reply>;

export interface Line {
  /** Compiles the line of one operation, once at start-up. */
  call(runtime: ServiceRuntime, operation: Operation): Call;
  /** Answers what no operation answers: an unknown path, another method, an unreadable request. */
  refusal(runtime: ServiceRuntime, error: Error): Call;
  /** Does work as a service's own, in a transaction of one workspace and mode. */
  within<T>(
    runtime: ServiceRuntime,
    mode: Mode,
    workspaceId: string,
    actor: string,
    work: (ctx: Context) => Promise<T>,
  ): Promise<T>;
  /** Does what another system asked for, whom somebody has proven to be it: one transaction, with its audit row. */
  taken<T>(
    runtime: ServiceRuntime,
    incoming: Incoming,
    about: { readonly mode: Mode; readonly workspaceId: string; readonly actor: string; readonly route: string },
    work: (ctx: Context) => Promise<T>,
  ): Promise<{ readonly result: T; readonly requestId: string }>;
  /** A context of the `system` actor, for loops. */
  system(runtime: ServiceRuntime, loop: Pick<Loop, 'name' | 'mode'>, signal: AbortSignal): Context;
}

/** What of an operation decides who may call it. */
type Admitted = Pick<
  Operation,
  'id' | 'limited' | 'scope' | 'role' | 'modes' | 'caller' | 'anonymous' | 'anonymousMode'
>;

/** Where no operation answers. */
const nowhere: Admitted = { id: 'nowhere', scope: null };

export function createLine(parts: LineParts): Line {
  const inFlight = new InFlight();
  const isSecret = holdsKey(parts.contracts.map(({ keys }) => keys));
  const memoryClaims = new MemoryClaims();

  const begin = (
    runtime: ServiceRuntime,
    operation: Operation | null,
    route: string,
    headers: IncomingHttpHeaders = {},
  ): Progress => ({
    requestId: runtime.service.contract.ids === 'sortable' ? newSortableId('req', parts.clock.now()) : newRequestId(),
    startedAt: parts.clock.now(),
    startedTick: performance.now(),
    route,
    operation: operation?.id ?? null,
    // The prefix of a key says its mode before anything is looked up, so that every refusal can say it as well.
    mode:
      modeOfKey(runtime.service.contract, headers) ??
      (runtime.service.contract.keys.anonymous === 'live' ? 'live' : 'test'),
    workspaceId: 'anonymous',
    caller: { type: 'anonymous' },
    limit: {},
    window: null,
    suppressed: [],
    about: null,
    audited: false,
  });

  const auditEntry = (
    runtime: ServiceRuntime,
    incoming: Incoming,
    progress: Progress,
    status: number,
    code: string | null,
  ): AuditEntry => ({
    workspaceId: progress.workspaceId,
    mode: progress.mode,
    at: progress.startedAt,
    service: runtime.service.contract.name,
    operation: progress.operation,
    method: incoming.method,
    route: progress.route,
    status,
    code,
    durationUs: Math.round((performance.now() - progress.startedTick) * 1000),
    requestId: progress.requestId,
    caller: progress.caller.type,
    keyId: progress.caller.type === 'key' ? progress.caller.keyId : null,
    actor: actorOf(progress.caller),
    address: incoming.address,
    suppressed: progress.suppressed.length === 0 ? null : progress.suppressed,
    about: progress.about,
  });

  const finish = (
    runtime: ServiceRuntime,
    progress: Progress,
    answer: Answer,
    code: string | null,
    extra: Readonly<Record<string, string>> = {},
  ): Reply => {
    const durationMs = performance.now() - progress.startedTick;
    if (progress.mode === 'live') runtime.latency.add(durationMs);
    parts.observe({
      service: runtime.service.contract.name,
      operation: progress.operation ?? 'none',
      mode: progress.mode,
      status: answer.status,
      code,
      durationMs,
    });
    const headers: Record<string, string> = { 'content-type': answer.contentType };
    headers['x-request-id'] = progress.requestId;
    headers['interlock-mode'] = progress.mode;
    const { requestIds, modeHeader } = runtime.service.contract.dialect;
    if (modeHeader !== undefined) headers[modeHeader] = progress.mode;
    if (requestIds !== undefined) headers[requestIds.own] = progress.requestId;
    Object.assign(headers, progress.limit, answer.headers, extra);
    const finite = typeof answer.body === 'string' || answer.body instanceof Uint8Array;
    if (code === null && answer.status < 400 && finite) {
      Object.assign(headers, runtime.service.contract.dialect.headers?.({ mode: progress.mode, durationMs }));
    }
    return { status: answer.status, headers, body: answer.body };
  };

  /** A service that wants to know of a refusal writes it down first; that it cannot is no reason to answer otherwise. */
  const told = async (
    runtime: ServiceRuntime,
    incoming: Incoming,
    progress: Progress,
    error: unknown,
  ): Promise<void> => {
    const wanted = runtime.service.refused;
    if (wanted === undefined || !(error instanceof ApiError) || progress.workspaceId === 'anonymous') return;
    if (!wanted.codes.some((code) => code === error.code)) return;
    const transaction = parts.database.transaction(progress.mode, progress.workspaceId);
    const context = new RequestContext(parts, runtime, progress, incoming, transaction);
    try {
      await context.separately((inner) => wanted.run(inner, error));
    } catch (failure) {
      parts.onBug(failure, { requestId: progress.requestId, route: progress.route });
    }
  };

  const refused = (runtime: ServiceRuntime, incoming: Incoming, progress: Progress, thrown: unknown): Reply => {
    const { contract } = runtime.service;
    let error: ApiError;
    if (thrown instanceof ApiError) error = thrown;
    else {
      parts.onBug(thrown, { requestId: progress.requestId, route: progress.route });
      error = refuse('internal', 'Something failed on our side. Give the request id when you report it.');
    }
    const { status, code, contentType, body } = wordRefusal(contract, error, progress.requestId, incoming.path);
    parts.audit.enqueue(auditEntry(runtime, incoming, progress, status, code));
    const retry = error.details.retryAfter === undefined ? {} : { 'retry-after': String(error.details.retryAfter) };
    return finish(runtime, progress, { status, contentType, body }, code, { ...error.details.headers, ...retry });
  };

  /** Everything up to the input: who calls, whether he may, within which limit. */
  const admit = async (
    runtime: ServiceRuntime,
    operation: Admitted,
    incoming: Incoming,
    progress: Progress,
    known: Authenticated | undefined,
  ): Promise<void> => {
    const { contract } = runtime.service;
    const rule = contract.modes.limits.live;
    const limited = operation.limited !== false && known === undefined;
    if (limited && rule.per === 'address') {
      // Before the key is looked at, so that a flood of any kind costs one counter.
      const taken = runtime.limiter.take('live', addressGroup(incoming.address), progress.startedAt);
      counted(progress, taken instanceof Promise ? await taken : taken);
    }
    const { authenticator, findPerson } = parts;
    const { badKeys } = runtime;
    const found = known ?? authenticate({ contract, operation, authenticator, badKeys, findPerson }, incoming);
    const who = found instanceof Promise ? await found : found;
    progress.mode = who.mode;
    progress.workspaceId = who.workspaceId;
    progress.caller = who.caller;
    if (limited && rule.per === 'key') {
      const counter = who.key?.id ?? addressGroup(incoming.address);
      const taken = runtime.limiter.take(who.mode, counter, progress.startedAt, who.key);
      counted(progress, taken instanceof Promise ? await taken : taken);
    }
    allow(operation, who, incoming, (reason) => {
      if (who.key !== null) {
        const endpoint = `${incoming.method} ${progress.route}`;
        parts.authenticator.denied(who.key, {
          reason,
          endpoint,
          address: incoming.address,
          referer: incoming.headers.referer,
        });
      }
    });
  };

  /** Transaction, handler, commit. */
  const perform = async (
    runtime: ServiceRuntime,
    operation: Operation,
    incoming: Incoming,
    progress: Progress,
    request: Record<string, unknown>,
    claim: IdempotencyKey | null,
    mayShare: boolean,
  ): Promise<Reply> => {
    const { contract } = runtime.service;
    // A claim waits for other requests, and whoever shares the transaction would wait along.
    const shared = mayShare && claim === null;
    const how = !shared ? 'transaction' : operation.writes === true ? 'shared' : 'reading';
    const transaction = parts.database[how](progress.mode, progress.workspaceId);
    const context = new RequestContext(parts, runtime, progress, incoming, transaction);
    try {
      let claims: Claims | null = null;
      if (claim !== null) {
        claims =
          contract.modes.data[progress.mode] === 'pure'
            ? memoryClaims
            : claimsInTransaction(transaction, {
                waitMs: contract.idempotency.waitMs,
                acrossModes: contract.idempotency.scope === 'workspace',
              });
        const replay = await replayed(claims, claim);
        if (replay !== null) {
          await transaction.rollback();
          progress.about = { ...progress.about, replayed: true };
          parts.audit.enqueue(auditEntry(runtime, incoming, progress, replay.status, null));
          return finish(runtime, progress, replay, null, repeated(runtime, operation, replay));
        }
      }
      const result = await operation.run(context, request);
      if (parts.checkAnswers) checkOutput(operation, result);
      const answer = answerOf(operation, result);
      if (typeof answer.body !== 'string' && Symbol.asyncIterator in answer.body) {
        answer.body = watched(answer.body, (error) =>
          parts.onBug(error, { requestId: progress.requestId, route: progress.route }),
        );
      }
      if (claim !== null && claims !== null && typeof answer.body === 'string') {
        const { status, contentType, body } = answer;
        claims.answer(claim, { status, contentType, body, requestId: progress.requestId });
      }
      const entry = auditEntry(runtime, incoming, progress, answer.status, null);
      progress.audited = true;
      // A write is audited with the change itself; the row of a read can wait for its batch.
      const withChange = operation.writes === true && transaction.touched;
      if (withChange) parts.audit.record(transaction, entry);
      await transaction.commit();
      context.tell();
      if (!withChange) parts.audit.enqueue(entry);
      return finish(runtime, progress, unlessKnown(incoming, answer), null);
    } catch (error) {
      await transaction.rollback();
      context.undo(error);
      // What was undone was not suppressed either, nor changed.
      progress.suppressed = [];
      progress.about = keyOf(progress.about);
      throw error;
    }
  };

  return {
    call(runtime, operation) {
      const { contract } = runtime.service;
      const reader = compileInput(operation.input);
      const route = routeOf(contract, operation);
      const methods = typeof operation.method === 'string' ? [operation.method] : operation.method;
      const hasBody = new Set(methods.filter((method) => method === 'POST' || method === 'PUT' || method === 'PATCH'));
      const checkForeign = compileForeignCheck(contract, operation.input);

      return async (incoming, known) => {
        const progress = begin(runtime, operation, route, incoming.headers);
        if (known !== undefined) progress.mode = known.mode;
        try {
          await admit(runtime, operation, incoming, progress, known);
          const sent = await readSent(runtime, operation, incoming, hasBody.has(incoming.method as 'POST'));
          const input = readingQuery(contract.dialect, sent, () => readInput(reader, operation, incoming, sent));
          checkForeign?.(progress.mode, input);
          const request = operation.read === undefined ? input : requestOf(operation.read, input);
          const claim =
            operation.idempotent === true ? claimOf(contract, incoming, claimantOf(progress), sent.same) : null;
          const shares = typeof operation.shares === 'function' ? operation.shares(input) : operation.shares === true;
          const attempt = () =>
            withRetries(progress, (alone) =>
              perform(runtime, operation, incoming, progress, request, claim, shares && !alone),
            );
          if (claim === null) return await attempt();
          progress.about = { idempotencyKey: isSecret(claim.key) ? '…' : claim.key };
          const done = await inFlight.alone(nameOf(claim), contract.idempotency.waitMs, attempt);
          if (done === null) throw inProgress();
          return done.result;
        } catch (error) {
          await told(runtime, incoming, progress, error);
          return refused(runtime, incoming, progress, error);
        }
      };
    },

    refusal(runtime, error) {
      const { admitsUnknownPaths } = runtime.service.contract;
      const isLost =
        error instanceof ApiError && (error.code === 'route_not_found' || error.code === 'method_not_allowed');
      return async (incoming) => {
        const progress = begin(runtime, null, '*', incoming.headers);
        try {
          if (isLost && admitsUnknownPaths === true) await admit(runtime, nowhere, incoming, progress, undefined);
        } catch (thrown) {
          return refused(runtime, incoming, progress, thrown);
        }
        return refused(runtime, incoming, progress, error);
      };
    },

    within(runtime, mode, workspaceId, actor, work) {
      const progress: Progress = {
        ...begin(runtime, null, `loop:${actor}`),
        mode,
        workspaceId,
        caller: { type: 'system', loop: actor },
      };
      const transaction = parts.database.transaction(mode, workspaceId);
      const source = { address: '', signal: never };
      return new RequestContext(parts, runtime, progress, source, transaction).separately(work);
    },

    async taken(runtime, incoming, { mode, workspaceId, actor, route }, work) {
      const progress: Progress = {
        ...begin(runtime, null, route),
        mode,
        workspaceId,
        caller: { type: 'system', loop: actor },
      };
      const transaction = parts.database.transaction(mode, workspaceId);
      const context = new RequestContext(parts, runtime, progress, incoming, transaction);
      try {
        const result = await work(context);
        parts.audit.record(transaction, auditEntry(runtime, incoming, progress, 200, null));
        await transaction.commit();
        context.tell();
        return { result, requestId: progress.requestId };
      } catch (error) {
        await transaction.rollback();
        context.undo(error);
        throw error;
      }
    },

    system(runtime, { name: loop, mode = 'live' }, signal) {
      const progress: Progress = {
        ...begin(runtime, null, `loop:${loop}`),
        mode,
        workspaceId: 'system',
        caller: { type: 'system', loop },
      };
      const transaction = parts.database.transaction(mode, 'system');
      return new RequestContext(parts, runtime, progress, { address: '', signal }, transaction);
    },
  };
}

function counted(progress: Progress, state: LimitState | null): void {
  if (state === null) return;
  progress.limit = limitHeaders(state);
  progress.window = state;
}

/** Where an operation answers. */
export function routeOf(contract: ServiceContract, operation: Pick<Operation, 'path'>): string {
  return operation.path.startsWith('//') ? operation.path.slice(1) : contract.basePath + operation.path;
}

/** Everywhere it answers. */
export function routesOf(contract: ServiceContract, operation: Pick<Operation, 'path'>): string[] {
  if (operation.path.startsWith('//')) return [operation.path.slice(1)];
  return [contract.basePath, ...(contract.aliases ?? [])].map((basePath) => basePath + operation.path);
}

/** Of work that nobody waits for. */
const never = new AbortController().signal;

function withRetries(progress: Progress, work: (alone: boolean) => Promise<Reply>): Promise<Reply> {
  return untilDone(
    (attempt) => work(attempt > 1),
    () => {
      progress.suppressed = [];
      progress.audited = false;
    },
  );
}

/** What is left to say of a call that changed nothing. */
function keyOf(about: AuditAbout | null): AuditAbout | null {
  return about?.idempotencyKey === undefined ? null : { idempotencyKey: about.idempotencyKey };
}

function claimantOf({ workspaceId, mode, startedAt, caller }: Progress): Claimant {
  return { workspaceId, mode, startedAt, keyId: caller.type === 'key' ? caller.keyId : null };
}

function actorOf(caller: Caller): string | null {
  switch (caller.type) {
    case 'key':
      return caller.keyName;
    case 'person':
      return caller.personId;
    case 'system':
      return caller.loop;
    case 'anonymous':
      return null;
  }
}
