import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearTheWay, type Launch, launchPostmaster, type Postmaster } from './postmaster.ts';
import { decideRestart } from './restart.ts';

export interface Supervisor {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Keeps a server running until it is told to stop: one that ends by itself is started again on the same socket. */
export async function supervise(launch: Launch, log: (line: string) => void): Promise<Supervisor> {
  let postmaster = await start(launch, log);
  let restarting: Promise<void> = Promise.resolve();
  let stopping = false;
  const endedAt: number[] = [];
  // The last thing this process can do where it ends without having called stop().
  const interrupt = () => postmaster.interrupt();
  process.once('exit', interrupt);

  watch(postmaster);
  return {
    get pid() {
      return postmaster.pid;
    },
    stop: async () => {
      stopping = true;
      await restarting;
      await postmaster.stop();
      process.off('exit', interrupt);
    },
  };

  function watch(watched: Postmaster): void {
    watched.ended.then(() => {
      if (!stopping) restarting = restart(watched.pid);
    });
  }

  async function restart(pid: number): Promise<void> {
    const now = performance.now();
    endedAt.push(now);
    const decision = decideRestart({ endedAt, now });
    if (decision.type === 'give_up') {
      log(`PostgreSQL (process ${pid}) has ended too often; it is not started again. See ${launch.logFile.path}.`);
      return;
    }
    log(`PostgreSQL (process ${pid}) has ended unexpectedly; it is started again.`);
    await sleep(decision.afterMs);
    if (stopping) return;
    try {
      postmaster = await start(launch, log);
      watch(postmaster);
    } catch {
      return restart(pid);
    }
  }
}

async function start(launch: Launch, log: (line: string) => void): Promise<Postmaster> {
  await clearTheWay(launch.data, log);
  await rm(join(launch.socketDirectory, `.s.PGSQL.${launch.port}.lock`), { force: true });
  return launchPostmaster(launch);
}
