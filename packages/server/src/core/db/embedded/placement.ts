import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findUnprivilegedAccount } from './accounts.ts';
import { copyBinaries, findBinaries, linkLibraries, program } from './binaries.ts';
import { commandAs } from './command.ts';
import { run } from './run.ts';
import type { Scratch } from './scratch.ts';
import { describeStrategy, type Identity, listStrategies, type Strategy } from './strategy.ts';

/** Everything that stays the same for as long as this process runs the server. */
export interface Placement {
  identity: Identity;
  /** The folder of `bin`, `lib` and `share` that the identity can use. */
  binaries: string;
  /** The folder that holds `cluster`. */
  base: string;
  /** How the server is told its data folder, from within that folder. */
  dataArgument: (data: string) => string;
  /** Who owns the data folder, where owners are ours to choose. */
  owner: { uid: number; gid: number } | undefined;
  endsWithParent: boolean;
}

/** Tries the strategies in their order, for real, and settles on the first that works. */
export async function choosePlacement(home: string, scratch: Scratch, log: (line: string) => void): Promise<Placement> {
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
    cluster: await findCluster(home),
  });
  const failures: string[] = [];
  for (const strategy of strategies) {
    const placement = await place(strategy, { home, scratch, installed, uid, endsWithParent });
    const failure = await tryPlacement(placement, scratch);
    if (failure === undefined) {
      if (strategy.data === 'elsewhere') {
        log(
          `PostgreSQL cannot use ${home} (its parents cannot be entered by others); its data is in ${placement.base} instead.`,
        );
      }
      return placement;
    }
    failures.push(`${describeStrategy(strategy)}: ${failure}`);
  }
  const advice =
    uid === 0
      ? 'PostgreSQL refuses to run as root and no other way worked'
      : 'The installed PostgreSQL could not be run by this user';
  throw new Error(`${advice} (${failures.join('; ')}): set DATABASE_URL to a PostgreSQL 15 or newer.`);
}

/** The folder outside its home where a database goes that no account can reach: the same for the same home. */
export function elsewhere(home: string): string {
  return join('/var/tmp', `interlock-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

async function findCluster(home: string): Promise<'none' | 'here' | 'elsewhere'> {
  if (await stat(join(home, 'cluster')).catch(() => undefined)) return 'here';
  if (process.getuid?.() !== 0) return 'none';
  return (await isOurs(elsewhere(home))) && (await stat(join(elsewhere(home), 'cluster')).catch(() => undefined))
    ? 'elsewhere'
    : 'none';
}

async function place(
  { identity, binaries, data }: Strategy,
  {
    home,
    scratch,
    installed,
    uid,
    endsWithParent,
  }: { home: string; scratch: Scratch; installed: string; uid: number | undefined; endsWithParent: boolean },
): Promise<Placement> {
  const base = data === 'elsewhere' ? await openElsewhere(home) : home;
  const copy = join(scratch.folder, 'postgres');
  if (binaries === 'copied' && !(await stat(copy).catch(() => undefined))) await copyBinaries(installed, copy);
  const self = uid === 0 ? { uid: 0, gid: 0 } : undefined;
  return {
    identity,
    binaries: binaries === 'copied' ? copy : installed,
    base,
    dataArgument: (path) => (data === 'by_working_directory' ? '/proc/self/cwd' : path),
    owner: identity.type === 'account' ? { uid: identity.uid, gid: identity.gid } : self,
    endsWithParent,
  };
}

/** Enters the folders and runs the server's binary as the identity would; answers what went wrong. */
async function tryPlacement(placement: Placement, scratch: Scratch): Promise<string | undefined> {
  const { identity, base, endsWithParent } = placement;
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
      : ['/bin/sh', '-c', script, 'sh', placement.dataArgument(base), scratch.socketDirectory, postgres];
  const { succeeded, output } = await run(commandAs(identity, attempt, { endsWithParent }), base);
  return succeeded ? undefined : (output.trim().split('\n').at(-1) ?? 'failed');
}

async function openElsewhere(home: string): Promise<string> {
  const folder = elsewhere(home);
  await mkdir(folder, { mode: 0o711 }).catch(() => {});
  if (!(await isOurs(folder)))
    throw new Error(`${folder} belongs to somebody else: set INTERLOCK_HOME to another folder.`);
  return folder;
}

/** Its name can be guessed and its parent is everybody's, so it must be a folder that only we can write to. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}
