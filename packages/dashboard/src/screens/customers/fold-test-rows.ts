import type { Customer } from './types.ts';

/** Strictly the boolean: a text that says "true" is somebody's own. */
export function isTestRow({ metadata }: Pick<Customer, 'metadata'>): boolean {
  return metadata.test === true;
}

/** The rows without those that are marked as tests, and how many those are. */
export function foldTestRows<Row extends Pick<Customer, 'metadata'>>(
  all: readonly Row[],
): { rows: Row[]; test: number } {
  const rows = all.filter((row) => !isTestRow(row));
  return { rows, test: all.length - rows.length };
}
