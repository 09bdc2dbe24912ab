import type { Row as SheetRow } from 'write-excel-file/node';

/** A workbook of one sheet: a row of names, then the rows. Texts stay texts, whatever they begin with. */
export async function writeXlsx(
  rows: readonly Readonly<Record<string, string | number | null>>[],
): Promise<Uint8Array> {
  // Loaded where it is used: most processes of an installation, commands above all, write no workbook.
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  const names = Object.keys(rows[0] ?? {});
  const head: SheetRow = names.map((name) => ({ value: name, fontWeight: 'bold' as const }));
  const sheet = [head, ...rows.map((row) => names.map((name) => cellOf(name, row[name] ?? null)))];
  return await writeXlsxFile(sheet, { stickyRowsCount: 1, sheet: 'Invoices' }).toBuffer();
}

function cellOf(name: string, value: string | number | null): SheetRow[number] {
  if (value === null) return null;
  if (typeof value === 'number') return { value, type: Number };
  // XML has no place for them, and a workbook with one does not open.
  const text = value.replace(/(?!\n)\p{Cc}/gu, ' ');
  const digits = value.replace(/\D/g, '').length;
  if (!amounts.has(name) || digits > exactDigits || !/^-?\d+(\.\d+)?$/.test(value))
    return { value: text, type: String };
  const decimals = value.split('.')[1]?.length ?? 0;
  return { value: Number(value), type: Number, format: decimals === 0 ? '0' : `0.${'0'.repeat(decimals)}` };
}

/** What a spreadsheet adds up; its numbers are exact to fifteen digits, so what has more stays a text. */
const amounts: ReadonlySet<string> = new Set(['net', 'tax', 'gross', 'quantity', 'unitPrice', 'lineNet', 'taxRate']);
const exactDigits = 15;
