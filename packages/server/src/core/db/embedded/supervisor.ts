import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearTheWay, type Launch, launchPostmaster, type Postmaster } from './postmaster.ts';
import { restartAfterMs } from './restart.ts';

export interface Supervisor {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Keeps a server running until it is told to stop: one that ends by itself is started again on the same socket. */
export async function supervise(launch: Launch, log: (line: string) => void): Promise<Supervisor> {
  let postmaster = await start(launch, log);
  let restarting: Promise<void> = Promise.resolve();
  let stopping = false;
  let endedAt: number[] = [];
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
    let why = `PostgreSQL (process ${pid}) has ended unexpectedly`;
    while (!stopping) {
      const now = performance.now();
      endedAt = [...endedAt.slice(-99), now];
      const afterMs = restartAfterMs({ endedAt, now });
      const when = afterMs === 0 ? '' : ` in ${afterMs / 1000} s`;
      log(`${why}; it is started again${when}.`);
      await sleep(afterMs);
      if (stopping) return;
      try {
        postmaster = await start(launch, log);
        watch(postmaster);
        return;
      } catch (error) {
        why = `${(error as Error).message}, see ${launch.logFile.path}`;
      }
    }
  }
}

async function start(launch: Launch, log: (line: string) => void): Promise<Postmaster> {
  await clearTheWay(launch.data, log);
  await rm(join(launch.socketDirectory, `.s.PGSQL.${launch.port}.lock`), { force: true });
  return launchPostmaster(launch);
}
