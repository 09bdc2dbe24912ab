import { expect, test } from 'vitest';
import { closingLine } from './closing-line.ts';

test.each([
  { counts: { passed: 3, failed: 0, skipped: 0 }, line: '3 passed, 0 failed' },
  { counts: { passed: 3, failed: 1, skipped: 2 }, line: '3 passed, 1 failed, 2 skipped' },
])('$line', ({ counts, line }) => {
  expect(closingLine(counts)).toBe(line);
});
