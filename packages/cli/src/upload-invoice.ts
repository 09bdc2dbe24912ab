import type { Mode } from '../../server/src/core/mode.ts';
import { send } from './call.ts';
import { setValues } from './set-values.ts';
import type { Outcome, Terminal } from './terminal.ts';

export interface UploadOptions {
  readonly mode: Mode;
  readonly idempotencyKey?: string;
}

/** Uploads a document to the invoices service, with hints as `path=value`. */
export async function uploadInvoice(
  terminal: Terminal,
  path: string,
  texts: readonly string[],
  options: UploadOptions,
): Promise<Outcome> {
  return send(terminal, 'invoices.upload', { ...setValues({}, texts), file: `@${path}` }, options);
}
