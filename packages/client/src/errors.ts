/** Everything that this package throws on purpose. */
export class InterlockError extends Error {
  override readonly name: string = 'InterlockError';
}

/** What a refusal says, whatever the service words it like. */
export interface Refusal {
  readonly status: number;
  /** What happened, for programs. */
  readonly code: string;
  /** The field or parameter to mend. */
  readonly param: string | null;
  /** Names the request in the server's logs. */
  readonly requestId: string | null;
  /** The mode of the key that was sent. */
  readonly mode: 'live' | 'test' | null;
  /** How long to wait before the same call can succeed. */
  readonly retryAfterMs: number | null;
  /** The body as it came: JSON where it is JSON. */
  readonly body: unknown;
}

/**
 * The API refused. Each service has a class of its own, whose `code` is one of the codes the service documents.
 *
 * @example
 * try {
 *   await scheduler.schedules.get({ id });
 * } catch (error) {
 *   if (!(error instanceof SchedulerError) || error.code !== 'schedule_not_found') throw error;
 * }
 */
export class ApiError<Code extends string = string> extends InterlockError implements Refusal {
  override readonly name: string = 'ApiError';
  readonly status: number;
  // Codes that a newer server knows are texts as well; the type offers those that this version knows.
  readonly code: Code | (string & {});
  readonly param: string | null;
  readonly requestId: string | null;
  readonly mode: 'live' | 'test' | null;
  readonly retryAfterMs: number | null;
  readonly body: unknown;

  constructor(message: string, refusal: Refusal) {
    super(message);
    this.status = refusal.status;
    this.code = refusal.code;
    this.param = refusal.param;
    this.requestId = refusal.requestId;
    this.mode = refusal.mode;
    this.retryAfterMs = refusal.retryAfterMs;
    this.body = refusal.body;
  }
}

/** No answer came: the server could not be reached, or not in time. `cause` is what the runtime said. */
export class ConnectionError extends InterlockError {
  override readonly name = 'ConnectionError';
}

/** A key is not of the mode that the program insists on, or is no key of the service. */
export class ModeError extends InterlockError {
  override readonly name = 'ModeError';
}
