import { Type } from 'typebox';
import { type Ctx, error } from './contract.ts';

export const pageInput = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 25, description: 'How many at most.' }),
  cursor: Type.Optional(
    Type.String({ maxLength: 2_000, description: 'Where the page begins: `nextCursor` of the last.' }),
  ),
};

/** The last row of the page before: its place in the order, and its id for rows of one place. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

/**
 * Where the page begins. A cursor is its place, encrypted for this team, mode, list and set of filters: anywhere else it
 * cannot be opened.
 *
 * @param list names the list with its filters
 * @throws `pagination.invalid_cursor`
 */
export function readPlace(ctx: Ctx, list: readonly unknown[], cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  try {
    return JSON.parse(ctx.sealer.open(Buffer.from(cursor, 'base64url'), ownerOf(ctx, list))) as Place;
  } catch {
    throw error('pagination.invalid_cursor', 'This cursor is damaged or belongs to another list; start without one.', {
      param: 'cursor',
    });
  }
}

/** A page as it is answered, from one row more than it has. */
export function writePage<Row>(
  ctx: Ctx,
  list: readonly unknown[],
  rows: readonly Row[],
  limit: number,
  parts: { readonly view: (row: Row) => unknown; readonly place: (row: Row) => Place },
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const nextCursor = hasMore
    ? ctx.sealer.seal(JSON.stringify(parts.place(last)), ownerOf(ctx, list)).toString('base64url')
    : null;
  return { items: shown.map(parts.view), hasMore, nextCursor };
}

function ownerOf({ workspaceId, mode }: Ctx, list: readonly unknown[]): string {
  return JSON.stringify(['invoices cursor', workspaceId, mode, ...list]);
}
