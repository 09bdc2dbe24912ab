import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
import { isRunning } from './occupant.ts';
import { findRunningPostgres } from './running.ts';

const fixture = fileURLToPath(new URL('hold.fixture.ts', import.meta.url));
const root = process.getuid?.() === 0;
const nobody = 65534;
function asNobody(): { uid?: number; gid?: number } {
  return root ? { uid: nobody, gid: nobody } : {};
}

/** Whether another user can read this checkout and run this Node. */
const othersCanRunUs =
  root &&
  spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(fixture)})`], asNobody())
    .status === 0;

async function folder(name = 'database'): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), 'interlock-tests-'));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  await chmod(base, 0o711);
  return join(base, name);
}

async function start(directory: string, log?: (line: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(log ? { directory, log } : { directory });
  onTestFinished(() => postgres.stop());
  return postgres;
}

async function ask(postgres: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(postgres.connection);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

interface Holder {
  child: ChildProcess;
  /** The server's pid and how many rows are committed. */
  said: { pid: number; kept: number };
  stop(): Promise<void>;
}

/** Starts the database from another process, in a group of its own, perhaps as another user or with other programs. */
async function hold(directory: string, options: { uid?: number; gid?: number; path?: string } = {}): Promise<Holder> {
  const { path, ...user } = options;
  const child = spawn(process.execPath, [fixture, directory], {
    ...user,
    detached: true,
    env: { PATH: path ?? process.env.PATH, HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'close').then(() => Promise.reject(new Error(complaints))),
  ]);
  const said: Holder['said'] = JSON.parse(line);
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end('stop\n');
    await exited;
  };
  onTestFinished(stop);
  return { child, said, stop };
}

describe('one process', () => {
  test('a folder is initialised once and reopened within two seconds with what was written', async () => {
    const directory = await folder();
    const first = await start(directory);
    await ask(first, 'create table notes (text text)');
    await ask(first, "insert into notes values ('kept')");
    await first.stop();

    const begin = performance.now();
    const second = await start(directory);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(await ask(second, 'select text from notes')).toEqual([{ text: 'kept' }]);
    expect(second.connection.password).toBe(first.connection.password);
  });

  test('stop leaves no process, no socket and no scratch folder', async () => {
    const directory = await folder();
    const postgres = await start(directory);
    await postgres.stop();
    expect(await isRunning(postgres.pid)).toBe(false);
    await expect(stat(postgres.connection.host)).rejects.toThrow('ENOENT');
    expect(await readdir(directory)).not.toContain('scratch');
  });

  test('what is acknowledged is flushed, and only the owner reaches the folder, the password and the socket', async () => {
    const directory = await folder();
    const postgres = await start(directory);
    expect(await ask(postgres, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await ask(postgres, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
    const modes = [directory, join(directory, 'cluster', 'password'), postgres.connection.host].map(
      async (path) => (await stat(path)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([root ? 0o711 : 0o700, 0o600, 0o700]);
  });

  test('the password is in no command line and in no log', async () => {
    const directory = await folder();
    const postgres = await start(directory);
    const { password } = postgres.connection;
    await expect(
      ask({ ...postgres, connection: { ...postgres.connection, password: 'wrong' } }, 'select 1'),
    ).rejects.toThrow('password authentication failed');
    const commands = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout;
    expect(commands).not.toContain(password);
    expect(await readFile(join(directory, 'postgres.log'), 'utf8')).not.toContain(password);
  });

  test('a server that is killed is started again on the same socket with every committed row', async () => {
    const lines: string[] = [];
    const postgres = await start(await folder(), (line) => lines.push(line));
    await ask(postgres, 'create table notes as select generate_series(1, 1000) as n');
    const killed = postgres.pid;
    process.kill(killed, 'SIGKILL');
    while (postgres.pid === killed) await sleep(10);
    expect(await ask(postgres, 'select count(*)::int from notes')).toEqual([{ count: 1000 }]);
    expect(lines).toEqual([`PostgreSQL (process ${killed}) has ended unexpectedly; it is started again.`]);
  });

  test('a first start that fails leaves nothing half made', async () => {
    const directory = await folder();
    await mkdir(directory);
    // Where the cluster would be renamed to there is a file that cannot be replaced by a folder.
    await mkdir(join(directory, 'postgres.log'));
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow(directory);
    expect((await readdir(directory)).filter((name) => /cluster|unfinished|scratch/.test(name))).toEqual([]);
    await rm(join(directory, 'postgres.log'), { recursive: true });
    const postgres = await start(directory);
    expect(await ask(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a running server is found by its own records, and only while it runs', async () => {
    const directory = await folder();
    expect(await findRunningPostgres({ directory })).toBeUndefined();
    const postgres = await start(directory);
    expect(await findRunningPostgres({ directory })).toEqual({ pid: postgres.pid, connection: postgres.connection });
    await postgres.stop();
    expect(await findRunningPostgres({ directory })).toBeUndefined();
  });
});

describe('several processes', () => {
  test('a second one on the same folder is refused in a sentence that names the first', async () => {
    const directory = await folder();
    const holder = await hold(directory);
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow(`in use by process ${holder.child.pid}:`);
    await holder.stop();
    await start(directory);
  });

  test('a second start in the same process is refused too', async () => {
    const directory = await folder();
    await start(directory);
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow(`in use by process ${process.pid}:`);
  });

  test('of many that start at once on a new folder exactly one gets it', async () => {
    const directory = await folder();
    const attempts = await Promise.allSettled([1, 2, 3, 4].map(() => hold(directory)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a process that ends in an ordinary way takes its server with it', async () => {
    const holder = await hold(await folder());
    await holder.stop();
    expect(await isRunning(holder.said.pid)).toBe(false);
  });

  test.each([
    { ending: 'its process', targets: ({ child }: Holder) => [child.pid], bare: false },
    { ending: 'its whole process group', targets: ({ child }: Holder) => [-(child.pid ?? 0)], bare: false },
    {
      ending: 'the server and then its process',
      targets: ({ child, said }: Holder) => [said.pid, child.pid],
      bare: false,
    },
    {
      ending: 'its process where no death signal can be arranged',
      targets: ({ child }: Holder) => [child.pid],
      bare: true,
    },
  ])('after kill -9 of $ending every committed row is there', async ({ targets, bare }) => {
    const directory = await folder();
    const first = await hold(directory, bare ? { path: await barePath() } : {});
    const exited = once(first.child, 'exit');
    for (const pid of targets(first)) process.kill(pid ?? 0, 'SIGKILL');
    await exited;
    const second = await hold(directory);
    expect(second.said.kept).toBe(first.said.kept + 1);
    expect(await isRunning(first.said.pid)).toBe(false);
  });

  test('a pid file that names a living process of somebody else is stale', async () => {
    const directory = await folder();
    await (await start(directory)).stop();
    const unrelated = spawn('sleep', ['60']);
    onTestFinished(() => void unrelated.kill());
    const data = join(directory, 'cluster', 'data');
    await writeFile(
      join(data, 'postmaster.pid'),
      `${unrelated.pid}\n${data}\n1763711317\n5432\n/tmp/gone\n\n1 1\nready\n`,
    );
    const postgres = await start(directory);
    expect(await ask(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(unrelated.exitCode).toBeNull();
  });
});

describe('places', () => {
  const places = [
    { place: 'a path with spaces and quotes', name: `with "some" spaces, and 'more'/db` },
    { place: 'a path longer than a socket address', name: join('l'.repeat(100), 'o'.repeat(100), 'db') },
    { place: 'a folder that only its owner can enter', name: 'private/db' },
  ];

  test.each(places)('$place works as this user', async ({ name }) => {
    const directory = await privateFolder(name, process.getuid?.());
    await (await hold(directory)).stop();
    const again = await hold(directory);
    expect(again.said.kept).toBe(2);
    await again.stop();
    expect(await readdir(directory)).toContain('cluster');
  });

  test.runIf(othersCanRunUs).each(places)('$place works as an ordinary user', async ({ name }) => {
    const directory = await privateFolder(name, nobody);
    await (await hold(directory, asNobody())).stop();
    const again = await hold(directory, asNobody());
    expect(again.said.kept).toBe(2);
    await again.stop();
  });

  test.runIf(root).each(places)('$place works as root without user namespaces', async ({ name }) => {
    const directory = await privateFolder(name, 0);
    const path = await barePath();
    await (await hold(directory, { path })).stop();
    // The same folder again with namespaces, which run it under another owner, and back.
    await (await hold(directory)).stop();
    const again = await hold(directory, { path });
    expect(again.said.kept).toBe(3);
    await again.stop();
    expect(await readdir(directory)).toContain('cluster');
  });
});

/** A folder under a parent that only `uid` can enter. */
async function privateFolder(name: string, uid: number | undefined): Promise<string> {
  const directory = await folder(name);
  const parent = join(directory, '..');
  await mkdir(parent, { recursive: true });
  await chmod(parent, 0o700);
  if (root && uid !== undefined) await chown(parent, uid, uid);
  return directory;
}

/** A PATH with a shell and ps but neither setpriv nor unshare. */
async function barePath(): Promise<string> {
  const path = await folder('bin');
  await mkdir(path);
  for (const name of ['sh', 'ps']) await symlink(`/bin/${name}`, join(path, name));
  return path;
}
