import type { FailureCode } from '../extraction.ts';

/** Why a document cannot be read at all; what is merely wrong in it is a finding. */
export interface XmlFailure {
  readonly code: FailureCode;
  readonly message: string;
}

export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly failure: XmlFailure };

export function refuse(code: FailureCode, message: string): { readonly ok: false; readonly failure: XmlFailure } {
  return { ok: false, failure: { code, message } };
}
