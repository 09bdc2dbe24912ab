export interface PidFile {
  pid: number;
  ready: boolean;
}

/** What is known about the process that a pid file names. */
export type Occupant = 'gone' | 'this_cluster' | 'unrelated' | 'unknown';

export type PidFileMeaning =
  | { type: 'free' }
  | { type: 'stale'; pid: number }
  | { type: 'orphan'; pid: number }
  | { type: 'undecided'; pid: number };

/** Reads `postmaster.pid`: the pid is on its first line, the state on its eighth. */
export function readPidFile(text: string): PidFile | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, ready: lines[7]?.trim() === 'ready' };
}

/** Where a server that is ready listens: its port on the fourth line, then the folder of its socket, then its address. */
export function readListening(text: string): { pid: number; host: string; port: number } | undefined {
  const file = readPidFile(text);
  const [, , , portText, socketDirectory = '', address = ''] = text.split('\n');
  const port = Number(portText);
  const host = socketDirectory || (address === '*' ? '127.0.0.1' : address);
  if (!file?.ready || host === '' || !Number.isInteger(port) || port <= 0) return undefined;
  return { pid: file.pid, host, port };
}

/** Decides what a pid file means once this process holds the folder's lock. */
export function decidePidFile(file: PidFile | undefined, occupant: Occupant): PidFileMeaning {
  if (!file) return { type: 'free' };
  const { pid } = file;
  if (occupant === 'this_cluster') return { type: 'orphan', pid };
  if (occupant === 'unknown') return { type: 'undecided', pid };
  return { type: 'stale', pid };
}
