/** The two modes of every key, request and row. */
export type Mode = 'live' | 'test';

export const modes = ['live', 'test'] as const satisfies readonly Mode[];

/** One value for each mode, test beside live on one line. */
export interface PerMode<T> {
  readonly live: T;
  readonly test: T;
}
