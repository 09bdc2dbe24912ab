import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.{ts,mjs}'],
    globalSetup: ['packages/server/src/testing/global-setup.ts'],
    reporters: ['default', './scripts/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Some start a dozen processes, and the machine may have other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes in milliseconds; on a machine with other work it may take seconds.
    expect: { poll: { timeout: 15_000 } },
  },
});
