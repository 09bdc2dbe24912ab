import { expect, it } from 'vitest';
import { findInXml } from './find-in-xml.ts';

const xml = `<Invoice><ID>R-100</ID><Date>20260115</Date><Note>Net 100 at R-100</Note>
<Amount currencyID="EUR">100</Amount><Price>12.50</Price><Name>Smith &amp; Sons</Name></Invoice>`;

it.each([
  ['100.00', '>100<'],
  ['12.5', '>12.50<'],
  ['2026-01-15', '>20260115<'],
  ['R-100', 'ID>R-100<'],
  ['Smith & Sons', '>Smith &amp; Sons<'],
  ['Net 100', '>Net 100 at'],
])('finds %s', (value, around) => {
  const found = findInXml(xml, value);
  const [before, after] = [around.indexOf('>') + 1, around.includes('<') ? 1 : 3];
  expect(xml.slice((found?.start ?? 0) - before, (found?.end ?? 0) + after)).toBe(around);
});

it('finds no value that the document does not say', () => {
  expect(findInXml(xml, '7.00')).toBeNull();
  expect(findInXml(xml, '(')).toBeNull();
});
