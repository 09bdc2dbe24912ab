import { stringify } from 'csv-stringify/sync';
import { spreadsheetCells } from '../../core/service.ts';

/** Lines as spreadsheets take them, with an apostrophe before what they would take for a formula. */
export function writeCsv(lines: readonly (readonly string[])[]): string {
  return stringify(lines as string[][], {
    ...spreadsheetCells,
    record_delimiter: 'windows',
  });
}
