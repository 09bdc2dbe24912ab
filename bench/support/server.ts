import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly test: string;
  readonly live: string;
  readonly owner: { host: string; port: number; user: string; password: string; database: string };
  readonly postgresPid: number;
  stop(): Promise<void>;
}

/**
 * Starts a server in a process of its own: `bare` Fastify, the `gates` alone before a bare route, the whole
 * `line` before an empty operation, the `randomness` service, a service of which deliveries leave (`dispatch`),
 * draws of which endpoints hear (`webhooks`), the `scheduler`, `onboarding`, or `invoices` with
 * its readers.
 */
export async function startServer(
  kind: 'bare' | 'gates' | 'line' | 'randomness' | 'dispatch' | 'webhooks' | 'scheduler' | 'onboarding' | 'invoices',
  env: Record<string, string> = {},
): Promise<BenchServer> {
  const child = fork(
    fileURLToPath(new URL(kind === 'bare' ? './serve-bare.ts' : './serve.ts', import.meta.url)),
    [kind],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    },
  );
  if (child.stdout === null) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code} before it listened`);
    }),
  ])) as [string];
  const facts = JSON.parse(line) as { port: number } & Omit<BenchServer, 'url' | 'pid' | 'stop'>;
  return {
    ...facts,
    url: `http://127.0.0.1:${facts.port}`,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
