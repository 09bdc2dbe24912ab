import { setTimeout as sleep } from 'node:timers/promises';
import { listEffects } from '../../server/src/core/audit/list-effects.ts';
import { type Mode, modes } from '../../server/src/core/mode.ts';
import { type ArrivedRequest, beforeLast, pageRows, requestArrivals } from './arrivals.ts';
import { chooseWorkspace, contractOf } from './choose.ts';
import { withInstallation } from './installation.ts';
import { NothingRuns } from './reach.ts';
import type { Outcome, Terminal } from './terminal.ts';
import { textTable, textTime } from './text-table.ts';

export interface EffectsOptions {
  readonly service?: string;
  readonly mode?: Mode;
  readonly workspace?: string;
  readonly limit: number;
}

/** What a workspace sent or would have sent, newest first. */
export async function showEffects(terminal: Terminal, options: EffectsOptions): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    if (options.service !== undefined) contractOf(installation, options.service);
    const { id } = await chooseWorkspace(installation, options.workspace);
    const filter = {
      mode: options.mode ?? null,
      service: options.service ?? null,
      name: null,
      state: null,
      requestId: null,
    };
    const { rows } = await listEffects(installation.database, id, filter, { limit: options.limit, cursor: null });
    return {
      json: { workspaceId: id, effects: rows },
      text: textTable(
        ['TIME', 'MODE', 'EFFECT', 'STATE', 'PAYLOAD'],
        rows.map(({ createdAt, mode, name, state, payload }) => [
          textTime(createdAt),
          mode,
          name,
          state,
          JSON.stringify(payload),
        ]),
      ),
    };
  });
}

export interface TailOptions {
  readonly service?: string;
  readonly mode?: Mode;
  readonly workspace?: string;
  readonly last: number;
  readonly follow: boolean;
  readonly json?: boolean;
}

const pollMs = 500;

/** Prints requests as they are answered, until it is ended. */
export async function tailLog(terminal: Terminal, options: TailOptions): Promise<undefined> {
  const shown = options.mode === undefined ? modes : [options.mode];
  const print = (mode: Mode, row: ArrivedRequest): void => {
    if (options.service !== undefined && row.service !== options.service) return;
    terminal.print(options.json ? `${JSON.stringify(jsonOf(mode, row))}\n` : lineOf(mode, row));
  };
  let workspaceId: string | undefined;
  const places = new Map<Mode, number>();
  for (let told = false; ; ) {
    try {
      await withInstallation(
        terminal,
        async (installation) => {
          if (options.service !== undefined) contractOf(installation, options.service);
          workspaceId ??= (await chooseWorkspace(installation, options.workspace)).id;
          for (;;) {
            let isBehind = false;
            for (const mode of shown) {
              const log = requestArrivals(installation.database, workspaceId, mode);
              const from =
                places.get(mode) ?? (await beforeLast(installation.database, workspaceId, mode, options.last));
              const rows = await log.after(from);
              for (const row of rows) print(mode, row);
              places.set(mode, rows.at(-1)?.seq ?? from);
              isBehind ||= rows.length === pageRows;
            }
            told = false;
            if (isBehind) continue;
            if (!options.follow) return;
            await sleep(pollMs);
          }
        },
        { start: !options.follow },
      );
      return;
    } catch (error) {
      if (!options.follow || !isPassing(error)) throw error;
      if (!told) terminal.complain('The database is away; waiting for it.\n');
      told = true;
      await sleep(1_000);
    }
  }
}

/** Whether a lasting command waits for what failed to come back: the database, and nothing else. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NothingRuns) return true;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (
    typeof code === 'string' &&
    /^(?:ECONN\w+|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN|57P0\d|08\w{3})$/.test(code)
  ) {
    return true;
  }
  return (
    typeof message === 'string' &&
    /connection (?:terminated|timeout)|cannot be reached|starting up|shutting down|unavailable/i.test(message)
  );
}

function jsonOf(mode: Mode, { seq: _, at, durationUs, ...row }: ArrivedRequest) {
  return { mode, at: at.getTime(), durationMs: durationUs / 1000, ...row };
}

function lineOf(mode: Mode, row: ArrivedRequest): string {
  const parts = [
    row.at.toISOString(),
    mode,
    String(row.status),
    `${row.method} ${row.route}`,
    `${(row.durationUs / 1000).toFixed(1)} ms`,
    ...(row.code === null ? [] : [row.code]),
    ...(row.actor === null ? [] : [row.actor]),
    row.requestId,
    ...(row.suppressed ?? []).map(({ name }) => `suppressed ${name}`),
  ];
  return `${parts.join('  ')}\n`;
}
