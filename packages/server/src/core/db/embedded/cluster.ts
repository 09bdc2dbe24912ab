import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { program } from './binaries.ts';
import { commandAs } from './command.ts';
import type { Placement } from './placement.ts';
import { run } from './run.ts';
import type { Scratch } from './scratch.ts';

export interface Cluster {
  data: string;
  password: string;
}

const superuser = 'interlock';

/** The database's own files below its home. */
export function dataFolder(home: string): string {
  return join(clusterFolder(home), 'data');
}

export async function isInitialised(home: string): Promise<boolean> {
  return (await stat(clusterFolder(home)).catch(() => undefined)) !== undefined;
}

/** Opens the database in its home, making it first when there is none. */
export async function openCluster(home: string, placement: Placement, scratch: Scratch): Promise<Cluster> {
  if (!(await isInitialised(home))) await initialise(home, placement, scratch);
  const data = dataFolder(home);
  await own(data, placement.owner);
  return { data, password: await readPassword(home) };
}

export async function readPassword(home: string): Promise<string> {
  return (await readFile(join(clusterFolder(home), 'password'), 'utf8')).trim();
}

/** In the terms of `pg`: the host is the folder of a Unix socket, or the loopback address on Windows. */
export function connectionTo({ host, port }: { host: string; port: number }, password: string) {
  return { host, port, user: superuser, password, database: 'postgres' };
}

function clusterFolder(home: string): string {
  return join(home, 'cluster');
}

/** Made aside and renamed when complete, so that a first start that fails leaves nothing half made. */
async function initialise(home: string, placement: Placement, scratch: Scratch): Promise<void> {
  await removeUnfinished(home);
  const staging = await mkdtemp(join(home, unfinished));
  const passwordForServer = join(scratch.socketDirectory, 'password');
  try {
    if (placement.owner) await chmod(staging, 0o711);
    const data = join(staging, 'data');
    await mkdir(data, { mode: 0o700 });
    const password = randomBytes(24).toString('base64url');
    await writeFile(join(staging, 'password'), `${password}\n`, { mode: 0o600, flush: true });
    await writeFile(passwordForServer, `${password}\n`, { mode: 0o600 });
    if (placement.owner) {
      await chown(data, placement.owner.uid, placement.owner.gid);
      await chown(passwordForServer, placement.owner.uid, placement.owner.gid);
    }
    const command = commandAs(
      placement.identity,
      [
        program(placement.binaries, 'initdb', process.platform),
        '-D',
        placement.dataArgument(data),
        `--username=${superuser}`,
        `--pwfile=${passwordForServer}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { endsWithParent: placement.endsWithParent },
    );
    const { succeeded, output } = await run(command, data);
    if (!succeeded) throw new InitialisationFailure(output);
    await rename(staging, clusterFolder(home));
    await flushFolder(home);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordForServer, { force: true });
  }
}

/** Carries what initdb wrote; a sentence is made of it where the folder is known. */
export class InitialisationFailure extends Error {
  readonly output: string;
  constructor(output: string) {
    super('initdb failed');
    this.output = output;
  }
}

/** Gives the data to its owner when another strategy ran it before; the folder itself last, so that it can be repeated. */
async function own(path: string, owner: { uid: number; gid: number } | undefined): Promise<void> {
  if (!owner || (await stat(path)).uid === owner.uid) return;
  for (const entry of await readdir(path, { recursive: true })) {
    await lchown(join(path, entry), owner.uid, owner.gid);
  }
  await chown(path, owner.uid, owner.gid);
}

async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(unfinished)) await rm(join(home, name), { recursive: true, force: true });
  }
}

async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

const unfinished = 'unfinished-';
