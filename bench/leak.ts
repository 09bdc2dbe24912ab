/** `npm run bench leak [operations]`: the model of what each key sees, at length. 1,000,000 operations by default. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Pool } from 'pg';
import { pino } from 'pino';
import { readConfig } from '../packages/server/src/config.ts';
import { secretVariables } from '../packages/server/src/config-variables.ts';
import { startEmbeddedPostgres } from '../packages/server/src/core/db/embedded/embedded.ts';
import { createPlatform } from '../packages/server/src/platform.ts';
import { unlimited } from '../packages/server/src/testing/fixtures/services.ts';
import { runLeakModel } from '../packages/server/src/testing/leak-model.ts';
import { type LeakServer, leakServer, leakServices } from '../packages/server/src/testing/leak-server.ts';
import { anyFlock, type Flock, flocksOf, stepsOf } from '../packages/server/src/testing/leak-steps.ts';
import { type BenchResult, print } from './support/result.ts';

/** Pairs of workspaces at once, on the same few connections. */
const lanes = 8;
/** As long as lists stay short, and long enough that making keys does not count. */
const flocksInRun = 220;

export async function run(): Promise<BenchResult> {
  const wanted = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 1_000_000);
  const seed = Number(process.env.LEAK_SEED ?? 1);
  const home = await mkdtemp(join(tmpdir(), 'interlock-leak-'));
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
  const outside = new Pool({ ...postgres.connection, max: 4 });
  outside.on('error', () => {});
  // Nothing here asks what a crash would leave.
  await outside.query('alter database postgres set synchronous_commit = off');
  const contracts = leakServices.map((service) => service.contract);
  const secrets = secretVariables(contracts).map(({ env }, index) => [
    env,
    Buffer.alloc(32, index + 1).toString('hex'),
  ]);
  const config = readConfig({ NODE_ENV: 'test', ...Object.fromEntries(secrets), ...unlimited }, contracts);
  const log = pino({ level: 'error' }, pino.destination(2));
  const platform = await createPlatform({ config, services: leakServices, owner: postgres.connection, log });
  await platform.app.ready();
  await platform.webhooks.ready;
  const server = leakServer(platform, outside);

  let begun = 0;
  let taken = 0;
  let checked = 0;
  let failed = false;
  const leaks: string[] = [];
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    while (taken < wanted && !failed) {
      const index = begun++;
      const next = flocksOf(seed * 1_000_000 + index);
      const flocks = Array.from({ length: flocksInRun }, next);
      const steps = stepsOf(flocks);
      try {
        const held = await runLeakModel(server, steps);
        checked += held;
        taken += steps.length;
      } catch (error) {
        failed = true;
        const shortest = await shortestLeak(server, flocks);
        leaks.push(`LEAK_SEED=${seed}, run ${index}: ${(error as Error).message}\n${shortest}`);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    const seconds = (performance.now() - startedAt) / 1000;
    if (leaks.length === 0) leaks.push(...(await server.leftOver()));
    for (const leak of leaks) process.stderr.write(`${leak}\n`);
    return {
      claim: `leak: ${wanted} random operations of ${lanes} pairs of workspaces at a time, each with a live and a test key of ${leakServices.length} services; every answer and, at the end of a run, every row is held against a model`,
      figures: [
        { name: 'operations', value: taken, unit: '' },
        { name: 'checks against the model', value: checked, unit: '' },
        { name: 'leaks', value: leaks.length, unit: '' },
        { name: 'operations a second, their checks included', value: taken / seconds, unit: '1/s' },
        { name: 'duration', value: seconds, unit: 's' },
        { name: 'seed', value: seed, unit: '' },
      ],
      bar: `${wanted} operations and no read, write or effect across a mode or a workspace`,
      passed: leaks.length === 0 && taken >= wanted,
    };
  } finally {
    await platform.close();
    await outside.end();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** What remains of the steps that failed when those are left out that it fails without. */
async function shortestLeak(server: LeakServer, flocks: readonly Flock[]): Promise<string> {
  const property = fc.asyncProperty(fc.array(anyFlock, { maxLength: flocks.length, size: 'max' }), async (some) => {
    await runLeakModel(server, stepsOf(some));
  });
  const found = await fc.check(property, { examples: [[[...flocks]]], numRuns: 1, interruptAfterTimeLimit: 60_000 });
  const alone = 'which the same operations alone did not repeat';
  return found.failed ? (fc.defaultReportMessage(found) ?? alone) : alone;
}

if (import.meta.main) {
  const result = await run();
  print(result);
  process.exitCode = result.passed ? 0 : 1;
}
