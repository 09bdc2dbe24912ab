/** One attempt to send, as its signature sees it. */
export interface SignableAttempt {
  /** The same over all attempts. */
  readonly id: string;
  /** 1-based. */
  readonly attempt: number;
  /** When it is signed, in Unix milliseconds; a scheme that counts seconds cuts the rest off. */
  readonly timestamp: number;
  readonly method: string;
  /** As on the request line. */
  readonly path: string;
  /** The bytes that are sent. */
  readonly body: Buffer;
  /** Those that sign now, newest first; without any the signature is left out. */
  readonly secrets: readonly string[];
}

export type HeaderFields = Readonly<Record<string, string>>;

/** How a receiver can tell that a request is ours. */
export interface SigningScheme {
  sign(attempt: SignableAttempt): HeaderFields;
}
