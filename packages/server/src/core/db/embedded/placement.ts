import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findUnprivilegedAccount } from './accounts.ts';
import { copyBinaries, findBinaries, linkLibraries, program } from './binaries.ts';
import { isInitialised } from './cluster.ts';
import { commandAs } from './command.ts';
import { run } from './run.ts';
import type { Scratch } from './scratch.ts';
import { describeStrategy, type Identity, listStrategies } from './strategy.ts';

/** Everything that stays the same for as long as this process runs the server. */
export interface Placement {
  identity: Identity;
  /** The folder of `bin`, `lib` and `share` that the identity can use. */
  binaries: string;
  /** How the server is told its data folder, from within that folder. */
  dataArgument: (data: string) => string;
  /** Who owns the data folder, where owners are ours to choose. */
  owner: { uid: number; gid: number } | undefined;
  endsWithParent: boolean;
}

/** Tries the strategies in their order, for real, and settles on the first that works. */
export async function choosePlacement(home: string, scratch: Scratch): Promise<Placement> {
  const { platform, arch } = process;
  const uid = process.getuid?.();
  const installed = (await findBinaries(platform, arch)).root;
  await linkLibraries(installed);
  const endsWithParent =
    platform === 'linux' && (await run(commandAs({ type: 'self' }, ['true'], { endsWithParent: true }))).succeeded;

  const strategies = listStrategies({
    platform,
    uid,
    named: hasName(),
    account: findUnprivilegedAccount(await readFile('/etc/passwd', 'utf8').catch(() => '')),
    initialised: await isInitialised(home),
  });
  const failures: string[] = [];
  for (const strategy of strategies) {
    const { identity, binaries, data } = strategy;
    const placement: Placement = {
      identity,
      binaries: binaries === 'copied' ? await copyOnce(installed, scratch) : installed,
      dataArgument: (path) => (data === 'by_working_directory' ? '/proc/self/cwd' : path),
      owner: ownerUnder(identity, uid),
      endsWithParent,
    };
    const failure = await tryPlacement(placement, home, scratch);
    if (failure === undefined) return placement;
    failures.push(`${describeStrategy(strategy)}: ${failure}`);
  }
  throw new Error(`${refusal(uid, strategies.length)}: set DATABASE_URL to a PostgreSQL 15 or newer.`, {
    cause: new Error(failures.join('\n')),
  });
}

function refusal(uid: number | undefined, tried: number): string {
  if (uid !== 0) return 'The installed PostgreSQL cannot be run by this user';
  const why = tried === 0 ? 'there is no other account to run it as' : 'no way to run it otherwise works here';
  return `PostgreSQL refuses to run as root, and ${why}`;
}

async function copyOnce(installed: string, scratch: Scratch): Promise<string> {
  const copy = join(scratch.folder, 'postgres');
  if (!(await stat(copy).catch(() => undefined))) await copyBinaries(installed, copy);
  return copy;
}

function ownerUnder(identity: Identity, uid: number | undefined): Placement['owner'] {
  if (identity.type === 'account') return { uid: identity.uid, gid: identity.gid };
  return uid === 0 ? { uid: 0, gid: 0 } : undefined;
}

/** Enters the folders and runs the server's binary as the identity would; answers what went wrong. */
async function tryPlacement(placement: Placement, home: string, scratch: Scratch): Promise<string | undefined> {
  const { identity, endsWithParent } = placement;
  const postgres = program(placement.binaries, 'postgres', process.platform);
  try {
    await scratch.give(placement.owner);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const script = 'cd -- "$1" && cd -- "$2" && exec "$3" --version';
  const attempt: readonly [string, ...string[]] =
    process.platform === 'win32'
      ? [postgres, '--version']
      : ['/bin/sh', '-c', script, 'sh', placement.dataArgument(home), scratch.socketDirectory, postgres];
  const { succeeded, output } = await run(commandAs(identity, attempt, { endsWithParent }), home);
  return succeeded ? undefined : (output.trim().split('\n').at(-1) ?? 'failed');
}

function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}
