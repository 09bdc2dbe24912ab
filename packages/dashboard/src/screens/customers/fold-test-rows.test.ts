import { expect, it } from 'vitest';
import { foldTestRows } from './fold-test-rows.ts';

it('folds what is marked with the boolean, and nothing else', () => {
  const rows = [true, 'true', 1, false, undefined].map((test) => ({ metadata: { test } }));
  expect(foldTestRows(rows)).toEqual({ rows: rows.slice(1), test: 1 });
});
