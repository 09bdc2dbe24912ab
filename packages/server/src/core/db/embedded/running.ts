import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionTo, dataFolder, readPassword } from './cluster.ts';
import { complain } from './complaint.ts';
import type { EmbeddedPostgres } from './embedded.ts';
import { findOccupant } from './occupant.ts';
import { readListening } from './pid-file.ts';

/**
 * Finds the server that another process runs on this folder, by what the server itself has written down there.
 *
 * @returns `undefined` when none runs, or none that accepts connections yet
 */
export async function findRunningPostgres({
  directory,
}: {
  directory: string;
}): Promise<Pick<EmbeddedPostgres, 'connection' | 'pid'> | undefined> {
  try {
    const home = await realpath(directory);
    const data = dataFolder(home);
    const listening = readListening(await readFile(join(data, 'postmaster.pid'), 'utf8'));
    if (listening === undefined) return undefined;
    const occupant = await findOccupant(listening.pid, data);
    // Where the system hides whose process it is, the connection itself will tell.
    if (occupant !== 'this_cluster' && occupant !== 'unknown') return undefined;
    return { pid: listening.pid, connection: connectionTo(listening, await readPassword(home)) };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(complain(directory, { error }, join(directory, 'postgres.log')), { cause: error });
  }
}
