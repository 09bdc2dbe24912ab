/** The values of each column of some rows, as `unnest` takes them; none of no rows. */
export function columnsOfRows(rows: readonly (readonly unknown[])[]): unknown[][] {
  return rows[0]?.map((_, column) => rows.map((row) => row[column])) ?? [];
}
