import { readFileSync } from 'node:fs';

/** What a process can do nothing about, as shares of the time; `NaN` where the system does not tell. */
export interface KeptWaiting {
  /** Its main thread was ready, and other threads and processes had the cores. */
  readonly forCore: number;
  /** Of the cores, taken by the hypervisor for other machines. */
  readonly forHypervisor: number;
}

/** Tells, when asked, what a process has been kept waiting for from now on. */
export function keptWaiting(pid: number): () => KeptWaiting {
  const before = read(pid);
  return () => {
    const after = read(pid);
    return {
      forCore: (after.waitedMs - before.waitedMs) / (after.at - before.at),
      forHypervisor: (after.stolen - before.stolen) / (after.ticks - before.ticks),
    };
  };
}

function read(pid: number) {
  // user, nice, system, idle, iowait, irq, softirq, steal; the guests that follow are counted in user already.
  const ticks = numbersIn('/proc/stat').slice(1, 9);
  return {
    at: performance.now(),
    waitedMs: (numbersIn(`/proc/${pid}/schedstat`)[1] ?? Number.NaN) / 1e6,
    stolen: ticks[7] ?? Number.NaN,
    ticks: ticks.reduce((sum, one) => sum + one, 0),
  };
}

/** Those of the first line. */
function numbersIn(file: string): number[] {
  if (process.platform !== 'linux') return [];
  return readFileSync(file, 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
}
