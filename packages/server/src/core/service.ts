/**
 * The authoring surface: everything that a service may import from the platform.
 *
 * A service is one value. Its contract says, test beside live, what may be seen, what may leave, where chance comes
 * from and which limits hold; its operations are data plus one function each.
 */
import { type Static, type TObject, type TSchema, type TUnsafe, Type } from 'typebox';
import type { AuditedChange } from './audit/audit.ts';
import type { Channel, InboundEvent } from './channels.ts';
import type { Db } from './db/transaction.ts';
import type { DeliveryRules } from './deliveries.ts';
import type { FinerRefusal, PlatformRefusal, RefusedItem } from './errors.ts';
import { ApiError } from './errors.ts';
import type { ScopedFiles } from './files/file-store.ts';
import type { BadKeyRule } from './keys/bad-keys.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { LimitState } from './limits/limiter.ts';
import type { LimitAlgorithm } from './limits/window.ts';
import type { Mode, PerMode } from './mode.ts';
import type { Sealer } from './sealing.ts';
import type { Settings, SettingValues } from './settings.ts';
import type { Clock, Entropy } from './sources.ts';
import type { StageTask } from './stages.ts';
import type { WebhookDesk } from './webhooks.ts';
import type { WorkspaceView } from './workspaces/read-workspace.ts';

export { Type } from 'typebox';
export type { InboundEvent } from './channels.ts';
export type { Sql } from './db/sql.ts';
export { type Fragment, fragment, sql } from './db/sql.ts';
export type { Batch, Db } from './db/transaction.ts';
export type {
  ClaimDecision,
  ClaimedDelivery,
  DeliveryRules,
  ExponentialRetry,
  OutgoingAttempt,
} from './deliveries.ts';
export { ApiError, coarseRefusal, type RefusedItem } from './errors.ts';
export { checkedBy, refusedAs } from './field-code.ts';
export type { ScopedFiles } from './files/file-store.ts';
export { anyNoun, reference } from './foreign.ts';
export { newId, randomBase62 } from './ids.ts';
export type { KeyView } from './keys/key-ring.ts';
export { addressGroup } from './limits/address-group.ts';
export type { Mode, PerMode } from './mode.ts';
export { modes } from './mode.ts';
export { plain } from './plain.ts';
export { refuseUnstorable } from './read-body.ts';
export { compileInput } from './read-input.ts';
export { createSealer, type Sealer } from './sealing.ts';
export { integerSetting, secretSetting, textSetting } from './settings.ts';
export {
  decideRotation,
  maxOverlapMs,
  type SigningSecret,
  stateAt,
} from './signing-secrets/rotation.ts';
export { generateSecret, readSecret } from './signing-secrets/secret-text.ts';
export type { Csprng, Derived, Entropy } from './sources.ts';
export { csprng } from './sources.ts';
export { spreadsheetCells } from './spreadsheet-cells.ts';
export type { StageTask } from './stages.ts';
export { ifMatchHeader, ifMatchInput, isMeant, versionHeaders, versionOf } from './versions.ts';
export type {
  WebhookAttemptView,
  WebhookDelivery,
  WebhookDeliveryStatus,
  WebhookDesk,
  WebhookEndpoint,
} from './webhooks.ts';

/**
 * What a mode may see.
 * - `isolated`: its own tables in its own schema
 * - `shared`: one set of rows for both modes
 * - `pure`: no table at all; an answer is a function of its inputs
 */
export type DataRule = 'isolated' | 'shared' | 'pure';

/**
 * What a reference into the other mode is answered with.
 * - `not_applicable`: there is nothing in the other mode to refer to
 * - `not_found`: it does not exist
 * - `mismatch`: a 400 that names both modes, for inputs declared with `reference`
 */
export type ForeignRule = 'not_applicable' | 'not_found' | 'mismatch';

/** What becomes of an intention to send: it leaves, it is recorded and stays, or the request is refused. */
export type Disposition = 'deliver' | 'suppress' | 'refuse';

export interface LimitRule {
  /** Whose requests share one counter. */
  readonly per: 'address' | 'key';
  /** 0: unlimited. */
  readonly max: number;
  /** The setting that replaces `max`, where the operator may. */
  readonly setting?: string;
  /** What replaces `max` for the keys of a workspace on a plan, by the plan's name. */
  readonly plans?: Readonly<
    Record<
      string,
      {
        readonly max: number;
        readonly setting?: string;
        readonly also?: { readonly max: number; readonly setting?: string };
      }
    >
  >;
  readonly windowMs: number;
  /** How the window is counted; by default `fixed_window`. */
  readonly algorithm?: LimitAlgorithm;
  /** A second, longer window that holds besides: the headers of its state end in the suffix. */
  readonly also?: {
    readonly max: number;
    readonly setting?: string;
    readonly windowMs: number;
    readonly algorithm?: LimitAlgorithm;
    readonly suffix: string;
  };
  /** `both`: one counter over live and test, as addresses have; `own`: a counter for each mode, as keys have. */
  readonly counter: 'both' | 'own';
}

export interface QuotaRule {
  /** 0: unlimited. */
  readonly perDay: number;
  /** The setting that replaces `perDay`, where the operator may. */
  readonly setting?: string;
  /** What is counted, in the singular. */
  readonly unit: string;
}

/** The contract, in one closed vocabulary. */
export interface ModeContract {
  readonly data: PerMode<DataRule>;
  readonly foreign: PerMode<ForeignRule>;
  readonly effects: Readonly<Record<string, PerMode<Disposition>>>;
  readonly entropy: PerMode<'csprng' | 'derived'>;
  readonly limits: PerMode<LimitRule>;
  readonly quota: PerMode<QuotaRule | 'uncounted'>;
}

/**
 * `workspace`: each row belongs to one workspace. `public`: any workspace reads, only the service's own loops write.
 * `account`: of an isolated service, what both modes of a workspace have in common, such as what it has paid for; it
 * stands once, live mode writes it and test mode can only read it.
 */
export type TableKind = 'workspace' | 'public' | 'account';

export interface KeyRules {
  readonly prefix: PerMode<string>;
  /** The variable under which development keys are written down; the test key's has `_TEST` behind it. */
  readonly env: string;
  /** Characters after the prefix, the six of the checksum included: 40 to 48. */
  readonly length: number;
  /** A header that may carry the key besides `Authorization: Bearer`; it wins when both are sent. */
  readonly header?: string;
  /** What a key can be bound to: the noun of its ids, and the table in which each mode has them. */
  readonly bindsTo?: { readonly noun: string; readonly table: string };
  /** Whether no two keys of a mode that work have one name. */
  readonly uniqueNames?: boolean;
  /** What an address may try that has no key; by default 30 in a minute, and then the rest of that minute is refused. */
  readonly badKeys?: BadKeyRule;
  /** The mode of a call without a key, or `refuse`. */
  readonly anonymous: 'live' | 'refuse';
}

export interface ErrorEntry {
  readonly status: number;
  /** A second status that some operations answer it with. */
  readonly also?: number;
  /** When it is given, as a clause. */
  readonly when: string;
}

/** How a service words what the line says. */
export interface Dialect<Codes extends string = string> {
  /** The service's own code for each refusal of the platform. */
  readonly codes: Readonly<Record<PlatformRefusal, Codes>>;
  /** Further codes for what is otherwise worded as one of those. */
  readonly finer?: Readonly<Partial<Record<FinerRefusal, Codes>>>;
  /** The error body. */
  error(error: RenderedError): unknown;
  readonly errorContentType: string;
  /** The schema of the error body, for OpenAPI. */
  readonly errorSchema: TSchema;
  /** A header of the service's own that says the mode, beside `Interlock-Mode`. */
  readonly modeHeader?: string;
  /** Headers of the service's own for the request id of an answer, and of the answer that is given again. */
  readonly requestIds?: { readonly own: string; readonly original: string };
  /** Further headers on a finite, successful answer. */
  headers?(answer: { mode: 'live' | 'test'; durationMs: number }): Record<string, string>;
}

export interface RenderedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param: string | undefined;
  readonly items?: readonly RefusedItem[];
  readonly retryAfter: number | undefined;
  /** The same as in `X-Request-Id`. */
  readonly requestId: string;
  /** Without the query. */
  readonly path?: string;
  /** Further members that a code carries. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface IdempotencyRule {
  /**
   * Within what one `Idempotency-Key` means one request: an API key (an address for anonymous callers), one mode of a
   * workspace, or the workspace in both modes.
   */
  readonly scope: 'key' | 'mode' | 'workspace';
  /** Whether a key means one request of one method and path: the same key elsewhere is another one. */
  readonly perEndpoint?: boolean;
  /** What makes two bodies the same: their bytes, by default, or what they say as JSON, however it is written. */
  readonly sameBody?: 'bytes' | 'json';
  /** How long a second request waits for a running first one before it is refused; 0 refuses at once. */
  readonly waitMs: number;
  readonly keepMs: number;
  readonly maxLength: number;
  /** Headers that tell two requests apart as well, in lower case. */
  readonly headers?: readonly string[];
  /** What stands before the body in the bytes by which two requests are the same; method, path and query by default. */
  readonly head?: (request: { readonly method: string; readonly path: string; readonly query: string }) => string;
}

/** What endpoints of a workspace can hear of. */
export interface WebhookContract {
  /** How requests are worded, signed and tried again. */
  readonly dialect: 'standard' | 'provable' | 'parseo' | 'pivotal';
  /** The effects that are events, each with when it happens. */
  readonly events: Readonly<Record<string, string>>;
  /** Whom events are about, in the singular, where endpoints can choose by that; `emit` is told. */
  readonly subject?: string;
  /** The text setting with which the names of the dialect's own headers begin. */
  readonly headerPrefixFrom?: string;
  /** How many endpoints a workspace may have in a mode. */
  readonly maxEndpoints: number;
}

/** What an event says, in the body of its webhooks and wherever one is made up. */
export interface EventPayload {
  /** The tests hold everything that is emitted against it; a made-up event that it does not describe is refused. */
  readonly schema: TSchema;
  /** What a made-up event says where nothing is given and none has happened yet. */
  readonly sample: Readonly<Record<string, unknown>>;
  /** Whom it is about, where endpoints choose by that. */
  readonly subjectOf?: (payload: Readonly<Record<string, unknown>>) => string | null;
}

/** The effects of a service that are messages of one channel each, such as `slack.message`. */
export type MessageContract = Readonly<Record<string, Channel>>;

/** What a service promises, as data. */
export interface ServiceContract {
  /** Also the prefix of its tables and operation ids. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly basePath: string;
  /** Further paths under which all of it answers. */
  readonly aliases?: readonly string[];
  readonly keys: KeyRules;
  readonly modes: ModeContract;
  readonly tables: Readonly<Record<string, TableKind>>;
  /** The table whose ids are those of the files that it keeps: a file that no row of it names is swept away. */
  readonly files?: { readonly table: string };
  /** Tables that outlive the erasing of test data, such as who did what. */
  readonly resetKeeps?: readonly string[];
  /**
   * How `ctx.newId` makes ids: `plain`, random after the noun, by default; `mode`, with the mode between them, such as
   * `cl_test_…`; `sortable`, with a ULID, so that ids sort by when they were made; `cuid`, such as
   * `cm3p0x7sd0001qk08v2h4z9ra`, which sort the same way and say nothing of what they name.
   */
  readonly ids?: 'plain' | 'mode' | 'sortable' | 'cuid';
  /** Without it nobody can listen. */
  readonly webhooks?: WebhookContract;
  readonly messages?: MessageContract;
  /** Scopes a key can be given, with what each permits. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, ErrorEntry>>;
  /** What each tag of the operations gathers, for the API pages. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  readonly idempotency: IdempotencyRule;
  readonly settings: Settings;
  /** The secret setting that keys derived entropy, where a mode has it. */
  readonly derivedFrom?: string;
  /** Largest body and longest request target, in bytes. */
  readonly maxBodyBytes: number;
  readonly maxUriBytes: number;
  /** Whether browsers of any origin may call it. */
  readonly cors: boolean;
  /**
   * Whether a call that no operation answers is admitted like any other before it is refused: it needs a key, is counted,
   * and stands in the log of its workspace. Otherwise anybody is told at once.
   */
  readonly admitsUnknownPaths?: boolean;
}

/** Who is calling. */
export type Caller =
  | {
      readonly type: 'key';
      readonly keyId: string;
      readonly keyName: string;
      /** The beginning of its text, with four characters to know it by. */
      readonly keyPrefix: string;
      readonly scopes: ReadonlySet<string>;
      /** The id that the key is bound to, where the service has such keys. */
      readonly boundTo: string | null;
    }
  | { readonly type: 'person'; readonly personId: string; readonly role: string }
  | { readonly type: 'anonymous' }
  | { readonly type: 'system'; readonly loop: string };

/** What a handler holds: one workspace in one mode, and nothing with which to send. */
export interface Context<C extends ServiceContract = ServiceContract> extends Clock {
  readonly mode: 'live' | 'test';
  readonly workspaceId: string;
  readonly caller: Caller;
  readonly requestId: string;
  /** The caller's address, v4-mapped IPv6 written as IPv4. */
  readonly address: string;
  /** What the caller says it is. */
  readonly userAgent: string | null;
  /** Where people reach this server, without a trailing slash. */
  readonly publicUrl: string;
  readonly settings: SettingValues<C['settings']>;
  readonly entropy: Entropy;
  /** The transaction of this request. A pure mode has none, and its use is a bug. */
  readonly db: Db;
  /** A fresh resource id, such as `cl_8Jc…`, or `cl_test_8Jc…` where the contract puts the mode into ids. */
  newId(noun: string): string;
  /**
   * Writes down an intention in the same transaction; the contract decides what becomes of it.
   *
   * @param subject whom an event is about, where the contract's webhooks choose by that
   */
  emit(
    effect: keyof C['modes']['effects'] & string,
    payload: Readonly<Record<string, unknown>>,
    subject?: string | null,
  ): void;
  /** Tells the log what this call changed: the row of the request names it, with the values before and after. */
  changed(change: AuditedChange): void;
  readonly quota: Quota;
  /** The keys of this workspace and service, for operations that a person calls. */
  readonly keys: KeyRing;
  /** The webhooks of this workspace, service and mode, in the transaction of this call. */
  readonly webhooks: WebhookDesk;
  /** Files of this workspace and mode. */
  readonly files: ScopedFiles;
  /** Tells the service's stages that there is work at an instant; heard when the call has committed. */
  wake(at: number): void;
  /** Encrypts what lies in the database and must be read again. */
  readonly sealer: Sealer;
  /** Tells the dispatcher that this call queues something due at an instant; heard when the call has committed. */
  due(at: number): void;
  /**
   * Takes back what a node may have claimed, so that it goes by what stands now: deliveries by their ids, or all of a source,
   * a target or the workspace by its id. Heard by all nodes when the call has committed.
   */
  withdraw(ids: readonly string[]): void;
  /** Why a target may not be sent to, as a sentence; `null` when it may. Looks at the URL alone, asks no name server. */
  targetProblem(url: string): string | null;
  /** Why headers may not be sent, as a sentence; `null` when they may. */
  headersProblem(headers: Readonly<Record<string, string>>): string | null;
  /**
   * Runs work in a transaction of its own, with effects and quota of its own: for loops and streams. It runs again where
   * PostgreSQL ends the transaction for the sake of another one.
   */
  separately<T>(work: (ctx: Context<C>) => Promise<T>): Promise<T>;
  /**
   * Commits a short work ahead of this call and whatever becomes of it, such as taking numbers from a counter that others
   * would otherwise wait for until the call ends.
   */
  ahead<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** The same as `separately` in another workspace: for loops, which look after all of them. For anybody else it is a bug. */
  within<T>(workspaceId: string, work: (ctx: Context<C>) => Promise<T>): Promise<T>;
  /** The secret part of the address of a feed, for this workspace and mode; it is not kept anywhere. */
  feedSecret(feedId: string): string;
  /** What this workspace is called. */
  workspace(): Promise<WorkspaceView>;
  /** Which of these ids name members of this workspace. */
  membersAmong(personIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** What the caller's window of the rate limit holds after this call; `null` where nothing is counted. */
  window(): LimitState | null;
  /** How many people have signed up on this installation. */
  countPeople(): Promise<number>;
  /** The mean time to answer of this service's newest live requests on this node. */
  recentLatency(): { averageMs: number | null; samples: number };
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  /**
   * The bytes of the body as they come, for an operation that takes a stream; once. Throws `body_too_large` past the limit,
   * and `malformed_body` where they end early.
   */
  stream(maxBytes: number): AsyncIterable<Buffer>;
}

export interface Quota {
  /** Takes one unit, given back if the transaction rolls back. Throws `quota_exceeded` when none is left. */
  take(): Promise<void>;
  /** Gives a unit back that was taken for work which then did not happen, while the transaction goes on. */
  giveBack(): void;
  /** What is used and left today; `null` where nothing is counted. */
  state(): Promise<QuotaState | null>;
}

export interface QuotaState {
  /** `null`: unlimited. */
  readonly limit: number | null;
  readonly used: number;
  readonly remaining: number | null;
  /** Unix milliseconds. */
  readonly resetsAt: number;
}

/** A body that is written as it is made, such as Server-Sent Events or CSV; the output of its operation is `rawOutput`. */
export class StreamedBody {
  readonly contentType: string;
  readonly chunks: AsyncIterable<string>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(contentType: string, chunks: AsyncIterable<string>, headers: Readonly<Record<string, string>> = {}) {
    this.contentType = contentType;
    this.chunks = chunks;
    this.headers = headers;
  }
}

/** A finite body that is not the service's JSON, such as a page or a picture; the output of its operation is `rawOutput`. */
export class RawBody {
  readonly contentType: string;
  readonly bytes: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;

  constructor(
    contentType: string,
    bytes: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
    status = 200,
  ) {
    this.contentType = contentType;
    this.bytes = bytes;
    this.headers = headers;
    this.status = status;
  }
}

/** A JSON body with headers of its own. It is held against the operation's output like any other. */
export class WithHeaders {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: unknown, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.headers = headers;
  }
}

/** A file that came with a request, by the name that its sender gave it. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * An input that is a file: its operation then takes `multipart/form-data`.
 *
 * @example
 * input: Type.Object({ file: uploadedFile({ description: 'The invoice.' }) })
 */
export function uploadedFile(options: { description?: string } = {}): TUnsafe<UploadedFile> {
  return Type.Unsafe<UploadedFile>({ type: 'object', ...options, 'x-file': true });
}

/**
 * An output that is text or bytes and not JSON, such as what a `RawBody` or a `StreamedBody` holds: clients then read it as
 * such.
 *
 * @example
 * output: rawOutput('image/png', { description: 'The card.' })
 */
export function rawOutput(contentType: string, options: { description?: string } = {}): TUnsafe<string> {
  return Type.Unsafe<string>({ type: 'string', ...options, 'x-content-type': contentType });
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An operation: data plus one function. */
export interface Operation<
  C extends ServiceContract = ServiceContract,
  Input extends TObject = TObject,
  Output extends TSchema = TSchema,
  Request = Static<Input>,
> {
  /** Such as `randomness.ints`. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** When to call it and not another one, as what follows "Use it", for whoever chooses among many. */
  readonly useWhen?: string;
  readonly tag: string;
  /** A second method is a twin: the same parameters as a JSON body instead of a query. */
  readonly method: Method | readonly [Method, Method];
  /** Below the base path; `:name` is a path parameter. A path that starts with `//` stands at the root. */
  readonly path: string;
  readonly scope: (keyof C['scopes'] & string) | null;
  /** Path parameters, and the query (GET, DELETE) or the JSON body (others), as one object. */
  readonly input: Input;
  readonly output: Output;
  /** One call and its answer, for the API pages; the tests hold it against the schemas. */
  readonly example?: { readonly input: Readonly<Record<string, unknown>>; readonly output: unknown };
  readonly status?: number;
  /** Who may call: the service's own rule for keys (default), a signed-in person, or either. */
  readonly caller?: 'key' | 'person' | 'either';
  /** Calls, by their query, that are answered to anybody: whatever key they carry is not looked at. */
  readonly anonymous?: (query: string) => boolean;
  /** The mode of a call without a key that carries its own test inputs, such as a permalink of a test outcome. */
  readonly anonymousMode?: (query: string) => 'live' | 'test';
  /** Of an operation that takes files: how large they may be, and the code for larger ones. */
  readonly files?: {
    readonly maxBytes: (settings: SettingValues<C['settings']>) => number;
    readonly tooLarge: keyof C['errors'] & string;
  };
  /** Inputs that a header may carry; the header wins over the query and the body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The role a person needs; `member` by default. */
  readonly role?: 'member' | 'admin';
  /** The modes in which it exists; both by default. */
  readonly modes?: readonly ('live' | 'test')[];
  /** Whether it changes something; such a call is audited in its own transaction. */
  readonly writes?: boolean;
  /**
   * Whether calls of one workspace and mode that arrive together may share a transaction: for short operations that
   * only ask the database and can run again. Of an operation that writes nothing every statement is shared by itself, in
   * transactions that are read-only. A call that may take long says no, by what it asks for: others would wait for it.
   */
  readonly shares?: boolean | ((input: Static<Input>) => boolean);
  /** Where what it made can be read, sent as `Location`. */
  readonly location?: (made: { readonly id: string }) => string;
  /** Whether `Idempotency-Key` is honoured. */
  readonly idempotent?: boolean;
  /** Largest body in bytes, where it is another one than the contract's. */
  readonly maxBodyBytes?: number;
  /**
   * Whether the body is no JSON but bytes that `run` reads as they come, by `ctx.stream`: for what is larger than memory.
   * The input is then path, query and headers.
   */
  readonly takesStream?: boolean;
  /** Whether it takes a slot of the rate limit; true by default. */
  readonly limited?: boolean;
  /** Codes it can answer with besides those of the line. */
  readonly errors?: readonly (keyof C['errors'] & string)[];
  /**
   * Reads what a schema cannot say (`min` above `max`) into what `run` takes, or refuses it. It sees nothing but the
   * input, and comes before idempotency and quota, so that a bad request is answered as such whatever its key holds.
   */
  readonly read?: (input: Static<Input>) => Request;
  /** What it answers is held against `output` by the tests, not by the compiler: unions of outcomes defeat inference. */
  readonly run: (ctx: Context<C>, request: Request) => unknown;
}

/** Work that repeats without a request, as the `system` actor. */
export interface Loop<C extends ServiceContract = ServiceContract> {
  readonly name: string;
  /** The mode it works in; `live` by default. */
  readonly mode?: Mode;
  /** When the next run is due, in Unix milliseconds; a pure function. */
  readonly next: (now: number, settings: SettingValues<C['settings']>) => number;
  readonly run: (ctx: Context<C>) => Promise<void>;
}

/** Something a service counts over all workspaces when it is asked, for `GET /metrics`. */
export interface Gauge<C extends ServiceContract = ServiceContract> {
  /** Such as `interlock_scheduler_silent_schedules`. */
  readonly name: string;
  readonly help: string;
  readonly modes: readonly Mode[];
  /** As the `system` actor, whom windows across workspaces answer. */
  readonly read: (ctx: Context<C>) => Promise<number>;
}

/** What a stage works with beside its rows, such as threads; closed when the server stops. */
export interface StageTool {
  close(): Promise<void>;
}

/**
 * Work that requests leave behind as rows: whoever claims a row does its work outside any transaction and then settles
 * it. A row whose worker died is claimed again when its lease is over.
 */
export interface Stage<C extends ServiceContract = ServiceContract, Tool extends StageTool = StageTool> {
  readonly name: string;
  /** Made once for each mode that works. */
  readonly open?: (settings: SettingValues<C['settings']>, mode: Mode) => Tool | null;
  /** How many tasks of a mode one node works on at once. */
  readonly slots: (settings: SettingValues<C['settings']>) => PerMode<number>;
  /** Takes what is due, across workspaces, as the `system` actor; at most `room` of it. */
  readonly claim: (ctx: Context<C>, room: number) => Promise<readonly StageTask[]>;
  /** Does one task. What it throws is logged, and the task is claimed again when its lease is over. */
  readonly work: (task: StageTask, inside: StageWork<C, Tool>) => Promise<void>;
}

/** What a stage works with. */
export interface StageWork<C extends ServiceContract = ServiceContract, Tool extends StageTool = StageTool>
  extends Clock {
  readonly tool: Tool | null;
  readonly mode: Mode;
  readonly settings: SettingValues<C['settings']>;
  /** A transaction in the workspace of the task. */
  within<T>(work: (ctx: Context<C>) => Promise<T>): Promise<T>;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
}

/** What an operator's command holds: one workspace, in a transaction for each mode. */
export interface OperatorContext extends Clock {
  readonly workspaceId: string;
  readonly db: PerMode<Db>;
}

/** What an operator does to one workspace by command; no call of the API reaches it. */
export interface OperatorAction<Input extends TObject = TObject> {
  /** Such as `invoices.credits`. */
  readonly id: string;
  readonly summary: string;
  readonly input: Input;
  /** Whether it changes something: such a run is audited. */
  readonly writes?: boolean;
  /** What it answers is shown to the operator. */
  readonly run: (ctx: OperatorContext, input: Static<Input>) => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Declares what an operator does by `interlock operate`.
 *
 * @example
 * export const grant = operatorAction({ id: 'notes.grant', summary: 'Give notes away', input: Type.Object({}), … });
 */
export function operatorAction<Input extends TObject>(action: OperatorAction<Input>): OperatorAction {
  // The command holds the input against the schema that the type was inferred from.
  return action as unknown as OperatorAction;
}

/**
 * Numbered SQL, such as `0001_links.sql`, that runs once in each schema that the contract's `data` names: a folder of
 * files, or texts by such names.
 */
export type Migrations = URL | Readonly<Record<string, string>>;

export interface Service<C extends ServiceContract = ServiceContract> {
  readonly contract: C;
  readonly operations: readonly Operation<C>[];
  readonly loops: readonly Loop<C>[];
  readonly stages?: readonly Stage<C>[];
  /** Told of refusals of these codes of the platform, in a transaction of its own before they are answered. */
  readonly refused?: {
    readonly codes: readonly PlatformRefusal[];
    readonly run: (ctx: Context<C>, refusal: ApiError) => Promise<void>;
  };
  readonly gauges?: readonly Gauge<C>[];
  readonly operatorActions?: readonly OperatorAction[];
  /** What it sends through the dispatcher, by kind of delivery. */
  readonly deliveries?: Readonly<Record<string, DeliveryRules<C>>>;
  /** What it makes of what other systems report to a workspace, once each, in a transaction of its mode. */
  readonly inbound?: {
    readonly stripe?: (ctx: Context<C>, event: InboundEvent) => Promise<void>;
    readonly mail?: MailIntake<C>;
  };
  /** What programs read at an address that is a secret. */
  readonly feeds?: readonly Feed<C>[];
  /** What each of the contract's events says. */
  readonly eventPayloads?: Readonly<Record<string, EventPayload>>;
  readonly migrations: Migrations;
}

/** How a service takes in mail. */
export interface MailIntake<C extends ServiceContract = ServiceContract> {
  /** The largest message, as it comes. */
  readonly maxBytes: (settings: SettingValues<C['settings']>) => number;
  /** Whose an address is in this mode, over all workspaces; asked as the `system` actor. */
  readonly find: (
    ctx: Context<C>,
    address: string,
  ) => Promise<{ readonly workspaceId: string; readonly mailbox: string } | null>;
  /** Takes in a message, in one transaction of the workspace and mode of the mailbox; the mail server is told the result. */
  readonly run: (ctx: Context<C>, mailbox: string, message: Buffer) => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * A document for programs that can send no header, such as calendars. An operation of the service hands its address out, with
 * `ctx.feedSecret(id)` in the place of `:secret`.
 */
export interface Feed<C extends ServiceContract = ServiceContract> {
  /** The actor in the log. */
  readonly name: string;
  /** Below the base path, with `:secret` in it. */
  readonly path: `/${string}:secret${string}`;
  readonly contentType: string;
  /** Throws where nothing stands under this id any more. */
  readonly run: (ctx: Context<C>, feedId: string) => Promise<string>;
}

/** The typed helpers of one contract: what is not declared does not compile. */
export interface Authoring<C extends ServiceContract> {
  operation<Input extends TObject, Output extends TSchema, Request = Static<Input>>(
    operation: Operation<C, Input, Output, Request>,
  ): Operation<C>;
  loop(loop: Loop<C>): Loop<C>;
  stage<Tool extends StageTool = StageTool>(stage: Stage<C, Tool>): Stage<C>;
  service(parts: Omit<Service<C>, 'contract'>): Service;
  error(
    code: keyof C['errors'] & string,
    message: string,
    details?: {
      param?: string;
      retryAfter?: number;
      status?: number;
      items?: readonly RefusedItem[];
      headers?: Readonly<Record<string, string>>;
      extra?: Readonly<Record<string, unknown>>;
    },
  ): ApiError;
}

/**
 * Opens a contract for writing operations against it.
 *
 * @example
 * const { operation, error } = author(contract);
 * export const ping = operation({ id: 'notes.ping', method: 'GET', path: '/ping', … });
 */
export function author<C extends ServiceContract>(contract: C): Authoring<C> {
  return {
    // The line validates the input against the schema it was inferred from, which is what makes these casts safe.
    operation: (operation) => operation as unknown as Operation<C>,
    loop: (loop) => loop,
    // A stage is handed what its own `open` made, which is what makes this safe.
    stage: (stage) => stage as unknown as Stage<C>,
    service: (parts) => ({ contract, ...parts }) as unknown as Service,
    error: (code, message, details) => new ApiError(code, message, details),
  };
}
