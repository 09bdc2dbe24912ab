import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Operation } from '../../server/src/core/service.ts';
import { UsageError } from './terminal.ts';

/** Puts the file in the place of `@path`, as curl does, where an operation takes files. */
export async function readFiles(
  { input: { properties } }: Pick<Operation, 'input'>,
  input: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const read = { ...input };
  for (const [name, schema] of Object.entries(properties)) {
    const value = input[name];
    if ((schema as { 'x-file'?: boolean })['x-file'] !== true || value === undefined) continue;
    if (typeof value !== 'string' || !value.startsWith('@')) {
      throw new UsageError(`"${name}" is a file; give its path, such as ${name}=@document.pdf.`);
    }
    const path = value.slice(1);
    const bytes = await readFile(path).catch((error: Error) => {
      throw new UsageError(`${path} cannot be read: ${error.message}`);
    });
    read[name] = new File([new Uint8Array(bytes)], basename(path));
  }
  return read;
}
