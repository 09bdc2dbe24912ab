/**
 * What each key may see and what may leave, as a model that every answer is held against: two workspaces, each with a
 * live and a test key of every service, do random things, many at once, also with the ids of the others. In the end
 * every row that stands in the database is held against it as well.
 */
import { modes } from '../core/mode.ts';
import { type Call, callOf, listsOf } from './leak-calls.ts';
import type { LeakServer, Reply } from './leak-server.ts';
import type { Step } from './leak-steps.ts';
import { World } from './leak-world.ts';

/** Takes the steps in a world of its own, and returns how many checks held. @throws when one did not */
export async function runLeakModel(server: LeakServer, steps: readonly Step[]): Promise<number> {
  const world = await World.open(server);
  const seers = ([0, 1] as const).flatMap((workspace) => modes.map((mode) => ({ workspace, mode })));
  const lookAtAll = () =>
    performTogether(
      server,
      world,
      seers.flatMap((seer) => listsOf(world, seer)),
    );
  await lookAtAll();
  for (let taken = 0; taken < steps.length; ) {
    const calls = nextTogether(world, steps, taken);
    await performTogether(server, world, calls);
    taken += calls.length;
  }
  await lookAtAll();
  checkRows(world, await server.takeRows(world.workspaceIds));
  return world.checked;
}

/** The next calls that leave at once: of them all, none needs what another one changes. */
function nextTogether(world: World, steps: readonly Step[], from: number): Call[] {
  const calls: Call[] = [];
  const read = new Set<string>();
  const changed = new Set<string>();
  for (const step of steps.slice(from, from + mostTogether)) {
    const call = callOf(world, step);
    const { reads = '', changes = '' } = call;
    const depends = changed.has(reads) || changed.has(changes) || read.has(changes);
    if (calls.length > 0 && (depends || step.haste === 0)) break;
    if (reads !== '') read.add(reads);
    if (changes !== '') changed.add(changes);
    calls.push(call);
  }
  return calls;
}

const mostTogether = 64;

async function performTogether(server: LeakServer, world: World, calls: readonly Call[]): Promise<void> {
  const answered = await Promise.all(
    calls.map(async (call): Promise<{ call: Call; reply: Reply }> => {
      const { key } = world.keyOf(call, call.service);
      return { call, reply: await server.send(key, call.method, call.url, call.body, call.once) };
    }),
  );
  const inOrder = [...answered.filter(({ call }) => !call.last), ...answered.filter(({ call }) => call.last)];
  for (const { call, reply } of inOrder) judge(world, call, reply);
  world.settle();
}

function judge(world: World, call: Call, reply: Reply): void {
  try {
    world.require(reply.mode === call.mode, () => `a ${call.mode} key was answered in ${reply.mode}`);
    call.judge(reply);
  } catch (error) {
    const { workspace, mode, method, url, body } = call;
    const request = `${method} ${url} ${JSON.stringify(body) ?? ''}`;
    throw new Error(`${mode} key of workspace ${workspace}, ${request}: ${(error as Error).message}`, { cause: error });
  }
  world.audited(call, call.service, reply);
}

function checkRows(world: World, rows: readonly string[]): void {
  const missing = countsOf(world.rows());
  const extra = countsOf(rows);
  for (const [line, count] of missing) {
    const left = count - (extra.get(line) ?? 0);
    if (left <= 0) missing.delete(line);
    if (left >= 0) extra.delete(line);
  }
  const held = missing.size === 0 && extra.size === 0;
  world.require(held, () => `rows that should not be there: ${some(extra)}\nrows that are missing: ${some(missing)}`);
}

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function some(lines: ReadonlyMap<string, number>): string {
  return [...lines.keys()].slice(0, 10).join('\n') || 'none';
}
