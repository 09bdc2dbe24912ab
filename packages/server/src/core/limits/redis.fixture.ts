import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';

/** A real Redis or Valkey, for a test. */
export interface RedisServer {
  readonly url: string;
  close(): Promise<void>;
}

/** How one is had on this machine: the one at `REDIS_URL`, or a process of its own; `null` where there is neither. */
export function findRedis(): (() => Promise<RedisServer>) | null {
  const url = process.env.REDIS_URL;
  if (url !== undefined && url !== '') return async () => ({ url, close: async () => {} });
  const binary = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
  return binary === undefined ? null : () => start(binary);
}

async function start(binary: string): Promise<RedisServer> {
  const port = await freePort();
  const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', tmpdir()];
  const child = spawn(binary, ['--bind', '127.0.0.1', '--port', String(port), ...memoryOnly]);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  await ready(child);
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      process.off('exit', kill);
      if (child.exitCode === null && kill()) await once(child, 'exit');
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/ready to accept connections/i.test(output)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`The Redis for this test did not start: ${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
