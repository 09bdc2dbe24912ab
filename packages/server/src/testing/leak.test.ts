import fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectCleanLog } from './clean-log.ts';
import { unlimited } from './fixtures/services.ts';
import { createFreshDatabase, type FreshDatabase } from './fresh-database.ts';
import { createTestPlatform, type TestPlatform } from './harness.ts';
import { runLeakModel } from './leak-model.ts';
import { type LeakServer, leakServer, leakServices } from './leak-server.ts';
import { anyFlock, stepsOf } from './leak-steps.ts';

const wanted = 2_000;
const mostPairs = 3;
const mostFlocks = 40;

let db: FreshDatabase;
let t: TestPlatform;
let outside: Pool;
let server: LeakServer;
beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ services: leakServices, owner: db.owner, env: { ...unlimited, ...db.env } });
  // From now on it is known that nobody listens.
  await t.platform.webhooks.ready;
  outside = new Pool({ ...db.owner, max: 2 });
  server = leakServer(t.platform, outside);
});
afterAll(async () => {
  await outside.end();
  expectCleanLog(t.log);
  await t.close();
  await db.drop();
});

it(`shows each key its own mode and workspace and nothing else, over ${wanted} random operations`, async () => {
  let taken = 0;
  let failed = false;
  // Pairs of workspaces at once, on the same few connections.
  const pairs = fc.array(fc.array(anyFlock, { maxLength: mostFlocks, size: 'max' }), {
    maxLength: mostPairs,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(pairs, async (worlds) => {
      // A failure is made as small as it gets, however long that takes.
      if (taken >= wanted && !failed) return;
      const sequences = worlds.map(stepsOf);
      const runs = await Promise.allSettled(sequences.map((steps) => runLeakModel(server, steps)));
      for (const steps of sequences) taken += steps.length;
      for (const run of runs) {
        if (run.status === 'fulfilled') continue;
        failed = true;
        throw run.reason;
      }
    }),
    { numRuns: 200, interruptAfterTimeLimit: 150_000 },
  );
  expect(taken).toBeGreaterThanOrEqual(wanted);
  // Every row was found, and taken, where it belongs.
  expect(await server.leftOver()).toEqual([]);
}, 180_000);
