/** Claim: an idle server, as `npm start` starts it, takes at most 250 MB, its embedded PostgreSQL at most 150 MB besides. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const maxServerMb = 250;
const maxPostgresMb = 150;
/** By then the loops of all services have had their first run. */
const settleMs = 20_000;

/** One call to each service, by the variable that holds its keys. */
const calls = {
  PROVABLE: (key: string) => ['/api/ints?count=3', { 'x-api-key': key }],
  SCHED: (key: string) => ['/v1/schedules', { authorization: `Bearer ${key}` }],
  PIVOTAL: (key: string) => ['/api/v1/customers', { authorization: `Bearer ${key}` }],
  PARSEO: (key: string) => ['/external/v1/clients', { authorization: `Bearer ${key}` }],
} satisfies Record<string, (key: string) => readonly [path: string, headers: Record<string, string>]>;

export async function run(): Promise<BenchResult> {
  if (process.platform !== 'linux') throw new Error('this bench reads /proc, which only Linux has');
  const home = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const bare = await startServer('bare');
  const server = await startWhole(home);
  try {
    await fetch(`${bare.url}/api/ping`);
    // So that what is loaded on first use is loaded.
    for (const [name, call] of Object.entries(calls)) {
      for (const key of [server.keys[`${name}_API_KEY`], server.keys[`${name}_API_KEY_TEST`]]) {
        const [path, headers] = call(key ?? '');
        const { status } = await fetch(server.url + path, { headers });
        if (status !== 200) throw new Error(`${path} answered ${status}`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const bareMb = (await memory(bare.pid, 'Rss')) / 1024;
    const serverMb = (await memory(server.child.pid ?? 0, 'Rss')) / 1024;
    // Pages that PostgreSQL's processes share are counted once: proportional shares, summed.
    const [, ...family] = await descendants(server.child.pid ?? 0);
    const shares = await Promise.all(family.map((pid) => memory(pid, 'Pss').catch(() => 0)));
    const postgresMb = shares.reduce((sum, kb) => sum + kb, 0) / 1024;
    return {
      claim: 'idle: resident memory of all four services, after a request to each in both modes',
      figures: [
        { name: 'server', value: serverMb, unit: 'MB' },
        { name: 'embedded PostgreSQL (proportional set size of all its processes)', value: postgresMb, unit: 'MB' },
        { name: 'bare Fastify', value: bareMb, unit: 'MB' },
      ],
      ratio: serverMb / bareMb,
      bar: `server at most ${maxServerMb} MB, PostgreSQL at most ${maxPostgresMb} MB`,
      passed: serverMb <= maxServerMb && postgresMb <= maxPostgresMb,
    };
  } finally {
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    await Promise.all([bare.stop(), ended]);
    await rm(home, { recursive: true, force: true });
  }
}

interface WholeServer {
  readonly child: ChildProcess;
  readonly url: string;
  readonly keys: NodeJS.Dict<string>;
}

async function startWhole(home: string): Promise<WholeServer> {
  const port = await freePort();
  const child = fork(fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, INTERLOCK_HOME: home, PORT: String(port) },
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    // The keys for trying are written last.
    const keys = await readFile(join(home, 'dev.env'), 'utf8').catch(() => null);
    if (keys !== null) return { child, url, keys: parseEnv(keys) };
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it was ready`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  holder.close();
  await once(holder, 'close');
  return port;
}

async function memory(pid: number, field: 'Rss' | 'Pss'): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function descendants(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const family = [root];
  for (const pid of family) for (const [child, parent] of parents) if (parent === pid) family.push(child);
  return family;
}

if (import.meta.main) print(await run());
