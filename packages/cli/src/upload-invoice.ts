import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Mode } from '../../server/src/core/mode.ts';
import { send } from './call.ts';
import { setValues } from './set-values.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';

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
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`);
  });
  const file = new File([new Uint8Array(bytes)], basename(path));
  return send(terminal, 'invoices.upload', { ...setValues({}, texts), file }, options);
}
