import { stringify } from 'csv-stringify/sync';

/** Lines as spreadsheets take them, with an apostrophe before what they would take for a formula. */
export function writeCsv(lines: readonly (readonly string[])[]): string {
  return stringify(lines as string[][], {
    escape_formulas: true,
    record_delimiter: 'windows',
    // Either alone ends a line for those who read it.
    quoted_match: /[\r\n]/,
  });
}
