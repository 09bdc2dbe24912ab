import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Occupant } from './pid-file.ts';

/**
 * Finds out whether a pid is the server of this data folder. A server's working directory is its data folder, which no
 * reused pid shares; comparing device and inode also holds where the folder is mounted under another name.
 */
export async function findOccupant(pid: number, data: string, platform = process.platform): Promise<Occupant> {
  if (!(await isRunning(pid, platform))) return 'gone';
  if (platform === 'linux') return findOnLinux(pid, data);
  if (platform === 'win32') return 'unknown';
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({
    stdout: '',
  }));
  if (stdout === '') return 'unknown';
  return stdout.includes(`-D ${data} `) ? 'this_cluster' : 'unrelated';
}

/** A zombie counts as gone: in a container without an init it keeps its pid for ever. */
export async function isRunning(pid: number, platform = process.platform): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  if (platform !== 'linux') return true;
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const state = line?.slice(line.lastIndexOf(')') + 2, line.lastIndexOf(')') + 3);
  return state !== 'Z' && state !== 'X';
}

async function findOnLinux(pid: number, data: string): Promise<Occupant> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined);
  if (name === undefined) return 'unknown';
  if (name.trim() !== 'postgres') return 'unrelated';
  const folder = await stat(data);
  try {
    const working = await stat(`/proc/${pid}/cwd`);
    return working.dev === folder.dev && working.ino === folder.ino ? 'this_cluster' : 'unrelated';
  } catch {
    // Another user's process: a server always runs as the owner of its data.
    const owner = await stat(`/proc/${pid}`).catch(() => undefined);
    return owner && owner.uid !== folder.uid ? 'unrelated' : 'unknown';
  }
}
