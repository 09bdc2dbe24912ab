import { describe, expect, test } from 'vitest';
import { attachedInvoice } from './attached.ts';

const file = (filename: string) => ({ filename, content: new Uint8Array() });
const map = (...names: string[]) => new Map(names.map((name, index) => [String(index), file(name)]));

describe('the invoice among the files of a PDF', () => {
  test.each([
    [['order.xml', 'factur-x.xml'], 'factur-x.xml'],
    [['times.pdf', 'ZUGFeRD-invoice.xml'], 'ZUGFeRD-invoice.xml'],
    [['xrechnung.xml', 'other.xml'], 'xrechnung.xml'],
    [['logo.png', 'rechnung-7.xml'], 'rechnung-7.xml'],
    [['Factur-X.XML'], 'Factur-X.XML'],
    [['files/factur-x.xml'], 'files/factur-x.xml'],
    [['a.xml', 'b.xml'], undefined],
    [['times.pdf'], undefined],
    [[], undefined],
  ])('%j: %s', (names, expected) => {
    expect(attachedInvoice(map(...names))?.filename).toBe(expected);
  });

  test('there is none where there are no files', () => {
    expect(attachedInvoice(null)).toBeNull();
    expect(attachedInvoice({ 'factur-x.xml': file('factur-x.xml') })?.filename).toBe('factur-x.xml');
  });
});
