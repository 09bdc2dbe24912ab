import type { Logger } from 'pino';
import type { Line } from './call.ts';
import type { ServiceRuntime } from './context.ts';
import type { Loop } from './service.ts';
import type { Clock } from './sources.ts';

/** The longest wait of one timer: longer ones overflow, and a clock that is set must be noticed. */
const maxWaitMs = 60_000;

export interface RunningLoops {
  /** Runs now what is due by the clock, without waiting for a timer to notice. */
  runDue(): Promise<void>;
  /** Starts no further run and waits for those under way. */
  stop(): Promise<void>;
}

interface LoopParts {
  readonly line: Line;
  readonly runtimes: readonly ServiceRuntime[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Runs every service's loops, once at the start and then when they are due, each alone, until stopped. A failed run is logged and tried again. */
export function startLoops(parts: LoopParts): RunningLoops {
  const running = parts.runtimes.flatMap((runtime) =>
    runtime.service.loops.map((loop) => startLoop(parts, runtime, loop)),
  );
  return {
    async runDue() {
      await Promise.all(running.map((loop) => loop.runDue()));
    },
    async stop() {
      await Promise.all(running.map((loop) => loop.stop()));
    },
  };
}

function startLoop({ line, clock, log, signal }: LoopParts, runtime: ServiceRuntime, loop: Loop): RunningLoops {
  let timer: NodeJS.Timeout | undefined;
  let run: Promise<void> = Promise.resolve();
  let stopped = false;
  // The first run is at once: it makes up for what was due while no server ran.
  let dueAt = clock.now();

  const attempt = async (): Promise<void> => {
    try {
      await loop.run(line.system(runtime, loop, signal));
    } catch (error) {
      if (!stopped) log.error({ err: error, loop: loop.name }, 'a loop failed; it runs again at its next turn');
    }
    dueAt = loop.next(clock.now(), runtime.settings);
  };
  const arm = (): void => {
    if (stopped) return;
    timer = setTimeout(turn, Math.min(maxWaitMs, Math.max(0, dueAt - clock.now())));
  };
  const turn = (): void => {
    if (clock.now() < dueAt) arm();
    else run = attempt().then(arm);
  };
  arm();
  return {
    async runDue() {
      await run;
      if (stopped || clock.now() < dueAt) return;
      clearTimeout(timer);
      turn();
      await run;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await run;
    },
  };
}
