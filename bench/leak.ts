/** `npm run bench leak [operations]`: the model of what each key sees, at length. 1,000,000 operations by default. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { pino } from 'pino';
import { readConfig, secretVariables } from '../packages/server/src/config.ts';
import { startEmbeddedPostgres } from '../packages/server/src/core/db/embedded/embedded.ts';
import { modes } from '../packages/server/src/core/mode.ts';
import { createPlatform } from '../packages/server/src/platform.ts';
import { services as ownServices } from '../packages/server/src/services/index.ts';
import { fixtureServices, unlimited } from '../packages/server/src/testing/fixtures/services.ts';
import { kinds, LeakModel, type Step } from '../packages/server/src/testing/leak-model.ts';
import { leakServer } from '../packages/server/src/testing/leak-server.ts';
import { type BenchResult, print } from './support/result.ts';

const lanes = 8;
/** As long as the lists stay short: every list is read and compared after each operation. */
const stepsInEpisode = 100;

export async function run(): Promise<BenchResult> {
  const wanted = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 1_000_000);
  const seed = Number(process.env.LEAK_SEED ?? 1);
  const home = await mkdtemp(join(tmpdir(), 'interlock-leak-'));
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
  const outside = new Pool({ ...postgres.connection, max: 4 });
  const services = [...ownServices, ...fixtureServices];
  const contracts = services.map((service) => service.contract);
  const secrets = secretVariables(contracts).map(({ env }, index) => [
    env,
    Buffer.alloc(32, index + 1).toString('hex'),
  ]);
  const config = readConfig({ NODE_ENV: 'test', ...Object.fromEntries(secrets), ...unlimited }, contracts);
  const log = pino({ level: 'error' }, pino.destination(2));
  const platform = await createPlatform({ config, services, owner: postgres.connection, log });
  await platform.app.ready();
  const server = leakServer(platform, outside);

  let left = wanted;
  let taken = 0;
  let checked = 0;
  const leaks: string[] = [];
  const startedAt = performance.now();
  const lane = async (index: number): Promise<void> => {
    const random = randomOf(seed * 1_000 + index);
    while (left > 0 && leaks.length === 0) {
      const model = await LeakModel.open(server);
      const steps = Math.min(stepsInEpisode, left);
      left -= steps;
      const trace: Step[] = [];
      try {
        for (let i = 0; i < steps; i++) {
          const step = stepOf(random);
          trace.push(step);
          await model.take(step);
          taken++;
        }
        await model.checkAll();
      } catch (error) {
        leaks.push(`${(error as Error).message}\nafter ${JSON.stringify(trace)}`);
      }
      checked += model.checked;
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
    const seconds = (performance.now() - startedAt) / 1000;
    for (const leak of leaks) process.stderr.write(`${leak}\n`);
    return {
      claim: `leak: ${wanted} random operations of ${lanes} pairs of workspaces at a time, each with a live and a test key of ${services.length} services; after every operation each key lists what it sees`,
      figures: [
        { name: 'operations', value: taken, unit: '' },
        { name: 'checks against the model', value: checked, unit: '' },
        { name: 'leaks', value: leaks.length, unit: '' },
        { name: 'operations a second, their checks included', value: taken / seconds, unit: '1/s' },
        { name: 'seed', value: seed, unit: '' },
      ],
      bar: `${wanted} operations and no read, write or effect across a mode or a workspace`,
      passed: leaks.length === 0 && taken === wanted,
    };
  } finally {
    await platform.close();
    await outside.end();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

function stepOf(random: () => number): Step {
  const natural = () => Math.floor(random() * 1_000_000);
  return {
    kind: kinds[natural() % kinds.length] ?? 'note.create',
    workspace: random() < 0.5 ? 0 : 1,
    mode: modes[natural() % 2] ?? 'live',
    pick: natural(),
    value: natural(),
  };
}

/** Mulberry32: small, seeded, good enough to choose steps with. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.main) {
  const result = await run();
  print(result);
  process.exitCode = result.passed ? 0 : 1;
}
