import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { writeXlsx } from './write-xlsx.ts';

it('writes amounts as numbers with their decimals, and texts as texts', async () => {
  const book = await writeXlsx([
    {
      invoiceNumber: '=1+1',
      net: '-163.50',
      quantity: '2',
      sellerName: 'Ä & <Co>\u0001',
      gross: '12345678901234567.89',
      line: 1,
    },
    { invoiceNumber: '0042', net: null, quantity: null, sellerName: null, gross: '0.00', line: null },
  ]);
  const sheet = partOf(book, 'xl/worksheets/sheet1.xml');
  expect(sheet).toContain('<v>-163.5</v>');
  expect(sheet).toContain('<v>2</v>');
  expect(sheet).not.toContain('<f>');
  expect(sheet).not.toMatch(/<v>12345678901234567/);
  const texts = `${partOf(book, 'xl/sharedStrings.xml')}${sheet}`;
  expect(texts).not.toContain('\u0001');
  for (const text of ['=1+1', '0042', 'Ä &amp; &lt;Co&gt;', '12345678901234567.89', 'invoiceNumber'])
    expect(texts).toContain(text);
});

it('writes a workbook without rows', async () => {
  expect((await writeXlsx([])).length).toBeGreaterThan(500);
});

/** One file of a ZIP, found through its directory at the end. */
function partOf(zip: Uint8Array, name: string): string {
  const bytes = Buffer.from(zip);
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4)) {
    const length = bytes.readUInt16LE(at + 28);
    if (bytes.toString('utf8', at + 46, at + 46 + length) !== name) continue;
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const body = bytes.subarray(from, from + bytes.readUInt32LE(at + 20));
    return (bytes.readUInt16LE(at + 10) === 0 ? body : inflateRawSync(body)).toString('utf8');
  }
  return '';
}
