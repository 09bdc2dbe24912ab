import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './occupant.ts';

/** What PostgreSQL understands, from "end sessions and write everything down" to what cannot be refused. */
const escalation = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

/** Stops a server by its pid and waits until it is gone. */
export async function stopProcess(pid: number): Promise<void> {
  for (const { signal, waitMs } of escalation) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
      throw new Error(`The PostgreSQL that still runs as process ${pid} belongs to another user: stop it first.`, {
        cause: error,
      });
    }
    for (const deadline = performance.now() + waitMs; performance.now() < deadline; await sleep(5)) {
      if (!(await isRunning(pid))) return;
    }
  }
  throw new Error(`The PostgreSQL that runs as process ${pid} could not be stopped.`);
}
