import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../core/db/embedded/embedded.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The connection, as superuser, to the one PostgreSQL of this test run. */
    postgres: EmbeddedPostgres['connection'];
  }
}

/** One real PostgreSQL for the whole run, in a folder that goes away with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'interlock-tests-'));
  const postgres = await startEmbeddedPostgres({ directory });
  project.provide('postgres', postgres.connection);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
