import { expect } from 'vitest';

/** A whole key of any service: a prefix that ends in `_`, and at least thirty characters. */
const anyKey = /(?:pk|sk)_(?:live|test)_[0-9A-Za-z]{30,}|(?:pivotal|parseo)_(?:[a-z]+_)?[0-9A-Za-z]{30,}/;

const bugs = ['"a request failed"', 'a loop failed'];

const checked = new WeakMap<readonly string[], number>();

/** Fails when a line that was logged since the last look holds a key, or tells of a request or a loop that failed by a bug. */
export function expectCleanLog(log: readonly string[]): void {
  expect(newLines(log).filter((line) => anyKey.test(line) || bugs.some((words) => line.includes(words)))).toEqual([]);
}

/** Fails when a line that was logged since the last look holds a key; bugs are what the test is about. */
export function expectNoKeys(log: readonly string[]): void {
  expect(newLines(log).filter((line) => anyKey.test(line))).toEqual([]);
}

function newLines(log: readonly string[]): readonly string[] {
  const lines = log.slice(checked.get(log) ?? 0);
  checked.set(log, log.length);
  return lines;
}
