import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../packages/server/src/config.ts';
import { secretVariables } from '../../packages/server/src/config-variables.ts';
import { startEmbeddedPostgres } from '../../packages/server/src/core/db/embedded/embedded.ts';
import { sql } from '../../packages/server/src/core/db/sql.ts';
import type { Service, ServiceContract } from '../../packages/server/src/core/service.ts';
import { createPlatform } from '../../packages/server/src/platform.ts';

/** The environment of a bench: limits out of the way, receivers on this machine, the same secrets in every process. */
export function benchEnvironment(contracts: readonly ServiceContract[]): Record<string, string | undefined> {
  const secrets = secretVariables(contracts).map(({ env }, index) => [
    env,
    Buffer.alloc(32, index + 1).toString('hex'),
  ]);
  return {
    RATE_LIMIT_PER_MINUTE: '1000000000',
    DAILY_QUOTA: '1000000000',
    NOTES_PER_MINUTE: '1000000000',
    INTERLOCK_ALLOW_PRIVATE_TARGETS: '1',
    ...Object.fromEntries(secrets),
    ...process.env,
  };
}

/** A platform with one service on an embedded PostgreSQL of its own, limits out of the way, one key of each mode. */
export async function startPlatform(service: Service) {
  const home = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
  const contracts = [service.contract];
  const config = readConfig(benchEnvironment(contracts), contracts);
  const platform = await createPlatform({
    config,
    services: [service],
    owner: postgres.connection,
    log: pino({ level: 'error' }, pino.destination(2)),
  });
  const workspaceId = 'ws_bench';
  const db = platform.database.as('console', workspaceId);
  await db.run(sql`insert into core.workspaces (id, name, slug) values ($1, $1, $1)`, [workspaceId]);
  await db.commit();
  const keys = platform.keysOf(workspaceId);
  const { name } = service.contract;
  const { key: test } = await keys.create({ service: name, mode: 'test', name: 'bench' });
  const { key: live } = await keys.create({ service: name, mode: 'live', name: 'bench' });
  return {
    platform,
    workspaceId,
    owner: postgres.connection,
    postgres,
    test,
    live,
    async stop() {
      await platform.close();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
