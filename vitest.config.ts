import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Files that leave nothing behind in their process: a worker keeps what it has loaded and compiled for the next one of them,
 * which spares each file two seconds of work.
 */
const sharing = ['packages/server/src/{console,core,dispatch,services,testing,transports}/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['packages/server/src/testing/global-setup.ts'],
    reporters: ['default', './scripts/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Some start a dozen processes, and the machine may have other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes in milliseconds; on a machine with other work it may take seconds.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      { extends: true, test: { name: 'server', include: sharing, isolate: false } },
      {
        extends: true,
        test: {
          name: 'others',
          include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.{ts,mjs}'],
          exclude: [...configDefaults.exclude, ...sharing],
        },
      },
    ],
  },
});
