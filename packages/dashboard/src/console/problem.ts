/** A refusal, in whichever words a service or the console gives it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly field: string | null;
  /** What is wrong with each field, where several are. */
  readonly details: readonly string[];
  /** What to name when it is reported. */
  readonly requestId: string | null;

  constructor(status: number, body: unknown, requestId: string | null) {
    const { message, code, field, details } = readRefusal(body);
    super(message ?? `The server answered ${status}.`);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.field = field;
    this.details = details;
    this.requestId = requestId;
  }
}

interface Refusal {
  readonly message: string | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly details: readonly string[];
}

/** `{error: {message, code, field}}`, `{error, code}` and `application/problem+json` say the same in three dialects. */
export function readRefusal(body: unknown): Refusal {
  const outer = fieldsOf(body);
  const inner = fieldsOf(outer.error);
  const text = (...values: unknown[]): string | null => {
    const found = values.find((value) => typeof value === 'string' && value !== '');
    return typeof found === 'string' ? found : null;
  };
  return {
    message: text(inner.message, outer.detail, outer.message, outer.error, outer.title),
    code: text(inner.code, outer.code),
    field: text(inner.field, inner.param, outer.field, outer.param),
    details: (Array.isArray(outer.errors) ? outer.errors : []).flatMap((one) => {
      const { field, message } = fieldsOf(one);
      return typeof message === 'string' ? [typeof field === 'string' ? `${field} ${message}` : message] : [];
    }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
