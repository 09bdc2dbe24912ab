/**
 * How CSV is written for spreadsheets: marked, what they would take for a formula; quoted, what holds either of the
 * characters that end a line for one reader or another.
 */
export const spreadsheetCells = { escape_formulas: true, quoted_match: /[\r\n]/ } as const;
