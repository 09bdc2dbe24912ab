import type { Caller } from './console.ts';
import type { Values } from './request.ts';
import type { Page } from './types.ts';

/** The two spellings that services have for a page. */
type List<Row> =
  | { readonly data: readonly Row[]; readonly next_cursor: string | null }
  | { readonly items: readonly Row[]; readonly nextCursor: string | null };

/** A page of a service's list, as `DataList` reads pages. */
export function readList<Row>(
  caller: Caller,
  path: string,
  query: Values,
  headers: Readonly<Record<string, string>> = {},
): (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>> {
  return async (cursor, signal) => {
    const list = await caller.get<List<Row>>(path, { query: { limit: 100, ...query, cursor }, headers, signal });
    return 'data' in list
      ? { rows: list.data, cursor: list.next_cursor }
      : { rows: list.items, cursor: list.nextCursor };
  };
}
