/**
 * The line: every request of every service goes through here.
 *
 * authenticate → allow → parse → transaction(workspace, mode) → handler → emit, audit, commit → shape
 */
import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Compile } from 'typebox/compile';
import { checkEffects, emit } from '../dispatch/emit.ts';
import { allow } from './allow.ts';
import type { AuditEntry, AuditLog, SuppressedEffect } from './audit/audit.ts';
import { type Authenticated, authenticate, type FindPerson, modeOfKey } from './authenticate.ts';
import { committed } from './db/committed.ts';
import type { Database } from './db/database.ts';
import { codeOf } from './db/failures.ts';
import type { Transaction } from './db/transaction.ts';
import { ApiError, type PlatformRefusal, refuse } from './errors.ts';
import { compileForeignCheck } from './foreign.ts';
import { type Claims, claimsInTransaction, type IdempotencyKey, MemoryClaims, nameOf } from './idempotency/claims.ts';
import { decideIdempotency } from './idempotency/decide.ts';
import { InFlight } from './idempotency/in-flight.ts';
import { newId, newRequestId, prefixOf } from './ids.ts';
import type { Authenticator } from './keys/authenticator.ts';
import type { BadKeys } from './keys/bad-keys.ts';
import { keyRingOf } from './keys/key-ring.ts';
import type { LatencyWindow } from './latency-window.ts';
import { addressGroup } from './limits/address-group.ts';
import { type Limiter, limitHeaders } from './limits/limiter.ts';
import type { QuotaCounter } from './limits/quota.ts';
import type { Mode } from './mode.ts';
import { unavailableIn } from './pure.ts';
import { readJsonBody, unstorable } from './read-body.ts';
import { readHeaderText } from './read-header.ts';
import { compileInput, type InputReader } from './read-input.ts';
import { readQuery } from './read-query.ts';
import {
  type Caller,
  type Context,
  type Operation,
  type Quota,
  RawBody,
  type Service,
  type ServiceContract,
  StreamedBody,
} from './service.ts';
import type { Settings, SettingValues } from './settings.ts';
import type { Clock, Csprng, Derived } from './sources.ts';
import { countPeople } from './workspaces/count-people.ts';

/** A request as it came off the wire, whatever the HTTP framework. */
export interface Incoming {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** What stands after `?`, undecoded. */
  readonly query: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The caller's address as the trusted proxies tell it. */
  readonly address: string;
  /** Reads the body; throws `body_too_large` past the limit, after having drained it. */
  readBody(maxBytes: number): Promise<Buffer>;
  readonly signal: AbortSignal;
}

/** An answer, for any HTTP framework to write. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

/** What one service needs to be called. */
export interface ServiceRuntime {
  readonly service: Service;
  readonly settings: SettingValues<Settings>;
  readonly limiter: Limiter;
  readonly quota: QuotaCounter | null;
  readonly derived: Derived;
  /** Durations of live answers. */
  readonly latency: LatencyWindow;
}

export interface LineParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly csprng: Csprng;
  readonly authenticator: Authenticator;
  readonly badKeys: BadKeys;
  readonly findPerson: FindPerson;
  readonly audit: AuditLog;
  readonly publicUrl: () => string;
  readonly contracts: readonly ServiceContract[];
  /** Holds every answer against its declared output: for tests. */
  readonly checkAnswers: boolean;
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

/** Answers requests to one operation. */
export type Call = (incoming: Incoming) => Promise<Reply>;

export interface Line {
  /** Compiles the line of one operation, once at start-up. */
  call(runtime: ServiceRuntime, operation: Operation): Call;
  /** Answers what no operation answers: an unknown path, another method, an unreadable request. */
  refusal(runtime: ServiceRuntime, error: Error): Call;
  /** A context of the `system` actor, for loops. */
  system(runtime: ServiceRuntime, loop: string, signal: AbortSignal): Context;
}

/** What one request has gathered so far; the refusal and the audit row are written from it. */
interface Progress {
  readonly requestId: string;
  readonly startedAt: number;
  readonly startedTick: number;
  readonly route: string;
  readonly operation: string | null;
  mode: Mode;
  workspaceId: string;
  caller: Caller;
  limit: Record<string, string>;
  suppressed: SuppressedEffect[];
  /** Whether the audit row is made up: what a stream holds back after it is not gathered any more. */
  audited: boolean;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  body: string | Uint8Array | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = 'application/json; charset=utf-8';

export function createLine(parts: LineParts): Line {
  const inFlight = new InFlight();
  const memoryClaims = new MemoryClaims();

  const begin = (
    runtime: ServiceRuntime,
    operation: Operation | null,
    route: string,
    headers: IncomingHttpHeaders = {},
  ): Progress => ({
    requestId: newRequestId(),
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
    suppressed: [],
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
    const headers: Record<string, string> = {
      'content-type': answer.contentType,
      'x-request-id': progress.requestId,
      'interlock-mode': progress.mode,
      ...progress.limit,
      ...answer.headers,
      ...extra,
    };
    const finite = typeof answer.body === 'string' || answer.body instanceof Uint8Array;
    if (code === null && answer.status < 400 && finite) {
      Object.assign(headers, runtime.service.contract.dialect.headers?.({ mode: progress.mode, durationMs }));
    }
    return { status: answer.status, headers, body: answer.body };
  };

  const refused = (runtime: ServiceRuntime, incoming: Incoming, progress: Progress, thrown: unknown): Reply => {
    const { contract } = runtime.service;
    let error: ApiError;
    if (thrown instanceof ApiError) error = thrown;
    else {
      parts.onBug(thrown, { requestId: progress.requestId, route: progress.route });
      error = refuse('internal', 'Something failed on our side. Give the request id when you report it.');
    }
    const code = contract.dialect.codes[error.code as PlatformRefusal] ?? error.code;
    const status = error.details.status ?? contract.errors[code]?.status ?? 500;
    const body = contract.dialect.error({
      status,
      code,
      message: error.message,
      param: error.details.param,
      retryAfter: error.details.retryAfter,
      requestId: progress.requestId.slice(4),
    });
    parts.audit.enqueue(auditEntry(runtime, incoming, progress, status, code));
    const retry = error.details.retryAfter === undefined ? {} : { 'retry-after': String(error.details.retryAfter) };
    return finish(
      runtime,
      progress,
      { status, contentType: contract.dialect.errorContentType, body: JSON.stringify(body) },
      code,
      { ...error.details.headers, ...retry },
    );
  };

  /** Everything up to the input: who calls, whether he may, within which limit. */
  const admit = async (
    runtime: ServiceRuntime,
    operation: Operation,
    incoming: Incoming,
    progress: Progress,
  ): Promise<Authenticated> => {
    const { contract } = runtime.service;
    const rule = contract.modes.limits.live;
    const limited = operation.limited !== false;
    if (limited && rule.per === 'address') {
      // Before the key is looked at, so that a flood of any kind costs one counter.
      const state = await runtime.limiter.take('live', addressGroup(incoming.address), progress.startedAt);
      progress.limit = limitHeaders(state);
    }
    const who = await authenticate(
      { contract, operation, authenticator: parts.authenticator, badKeys: parts.badKeys, findPerson: parts.findPerson },
      incoming,
    );
    progress.mode = who.mode;
    progress.workspaceId = who.workspaceId;
    progress.caller = who.caller;
    if (limited && rule.per === 'key') {
      const state = await runtime.limiter.take(
        who.mode,
        who.key?.id ?? addressGroup(incoming.address),
        progress.startedAt,
      );
      progress.limit = limitHeaders(state);
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
    return who;
  };

  const contextOf = (
    runtime: ServiceRuntime,
    progress: Progress,
    incoming: { address: string; signal: AbortSignal },
    transaction: Transaction,
  ): { context: Context; undo: () => void } => {
    const { contract } = runtime.service;
    const { mode, workspaceId } = progress;
    const keyId = progress.caller.type === 'key' ? progress.caller.keyId : null;
    const counter =
      contract.modes.quota[mode] === 'uncounted' || progress.caller.type === 'anonymous' ? null : runtime.quota;
    let taken = 0;
    const quota: Quota = {
      async take() {
        if (counter === null) return;
        await counter.take(workspaceId);
        taken++;
      },
      giveBack() {
        if (taken === 0) return;
        taken--;
        counter?.giveBack(workspaceId);
      },
      state: async () => (counter === null ? null : counter.state(workspaceId)),
    };
    const context: Context = {
      mode,
      workspaceId,
      caller: progress.caller,
      requestId: progress.requestId,
      address: incoming.address,
      publicUrl: parts.publicUrl(),
      settings: runtime.settings,
      entropy: contract.modes.entropy[mode] === 'csprng' ? parts.csprng : runtime.derived,
      db: contract.modes.data[mode] === 'pure' ? unavailableIn(contract.name, mode) : transaction,
      newId: (noun) => newId(contract.ids === 'mode' ? prefixOf(noun, mode) : noun),
      emit(name, payload) {
        const suppressed = emit(contract, mode, transaction, {
          service: contract.name,
          name,
          payload,
          workspaceId,
          requestId: progress.requestId,
          keyId,
          at: parts.clock.now(),
        });
        if (suppressed !== null && !progress.audited) progress.suppressed.push(suppressed);
      },
      quota,
      get keys() {
        return keyRingOf(parts.database, parts.contracts, workspaceId, parts.clock);
      },
      now: () => parts.clock.now(),
      countPeople: () => countPeople(parts.database),
      recentLatency: () => runtime.latency.read(),
      // Read when asked for: making one for each request costs more than a key check.
      get signal() {
        return incoming.signal;
      },
      separately: (work) => separately(runtime, progress, incoming, work),
    };
    return {
      context,
      undo: () => {
        for (; taken > 0; taken--) counter?.giveBack(workspaceId);
      },
    };
  };

  const separately = async <T>(
    runtime: ServiceRuntime,
    progress: Progress,
    incoming: { address: string; signal: AbortSignal },
    work: (ctx: Context) => Promise<T>,
  ): Promise<T> => {
    const transaction = parts.database.transaction(progress.mode, progress.workspaceId);
    const { context, undo } = contextOf(runtime, progress, incoming, transaction);
    try {
      return await committed(transaction, () => work(context));
    } catch (error) {
      undo();
      throw error;
    }
  };

  /** Transaction, handler, commit. */
  const perform = async (
    runtime: ServiceRuntime,
    operation: Operation,
    incoming: Incoming,
    progress: Progress,
    request: Record<string, unknown>,
    claim: IdempotencyKey | null,
  ): Promise<Reply> => {
    const { contract } = runtime.service;
    const transaction = parts.database.transaction(progress.mode, progress.workspaceId);
    const { context, undo } = contextOf(runtime, progress, incoming, transaction);
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
          parts.audit.enqueue(auditEntry(runtime, incoming, progress, replay.status, null));
          return finish(runtime, progress, replay, null, { 'idempotent-replayed': 'true' });
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
        claims.answer(claim, { status: answer.status, contentType: answer.contentType, body: answer.body });
      }
      const entry = auditEntry(runtime, incoming, progress, answer.status, null);
      progress.audited = true;
      // A write is audited with the change itself; the row of a read can wait for its batch.
      const withChange = operation.writes === true && transaction.touched;
      if (withChange) parts.audit.record(transaction, entry);
      await transaction.commit();
      if (!withChange) parts.audit.enqueue(entry);
      return finish(runtime, progress, answer, null);
    } catch (error) {
      await transaction.rollback();
      undo();
      // What was undone was not suppressed either.
      progress.suppressed = [];
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
      checkEffects(contract);
      const checkForeign = compileForeignCheck(contract, operation.input);

      return async (incoming) => {
        const progress = begin(runtime, operation, route, incoming.headers);
        try {
          const who = await admit(runtime, operation, incoming, progress);
          const bytes = hasBody.has(incoming.method as 'POST') ? await incoming.readBody(contract.maxBodyBytes) : null;
          const input = readInput(reader, operation, incoming, bytes);
          checkForeign?.(progress.mode, input);
          const request = operation.read === undefined ? input : requestOf(operation.read, input);
          const claim = operation.idempotent === true ? claimOf(contract, incoming, progress, who, bytes) : null;
          const attempt = () =>
            withRetries(progress, () => perform(runtime, operation, incoming, progress, request, claim));
          if (claim === null) return await attempt();
          const done = await inFlight.alone(nameOf(claim), contract.idempotency.waitMs, attempt);
          if (done === null) throw inProgress();
          return done.result;
        } catch (error) {
          return refused(runtime, incoming, progress, error);
        }
      };
    },

    refusal(runtime, error) {
      return async (incoming) => {
        const progress = begin(runtime, null, '*', incoming.headers);
        return refused(runtime, incoming, progress, error);
      };
    },

    system(runtime, loop, signal) {
      const progress: Progress = {
        ...begin(runtime, null, `loop:${loop}`),
        mode: 'live',
        workspaceId: 'system',
        caller: { type: 'system', loop },
      };
      const transaction = parts.database.transaction('live', 'system');
      return contextOf(runtime, progress, { address: '', signal }, transaction).context;
    },
  };
}

/** Where an operation answers. */
export function routeOf(contract: ServiceContract, operation: Pick<Operation, 'path'>): string {
  return operation.path.startsWith('//') ? operation.path.slice(1) : contract.basePath + operation.path;
}

/** A stream that fails half-way can only be cut off; that it was a bug must still be known. */
async function* watched(chunks: AsyncIterable<string>, onBug: (error: unknown) => void): AsyncGenerator<string> {
  try {
    yield* chunks;
  } catch (error) {
    onBug(error);
    throw error;
  }
}

const maxAttempts = 5;

/** Two transactions that took the same rows in another order: PostgreSQL ends one, and it can simply run again. */
async function withRetries(progress: Progress, work: () => Promise<Reply>): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = codeOf(error);
      if ((code !== '40P01' && code !== '40001') || attempt === maxAttempts) throw error;
      progress.suppressed = [];
      progress.audited = false;
    }
  }
}

function readInput(
  reader: InputReader,
  operation: Operation,
  incoming: Incoming,
  bytes: Buffer | null,
): Record<string, unknown> {
  for (const [name, value] of Object.entries(incoming.params)) {
    const problem = unstorable(value);
    if (problem !== null) throw refuse('invalid_input', `"${name}" ${problem}.`, { param: name });
  }
  if (bytes !== null) return reader.fromBody(incoming.params, readJsonBody(bytes, incoming.headers['content-type']));
  const query = readQuery(incoming.query);
  if (operation.headers === undefined) return reader.fromTexts({ ...query, ...incoming.params });
  const sent = Object.entries(operation.headers).map(
    ([name, header]) => [name, readHeaderText(header, incoming.headers[header])] as const,
  );
  const fromHeaders = Object.fromEntries(sent.filter(([, value]) => value !== undefined));
  return reader.fromTexts({ ...query, ...fromHeaders, ...incoming.params });
}

/** What `read` makes of the input is what `run` takes: the operation's own type ties the two together. */
function requestOf(
  read: (input: Record<string, unknown>) => unknown,
  input: Record<string, unknown>,
): Record<string, unknown> {
  return read(input) as Record<string, unknown>;
}

function claimOf(
  contract: ServiceContract,
  incoming: Incoming,
  progress: Progress,
  who: Authenticated,
  bytes: Buffer | null,
): IdempotencyKey | null {
  const key = incoming.headers['idempotency-key'];
  if (key === undefined) return null;
  const { maxLength, keepMs } = contract.idempotency;
  if (typeof key !== 'string' || key.length < 1 || key.length > maxLength || !/^[\x20-\x7e]+$/.test(key)) {
    throw refuse('invalid_input', `Idempotency-Key must have 1 to ${maxLength} printable ASCII characters.`, {
      param: 'Idempotency-Key',
    });
  }
  return {
    workspaceId: progress.workspaceId,
    service: contract.name,
    scope: scopeOf(contract, incoming, progress, who),
    key,
    fingerprint: hash(
      'sha256',
      Buffer.concat([Buffer.from(`${incoming.method} ${incoming.path}?${incoming.query}\n`), bytes ?? Buffer.alloc(0)]),
      'buffer',
    ),
    at: progress.startedAt,
    expiresAt: progress.startedAt + keepMs,
  };
}

/** Whose key it is, in words that no two modes share unless the contract says so. */
function scopeOf(contract: ServiceContract, incoming: Incoming, progress: Progress, who: Authenticated): string {
  switch (contract.idempotency.scope) {
    case 'key':
      return who.key?.id ?? `${progress.mode} ${incoming.address}`;
    case 'mode':
      return progress.mode;
    case 'workspace':
      return '';
  }
}

async function replayed(claims: Claims, claim: IdempotencyKey): Promise<Answer | null> {
  const stored = await claims.claim(claim);
  if (stored === 'busy') throw inProgress();
  const decision = decideIdempotency(stored, claim.fingerprint);
  switch (decision.type) {
    case 'run':
      return null;
    case 'replay':
      return decision.answer;
    case 'conflict':
      throw refuse(
        'idempotency_conflict',
        'This Idempotency-Key was used with another request; send a new key for a new request.',
        {
          param: 'Idempotency-Key',
        },
      );
    case 'in_progress':
      throw inProgress();
  }
}

function inProgress(): ApiError {
  return refuse(
    'idempotency_in_progress',
    'The first request with this Idempotency-Key is still running; try again shortly.',
    {
      param: 'Idempotency-Key',
      retryAfter: 1,
    },
  );
}

function answerOf(operation: Operation, result: unknown): Answer {
  if (result instanceof StreamedBody) {
    return { status: 200, contentType: result.contentType, body: result.chunks, headers: result.headers };
  }
  if (result instanceof RawBody) {
    return { status: result.status, contentType: result.contentType, body: result.bytes, headers: result.headers };
  }
  if (result === undefined) return { status: operation.status ?? 204, contentType: json, body: '' };
  return { status: operation.status ?? 200, contentType: json, body: JSON.stringify(result) };
}

/** What the compiler does not check: that an operation answers what it declares. */
function checkOutput(operation: Operation, result: unknown): void {
  if (result instanceof StreamedBody || result instanceof RawBody) return;
  const sent: unknown = result === undefined ? undefined : JSON.parse(JSON.stringify(result));
  const check = Compile(operation.output);
  if (check.Check(sent)) return;
  const { instancePath, message } = check.Errors(sent)[0] ?? { instancePath: '', message: 'it differs' };
  throw new Error(`${operation.id} answers something else than it declares: ${instancePath} ${message}`);
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
