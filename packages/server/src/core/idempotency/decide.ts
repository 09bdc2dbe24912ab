/** What is stored under an idempotency key. */
export interface StoredAnswer {
  readonly fingerprint: Buffer;
  /** `null` while the first request is running. */
  readonly status: number | null;
  readonly contentType: string;
  readonly body: string;
  /** Of the first request; `null` where it was not written down. */
  readonly requestId: string | null;
}

export type IdempotencyDecision =
  | { readonly type: 'run' }
  | { readonly type: 'replay'; readonly answer: StoredAnswer & { status: number } }
  | { readonly type: 'conflict' }
  | { readonly type: 'in_progress' };

/** What to do with a request whose key holds `stored`; `null` when this request claimed the key. */
export function decideIdempotency(stored: StoredAnswer | null, fingerprint: Buffer): IdempotencyDecision {
  if (stored === null) return { type: 'run' };
  if (!stored.fingerprint.equals(fingerprint)) return { type: 'conflict' };
  if (stored.status === null) return { type: 'in_progress' };
  return { type: 'replay', answer: { ...stored, status: stored.status } };
}
