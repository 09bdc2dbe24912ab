/** Claim: an idle server takes at most 250 MB, its embedded PostgreSQL at most 150 MB besides. */
import { readdir, readFile } from 'node:fs/promises';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const maxServerMb = 250;
const maxPostgresMb = 150;

export async function run(): Promise<BenchResult> {
  if (process.platform !== 'linux') throw new Error('this bench reads /proc, which only Linux has');
  const bare = await startServer('bare');
  const server = await startServer('randomness');
  try {
    // One request each, so that what is loaded on first use is loaded.
    await fetch(`${bare.url}/api/ping`);
    await fetch(`${server.url}/api/ints?count=3`, { headers: { 'x-api-key': server.live } });
    await fetch(`${server.url}/api/ints?count=3`, { headers: { 'x-api-key': server.test } });
    const bareMb = (await memory(bare.pid, 'Rss')) / 1024;
    const serverMb = (await memory(server.pid, 'Rss')) / 1024;
    // Pages that PostgreSQL's processes share are counted once: proportional shares, summed.
    const family = await descendants(server.postgresPid);
    const shares = await Promise.all(family.map((pid) => memory(pid, 'Pss').catch(() => 0)));
    const postgresMb = shares.reduce((sum, kb) => sum + kb, 0) / 1024;
    return {
      claim: 'idle: resident memory after one request of each mode',
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
    await Promise.all([bare.stop(), server.stop()]);
  }
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
