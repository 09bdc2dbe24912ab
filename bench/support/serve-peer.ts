/** One of the queues on an embedded PostgreSQL of its own, in a process of its own; ends with its parent. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { Pool } from 'pg';
import { PgBoss } from 'pg-boss';
import { Pool as HttpPool } from 'undici';
import { startEmbeddedPostgres } from '../../packages/server/src/core/db/embedded/embedded.ts';
import { now } from './deliveries.ts';

const [name = '', url = '', jobs = '0'] = process.argv.slice(2);
const home = await mkdtemp(join(tmpdir(), 'interlock-peer-'));
const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
const http = new HttpPool(url, { connections: 64 });
const send = async (due: number): Promise<void> => {
  const { body } = await http.request({ path: '/', method: 'POST', headers: { 'x-due': `job-${due}` } });
  await body.dump();
};

const stop = await (name.startsWith('graphile') ? startGraphile() : startPgBoss());
process.on('disconnect', () => {
  void (async () => {
    await stop();
    await http.destroy();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
    process.exit(0);
  })();
});

/** The instants, spread over one second, far enough ahead for all to be stored before the first. */
function instants(): number[] {
  const base = Math.ceil(now()) + 6_000;
  return Array.from({ length: Number(jobs) }, (_, i) => base + Math.floor((i * 1_000) / Number(jobs)));
}

async function startGraphile(): Promise<() => Promise<void>> {
  const pgPool = new Pool({ ...postgres.connection, max: 30 });
  pgPool.on('error', () => {});
  pgPool.on('connect', (client) => client.on('error', () => {}));
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  const worker =
    name === 'graphile-default'
      ? {}
      : {
          concurrentJobs: 24,
          maxPoolSize: 30,
          pollInterval: 10,
          localQueue: { size: 200 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        };
  const runner = await run({
    pgPool,
    logger,
    noHandleSignals: true,
    taskList: { send: (payload) => send((payload as { due: number }).due) },
    parsedCronItems: [],
    preset: { worker },
  });
  await Promise.all(instants().map((due) => utils.addJob('send', { due }, { runAt: new Date(due) })));
  return async () => {
    await runner.stop();
    await utils.release();
    await pgPool.end();
  };
}

async function startPgBoss(): Promise<() => Promise<void>> {
  const boss = new PgBoss({ ...postgres.connection, max: 16 });
  boss.on('error', () => {});
  await boss.start();
  await boss.createQueue('send');
  const options =
    name === 'pgboss-default'
      ? {}
      : { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5, localConcurrency: 2 };
  await boss.work('send', options, async (batch: { data: unknown }[]) => {
    await Promise.all(batch.map(({ data }) => send((data as { due: number }).due)));
  });
  await Promise.all(instants().map((due) => boss.send('send', { due }, { startAfter: new Date(due) })));
  return () => boss.stop({ graceful: false, close: true });
}
