import { type Extraction, type FailureCode, failureCodes } from './extraction.ts';

/** Ends the reading of a document with one of the stated codes; `readDocument` turns it into its answer. */
export class ReadingFailure extends Error {
  override readonly name = 'ReadingFailure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message = saying(code), options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The answer to a document that is not read. */
export function failed(code: FailureCode, message = saying(code)): Extraction {
  return { type: 'failed', code, message };
}

function saying(code: FailureCode): string {
  return `Not read: ${failureCodes[code]}.`;
}
