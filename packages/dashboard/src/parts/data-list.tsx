import { Loader } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { Page } from '../console/types.ts';
import { ProblemAlert } from './problem-alert.tsx';

export interface Column<Row> {
  readonly name: string;
  /** A width as a grid takes it. */
  readonly width: string;
  /** Left out on narrow screens. */
  readonly wide?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataListProps<Row> {
  readonly label: string;
  readonly queryKey: readonly unknown[];
  readonly readPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>>;
  readonly columns: readonly Column<Row>[];
  readonly idOf: (row: Row) => string;
  /** Opens a row; its first cell becomes the button for it. */
  readonly onOpen?: (row: Row) => void;
  readonly empty: ReactNode;
  /** Reads the newest page again and again, and nothing else. */
  readonly followMs?: number;
}

/** So that a million rows stay below the greatest height that browsers can scroll, 33,554,428 pixels. */
const rowHeight = 32;

/** A list of any length: only the rows in view are drawn, and further pages are read as the end comes near. */
export function DataList<Row>(props: DataListProps<Row>) {
  const { label, queryKey, readPage, columns, idOf, onOpen, empty, followMs } = props;
  const following = followMs !== undefined;
  const query = useInfiniteQuery({
    queryKey: [...queryKey, following ? 'following' : 'pages'],
    queryFn: ({ pageParam, signal }) => readPage(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => (following ? null : cursor),
    ...(following ? { refetchInterval: followMs } : {}),
  });
  const { data, error, isFetching, hasNextPage, fetchNextPage } = query;
  const rows = useRows(data?.pages);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && error === null && lastShown >= rows.length - 40) void fetchNextPage();
  }, [lastShown, rows.length, hasNextPage, isFetching, error, fetchNextPage]);

  if (data === undefined)
    return error === null ? <Loader role="progressbar" aria-label="Loading" /> : <ProblemAlert error={error} />;
  if (rows.length === 0) return empty;
  const grid = {
    '--columns': columns.map(({ width }) => width).join(' '),
    '--narrow-columns': columns
      .filter(({ wide }) => wide !== true)
      .map(({ width }) => width)
      .join(' '),
    height: rowHeight,
  } as CSSProperties;
  const cellClass = ({ wide }: Column<Row>): string => (wide === true ? 'wide' : '');
  return (
    <>
      <ProblemAlert error={error} />
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by hand */}
      <div
        ref={scroller}
        className="rows"
        role="table"
        aria-label={label}
        aria-rowcount={hasNextPage ? -1 : rows.length + 1}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        style={{ maxHeight: 'calc(100vh - 260px)', minHeight: 200 }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup">
          {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above */}
          <div role="row" className="row" data-head="true" style={grid}>
            {columns.map((column) => (
              // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
              <span key={column.name} role="columnheader" className={cellClass(column)}>
                {column.name}
              </span>
            ))}
          </div>
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = rows[item.index] as Row;
            return (
              // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
              <div
                key={idOf(row)}
                role="row"
                aria-rowindex={item.index + 2}
                className="row"
                style={{ ...grid, transform: `translateY(${item.start}px)` }}
              >
                {columns.map((column, index) => (
                  // biome-ignore lint/a11y/useSemanticElements: as above
                  <span key={column.name} role="cell" className={cellClass(column)}>
                    {index === 0 && onOpen !== undefined ? (
                      <button type="button" className="open" onClick={() => onOpen(row)}>
                        {column.cell(row)}
                      </button>
                    ) : (
                      column.cell(row)
                    )}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** The rows of all pages. A page that is added costs its own rows: with many thousands of pages, copying all of them shows. */
function useRows<Row>(pages: readonly Page<Row>[] = []): readonly Row[] {
  const kept = useRef<{ readonly rows: Row[]; pages: readonly Page<Row>[] }>({ rows: [], pages: [] });
  return useMemo(() => {
    const before = kept.current.pages;
    const grew = before.every((page, index) => page === pages[index]);
    if (!grew) kept.current = { rows: [], pages: [] };
    for (const page of pages.slice(kept.current.pages.length)) kept.current.rows.push(...page.rows);
    kept.current.pages = pages;
    return kept.current.rows;
  }, [pages]);
}
