import { writeSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Ends the output of a test run with one line for programs to read: `12 passed, 0 failed`. */
export default class ClosingLine implements Reporter {
  #counts: Counts | undefined;

  onInit(): void {
    // Teardown and other reporters may still write after the run has ended.
    process.once('exit', (code) => {
      const counts = this.#counts ?? { passed: 0, failed: 0, skipped: 0 };
      const unexplained = counts.failed === 0 && (code !== 0 || this.#counts === undefined);
      writeSync(1, `${closingLine(unexplained ? { ...counts, failed: 1 } : counts)}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.#counts = count(modules, errors);
  }
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A file that could not be loaded and an error outside any test count as one failure each. */
function count(modules: readonly TestModule[], errors: readonly SerializedError[]): Counts {
  const counts: Counts = { passed: 0, failed: errors.length, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
    }
    const suites = [module, ...module.children.allSuites()];
    counts.failed += suites.filter((suite) => suite.errors().length > 0).length;
  }
  return counts;
}
