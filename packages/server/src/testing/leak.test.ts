import fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { modes } from '../core/mode.ts';
import { services } from '../services/index.ts';
import { expectCleanLog } from './clean-log.ts';
import { createFixtureWorld, type FixtureWorld } from './fixture-platform.ts';
import { kinds, LeakModel, type LeakServer } from './leak-model.ts';
import { leakServer } from './leak-server.ts';

const runs = 10;
const lanes = 2;
const steps = 100;

let world: FixtureWorld;
let outside: Pool;
let server: LeakServer;
beforeAll(async () => {
  world = await createFixtureWorld({ services, poolSize: 6 });
  outside = new Pool({ ...inject('postgres'), database: world.rolePrefix, max: 2 });
  server = leakServer(world.t.platform, outside);
});
afterAll(async () => {
  await outside.end();
  expectCleanLog(world.t.log);
  await world.close();
});

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  workspace: fc.constantFrom(0 as const, 1 as const),
  mode: fc.constantFrom(...modes),
  pick: fc.nat(1_000_000),
  value: fc.nat(1_000_000),
});

it(`shows each key its own mode and workspace and nothing else, over ${runs * lanes * steps} random operations`, async () => {
  let taken = 0;
  const sequence = fc.array(step, { minLength: steps, maxLength: steps, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fc.array(sequence, { minLength: lanes, maxLength: lanes }), async (sequences) => {
      // Pairs of workspaces at once, on the same few connections.
      await Promise.all(
        sequences.map(async (sequenceOfLane) => {
          const model = await LeakModel.open(server);
          for (const next of sequenceOfLane) {
            await model.take(next);
            taken++;
          }
          await model.checkAll();
        }),
      );
    }),
    { numRuns: runs, endOnFailure: true },
  );
  expect(taken).toBe(runs * lanes * steps);
}, 120_000);
