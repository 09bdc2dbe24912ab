import type { Caller } from './console.ts';
import type { Values } from './request.ts';
import type { Page } from './types.ts';

interface List<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/** A page of a service's list, as `DataList` reads pages. */
export function readList<Row>(
  caller: Caller,
  path: string,
  query: Values,
): (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>> {
  return async (cursor, signal) => {
    const { data, next_cursor } = await caller.get<List<Row>>(path, {
      query: { limit: 100, ...query, cursor },
      signal,
    });
    return { rows: data, cursor: next_cursor };
  };
}
