import { type FailureCode, failureCodes } from './extraction.ts';

/** Ends the reading of a document with one of the stated codes; `readDocument` turns it into its answer. */
export class ReadingFailure extends Error {
  override readonly name = 'ReadingFailure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message?: string, options?: ErrorOptions) {
    super(message ?? `Not read: ${failureCodes[code]}.`, options);
    this.code = code;
  }
}
