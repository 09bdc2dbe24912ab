/** A server for benches, in a process of its own: prints one line of JSON with its address and keys, ends with its parent. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pino } from 'pino';
import { Type } from 'typebox';
import { readConfig, secretVariables } from '../../packages/server/src/config.ts';
import { startEmbeddedPostgres } from '../../packages/server/src/core/db/embedded/embedded.ts';
import { sql } from '../../packages/server/src/core/db/sql.ts';
import { author, type Service } from '../../packages/server/src/core/service.ts';
import { createPlatform } from '../../packages/server/src/platform.ts';
import { contract as randomnessContract } from '../../packages/server/src/services/randomness/contract.ts';
import { randomness } from '../../packages/server/src/services/randomness/service.ts';

const answer = { ok: true, mode: 'test' };

/** One route that does nothing, behind the whole line: what is left is what the gates cost. */
function gatesOnly(): Service {
  const { operation, service } = author({
    ...randomnessContract,
    name: 'gates',
    title: 'Gates',
    tables: {},
    modes: { ...randomnessContract.modes, data: { live: 'pure', test: 'pure' }, effects: {} } as const,
  });
  return service({
    operations: [
      operation({
        id: 'gates.ping',
        summary: 'Nothing',
        tag: 'Bench',
        method: 'GET',
        path: '/ping',
        scope: 'read',
        input: Type.Object({}),
        output: Type.Unknown(),
        run: () => answer,
      }),
    ],
    loops: [],
    migrations: new URL('./no-migrations/', import.meta.url),
  });
}

async function serveBare(): Promise<void> {
  const app = Fastify({ logger: false });
  app.get('/api/ping', async () => answer);
  await app.listen({ port: 0, host: '127.0.0.1' });
  announce({ port: (app.server.address() as { port: number }).port });
  process.on('SIGTERM', () => void app.close());
}

async function servePlatform(service: Service): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
  const services = [service];
  const secrets = secretVariables(services.map(({ contract }) => contract)).map(({ env }, index) => [
    env,
    Buffer.alloc(32, index + 1).toString('hex'),
  ]);
  const env = {
    RATE_LIMIT_PER_MINUTE: '1000000000',
    DAILY_QUOTA: '1000000000',
    ...Object.fromEntries(secrets),
    ...process.env,
  };
  const config = readConfig(
    env,
    services.map(({ contract }) => contract),
  );
  const platform = await createPlatform({
    config,
    services,
    owner: postgres.connection,
    log: pino({ level: 'error' }, pino.destination(2)),
  });
  const workspaceId = 'ws_bench';
  const db = platform.database.as('console', workspaceId);
  await db.run(sql`insert into core.workspaces (id, name, slug) values ($1, $1, $1)`, [workspaceId]);
  await db.commit();
  const name = service.contract.name;
  const keys = platform.keysOf(workspaceId);
  const test = await keys.create({ service: name, mode: 'test', name: 'bench' });
  const live = await keys.create({ service: name, mode: 'live', name: 'bench' });
  await platform.app.listen({ port: 0, host: '127.0.0.1' });
  announce({
    port: (platform.app.server.address() as { port: number }).port,
    test: test.key,
    live: live.key,
    owner: postgres.connection,
    postgresPid: postgres.pid,
  });
  process.on('SIGTERM', () => {
    void (async () => {
      await platform.close();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    })();
  });
}

function announce(facts: object): void {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel only tells that the parent is gone; it must not keep a stopped server alive.
process.channel?.unref();
switch (process.argv[2]) {
  case 'bare':
    await serveBare();
    break;
  case 'gates':
    await servePlatform(gatesOnly());
    break;
  default:
    await servePlatform(randomness);
}
