import { type Ctx, error } from './contract.ts';
import { parseInstant } from './instant.ts';
import { quote } from './problem.ts';

/** A page that was asked for: what comes after a place in the order of the list. */
export interface PageRequest {
  /** The id of the last thing of the page before. */
  readonly after: string | null;
  /** One more than is answered, which tells whether there is another page. */
  readonly count: number;
}

/**
 * Reads `cursor` and `limit`. A cursor is the place in the list, encrypted for this workspace, mode, list and set of
 * filters: anywhere else it cannot be opened (specification 3.1).
 *
 * @param list names the list with its filters
 */
export function readPage(
  ctx: Pick<Ctx, 'sealer' | 'workspaceId' | 'mode'>,
  list: readonly unknown[],
  input: { readonly cursor?: string | undefined; readonly limit: number },
): PageRequest {
  if (input.cursor === undefined) return { after: null, count: input.limit + 1 };
  try {
    const sealed = Buffer.from(input.cursor, 'base64url');
    return { after: ctx.sealer.open(sealed, ownerOf(ctx, list)), count: input.limit + 1 };
  } catch {
    throw error('invalid_cursor', 'This cursor is damaged or belongs to another list; start again without one.', {
      param: 'cursor',
    });
  }
}

/** A page as it is answered, from one row more than it has. */
export function writePage<Row extends { readonly id: string }>(
  ctx: Pick<Ctx, 'sealer' | 'workspaceId' | 'mode'>,
  list: readonly unknown[],
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => unknown,
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    object: 'list' as const,
    data: shown.map(view),
    has_more: more,
    next_cursor: more ? ctx.sealer.seal(last.id, ownerOf(ctx, list)).toString('base64url') : null,
  };
}

function ownerOf({ workspaceId, mode }: Pick<Ctx, 'workspaceId' | 'mode'>, list: readonly unknown[]): string {
  return JSON.stringify(['cursor', workspaceId, mode, ...list]);
}

/** Reads an instant that bounds a list, in Unix milliseconds. */
export function readFilterInstant(param: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = parseInstant(text);
  if (at !== null) return at;
  throw error('invalid_filter', `${quote(text)} is not an instant; write RFC 3339 such as "2027-07-01T09:00:00Z".`, {
    param,
  });
}
