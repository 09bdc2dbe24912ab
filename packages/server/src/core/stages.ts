import type { Logger } from 'pino';
import type { Line } from './call.ts';
import type { ServiceRuntime } from './context.ts';
import { type Mode, modes } from './mode.ts';
import type { Stage, StageWork } from './service.ts';
import type { Clock } from './sources.ts';

/** A claimed row: whose it is, and what its lease is held by. */
export interface StageTask {
  readonly workspaceId: string;
  readonly id: string;
  /** Grows with every claim: an older holder can settle nothing any more. */
  readonly token: number;
}

/** Who is told that there is work. */
export interface StageWaker {
  /** A call of a service has committed work that is due at an instant, in Unix milliseconds. */
  wake(service: string, mode: Mode, at: number): void;
}

export interface RunningStages extends StageWaker {
  /** Claims nothing more, and waits for what is under way. */
  stop(): Promise<void>;
}

interface StageParts {
  readonly line: Line;
  readonly runtimes: readonly ServiceRuntime[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** How soon the work of a process that was killed, or of another node, is found. */
const sweepEveryMs = 1_000;

/** Runs the stages of every service, each mode by itself, so that the work of one never waits for that of the other. */
export function startStages(parts: StageParts): RunningStages {
  const running = parts.runtimes.flatMap((runtime) =>
    (runtime.service.stages ?? []).flatMap((stage) =>
      modes
        .filter((mode) => runtime.service.contract.modes.data[mode] !== 'pure')
        .map((mode) => ({
          service: runtime.service.contract.name,
          mode,
          ...startStage(parts, runtime, stage, mode),
        })),
    ),
  );
  return {
    wake(service, mode, at) {
      for (const one of running) if (one.service === service && one.mode === mode) one.wake(at);
    },
    async stop() {
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}

function startStage({ line, clock, log, signal }: StageParts, runtime: ServiceRuntime, stage: Stage, mode: Mode) {
  const slots = stage.slots(runtime.settings)[mode];
  const tool = stage.open?.(runtime.settings, mode) ?? null;
  const working = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  let claiming: Promise<void> | null = null;
  let again = false;

  const work = async (task: StageTask): Promise<void> => {
    const inside: StageWork = {
      mode,
      tool,
      settings: runtime.settings,
      now: () => clock.now(),
      signal,
      within: (inTransaction) => line.within(runtime, mode, task.workspaceId, stage.name, inTransaction),
    };
    try {
      await stage.work(task, inside);
    } catch (error) {
      log.error(
        { err: error, stage: stage.name, task: task.id },
        'a task failed; it is claimed again when its lease is over',
      );
    }
  };
  const claim = async (): Promise<void> => {
    do {
      again = false;
      const room = slots - working.size;
      if (stopped || room <= 0) return;
      const ctx = line.system(runtime, { name: stage.name, mode }, signal);
      const tasks = await ctx.separately((inner) => stage.claim(inner, room));
      for (const task of tasks) {
        const done = work(task).finally(() => {
          working.delete(done);
          look();
        });
        working.add(done);
      }
      if (tasks.length === room) return;
    } while (again);
  };
  const look = (): void => {
    if (stopped) return;
    again = true;
    claiming ??= claim()
      .catch((error: unknown) => {
        if (!stopped)
          log.error({ err: error, stage: stage.name, mode }, 'work could not be claimed; it is tried again');
      })
      .finally(() => {
        claiming = null;
      });
  };
  const sweep = setInterval(look, sweepEveryMs);
  look();
  return {
    wake(at: number): void {
      const waitMs = at - clock.now();
      if (waitMs <= 0) look();
      // Later ones are found by the sweep.
      if (waitMs <= 0 || waitMs > 2 * sweepEveryMs || timers.size >= 1_000) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        look();
      }, waitMs);
      timers.add(timer);
    },
    async stop(): Promise<void> {
      stopped = true;
      clearInterval(sweep);
      for (const timer of timers) clearTimeout(timer);
      await claiming;
      // What is under way ends early, unsettled: another node, or this one later, begins it again.
      await tool?.close();
      await Promise.all(working);
    },
  };
}
