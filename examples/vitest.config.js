import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the examples that are written for a test runner. Their snapshots belong to an account, so they stay beside its keys. */
export default defineConfig({
  root,
  test: {
    include: ['examples/*.spec.js'],
    globals: true,
    resolveSnapshotPath: (path, extension) =>
      join(process.env.INTERLOCK_HOME ?? join(root, '.interlock'), 'snapshots', basename(path) + extension),
  },
});
