import { InterlockError } from '../errors.ts';
import type { Mode } from '../mode.ts';
import { comparable } from './comparable.ts';
import { type GateDatabase, gateTables } from './database.ts';
import { createEffectsGate, type EffectRule } from './effects.ts';
import {
  type Claim,
  type ClaimOutcome,
  createIdempotencyStore,
  type HeldClaim,
  type KeptAnswer,
} from './idempotency.ts';
import { type KeyServer, verifyKey } from './verify-key.ts';

export interface GateOptions<Rules extends Readonly<Record<string, EffectRule>>> {
  readonly server: KeyServer;
  /** Your own PostgreSQL, as a pool of `pg`. */
  readonly database: GateDatabase;
  /** All that your API causes outside itself, with what becomes of it in each mode. */
  readonly effects: Rules;
  /** Told of what cannot be told to a caller: an effect that could not be looked after. */
  readonly onError?: (error: unknown) => void;
}

/** A request, whatever the framework. */
export interface GateRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  header(name: string): string | undefined;
  /** As it was parsed, or as it came; a function where it takes reading, which is called where it is needed. */
  readonly body: unknown;
  readonly address?: string | undefined;
  readonly scope?: string | undefined;
  /** What this gate gave the request at an earlier place: then its scope alone is asked for. */
  readonly admitted?: GateContext | null | undefined;
}

/** What a handler holds of the gate: who calls, in which mode, and the one door out. */
export interface GateContext<Names extends string = string> {
  readonly mode: Mode;
  readonly workspaceId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  /**
   * Writes down what should leave; the mode decides whether it does.
   *
   * @param database the client of your own transaction, so that both commit together
   */
  emit(name: Names, payload: unknown, database?: GateDatabase): Promise<void>;
}

export type Admission<Names extends string> =
  | { readonly type: 'answer'; readonly answer: KeptAnswer }
  | {
      readonly type: 'run';
      readonly context: GateContext<Names>;
      /** Sent with the answer. */
      readonly headers: Readonly<Record<string, string>>;
      /** Whether the answer is kept for whoever repeats the request: then it waits until it is settled. */
      readonly keeps: boolean;
      /** To be called once the answer stands, before it leaves; without it where there is none, or none is kept. */
      settle(answer?: KeptAnswer): Promise<void>;
    };

/** Live and test modes for an API of one's own. */
export interface Gate<Names extends string = string> {
  /** Makes the gate's two tables where they are missing. */
  prepare(): Promise<void>;
  admit(request: GateRequest): Promise<Admission<Names>>;
  /** Sends what is due, and from now on every second; returns a function that stops it. */
  start(): () => Promise<void>;
  /** Sends what is due, now. */
  deliver(): Promise<void>;
}

/**
 * Opens a gate: keys are verified by an Interlock server, idempotency keys and effects are kept in your own database.
 *
 * @example
 * const gate = createGate({ server, database: pool, effects: { 'receipt.mail': { live: 'deliver', test: 'suppress', send } } });
 */
export function createGate<const Rules extends Readonly<Record<string, EffectRule>>>(
  options: GateOptions<Rules>,
): Gate<keyof Rules & string> {
  const { server, database, onError = () => {} } = options;
  const effects = createEffectsGate(options.effects, database);
  const store = createIdempotencyStore(database, onError);
  const contexts = new WeakSet<object>();
  const deliver = () => effects.deliver().catch(onError);

  return {
    async prepare() {
      for (const statement of gateTables) await database.query(statement);
    },
    deliver,
    async admit(request) {
      if (request.admitted != null && contexts.has(request.admitted))
        return admitAgain(request.admitted, request.scope);
      const key = readKeyHeader(request);
      if (key === null) return refused(401, 'key_required', 'Send an API key: Authorization: Bearer …');
      const { scope, address } = request;
      let verdict: Awaited<ReturnType<typeof verifyKey>>;
      try {
        verdict = await verifyKey(server, key, { scope, address, referer: request.header('referer') });
      } catch (error) {
        onError(error);
        return refused(503, 'unavailable', 'Keys cannot be verified at the moment; try again shortly.', 1);
      }
      if (!verdict.valid) return refused(statusOf(verdict.code), verdict.code, verdict.message, verdict.retryAfter);

      const { mode, workspaceId, keyId, scopes, limit } = verdict;
      const headers: Record<string, string> = {
        'interlock-mode': mode,
        ...(limit === null
          ? {}
          : {
              'x-ratelimit-limit': String(limit.limit),
              'x-ratelimit-remaining': String(limit.remaining),
              'x-ratelimit-reset': String(limit.resetAt),
            }),
      };
      const claim = await claimOf(request, workspaceId, mode);
      if (claim === 'bad') {
        return refused(400, 'invalid_idempotency_key', 'Idempotency-Key takes 1 to 255 printable characters.');
      }
      if (claim === 'incomparable') {
        onError(
          new InterlockError(
            `${request.method} ${request.url} came with an Idempotency-Key, and its body cannot be compared: it is a stream, or nobody has read it; put the parser of bodies before the gate`,
          ),
        );
        return refused(
          400,
          'idempotency_not_available',
          'This body is read as a stream, so a repetition of it cannot be known; send the request without Idempotency-Key.',
          null,
          headers,
        );
      }
      let held: HeldClaim | null = null;
      if (claim !== null) {
        let outcome: ClaimOutcome;
        try {
          outcome = await store.claim(claim);
        } catch (error) {
          onError(error);
          return refused(
            503,
            'unavailable',
            'Idempotency keys cannot be kept at the moment; try again shortly.',
            1,
            headers,
          );
        }
        if (outcome.type === 'replay') {
          const { answer } = outcome;
          return {
            type: 'answer',
            answer: { ...answer, headers: { ...answer.headers, ...headers, 'idempotent-replayed': 'true' } },
          };
        }
        if (outcome.type === 'running') {
          return refused(
            409,
            'idempotency_in_progress',
            'The first request with this Idempotency-Key still runs.',
            1,
            headers,
          );
        }
        if (outcome.type === 'conflict') {
          return refused(
            422,
            'idempotency_conflict',
            'This Idempotency-Key was used with another request.',
            null,
            headers,
          );
        }
        held = outcome.held;
      }
      const context: GateContext<keyof Rules & string> = {
        mode,
        workspaceId,
        keyId,
        scopes,
        emit: (name, payload, own) => effects.emit({ workspaceId, mode }, name, payload, own),
      };
      contexts.add(context);
      return {
        type: 'run',
        headers,
        context,
        keeps: held !== null,
        async settle(answer) {
          await (answer === undefined || answer.status >= 500 ? held?.release() : held?.keep(answer));
          void deliver();
        },
      };
    },
    start() {
      let stopped = false;
      let turn: Promise<void> = Promise.resolve();
      let timer: ReturnType<typeof setTimeout> | undefined;
      let turns = 0;
      const run = async (): Promise<void> => {
        await deliver();
        if (turns++ % 600 === 0) await store.forget().catch(onError);
        if (!stopped) {
          timer = setTimeout(() => {
            turn = run();
          }, 1_000);
        }
      };
      turn = run();
      return async () => {
        stopped = true;
        clearTimeout(timer);
        await turn;
      };
    },
  };
}

/** The key was looked at, counted and claimed for already. */
function admitAgain<Names extends string>(context: GateContext<Names>, scope: string | undefined): Admission<Names> {
  if (scope !== undefined && !context.scopes.includes(scope)) {
    return refused(403, 'scope_missing', `This key lacks the scope "${scope}"; give it the scope, or use another key.`);
  }
  return { type: 'run', context, headers: {}, keeps: false, settle: async () => {} };
}

const statuses: Readonly<Record<string, number>> = {
  invalid_key: 401,
  too_many_bad_keys: 429,
  rate_limited: 429,
  address_not_allowed: 403,
  referer_not_allowed: 403,
  scope_missing: 403,
};

function statusOf(code: string): number {
  return statuses[code] ?? 401;
}

function refused(
  status: number,
  code: string,
  message: string,
  retryAfter: number | null = null,
  headers: Readonly<Record<string, string>> = {},
): { type: 'answer'; answer: KeptAnswer } {
  const body = JSON.stringify({ error: { code, message } });
  const retry: Record<string, string> = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return {
    type: 'answer',
    answer: { status, headers: { 'content-type': 'application/json', ...headers, ...retry }, body },
  };
}

function readKeyHeader(request: GateRequest): string | null {
  const text = /^bearer\s+(\S+)\s*$/i.exec(request.header('authorization') ?? '')?.[1] ?? request.header('x-api-key');
  return text === undefined || text === '' ? null : text;
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

async function claimOf(
  request: GateRequest,
  workspaceId: string,
  mode: Mode,
): Promise<Claim | 'bad' | 'incomparable' | null> {
  const key = request.header('idempotency-key');
  if (key === undefined || safe.has(request.method.toUpperCase())) return null;
  if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) return 'bad';
  const body = comparable(typeof request.body === 'function' ? await request.body() : request.body);
  if (body === null) return 'incomparable';
  const line = new TextEncoder().encode(`${request.method.toUpperCase()} ${request.url}\n`);
  const whole = new Uint8Array(line.length + body.length);
  whole.set(line);
  whole.set(body, line.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
  const fingerprint = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { workspaceId, mode, key, fingerprint };
}
