import { describe, expect, test } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { writeFatturaPa } from '../../testing/write-fatturapa.ts';
import { readXml } from '../xml/read-xml.ts';

const truth = makeInvoiceTruth(4, { language: 'it', category: 'S', lines: [1, 1] });
const line = {
  quantity: '2',
  unitPrice: '50',
  discountPercent: null,
  discountAmount: null,
  netAmount: '100.00',
  taxRate: '22.00',
};
const taxed = writeFatturaPa({
  ...truth,
  lines: truth.lines.map((each) => ({ ...each, ...line })),
  allowances: [],
  charges: [],
  taxes: [{ category: 'S', rate: '22.00', taxableAmount: '100.00', taxAmount: '22.00', exemptionReason: null }],
  totals: {
    lines: '100.00',
    discount: null,
    charges: null,
    net: '100.00',
    tax: '22.00',
    gross: '122.00',
    prepaid: null,
    rounding: null,
    payable: '122.00',
  },
});
const untaxed = taxed
  .replace('<AliquotaIVA>22.00</AliquotaIVA>', '<AliquotaIVA>0.00</AliquotaIVA><Natura>N4</Natura>')
  .replace('<AliquotaIVA>22.00</AliquotaIVA>', '<AliquotaIVA>0.00</AliquotaIVA><Natura>N4</Natura>')
  .replace('<Imposta>22.00<', '<Imposta>0.00<');

function rulesOf(xml: string): string[] {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(extraction.message);
  return extraction.findings.map((finding) => finding.rule).sort();
}

describe('what the Italian exchange system refuses', () => {
  test('a right invoice breaks no rule, with VAT and without', () => {
    expect(rulesOf(taxed)).toEqual([]);
    expect(rulesOf(untaxed)).toEqual([]);
  });

  test.each<[string, string, string | RegExp, string]>([
    ['SDI-00400', untaxed, '<Natura>N4</Natura>', ''],
    ['SDI-00401', taxed, '</AliquotaIVA>', '</AliquotaIVA><Natura>N4</Natura>'],
    [
      'SDI-00417',
      taxed,
      /(?<=<CessionarioCommittente><DatiAnagrafici>)(<IdFiscaleIVA>.*?<\/IdFiscaleIVA>)?(<CodiceFiscale>.*?<\/CodiceFiscale>)?/,
      '',
    ],
    ['SDI-00421', taxed, '<Imposta>22.00<', '<Imposta>22.02<'],
    [
      'SDI-00422',
      taxed,
      /(?<=<PrezzoTotale>100\.00.*)<ImponibileImporto>100\.00<\/ImponibileImporto><Imposta>22\.00</,
      '<ImponibileImporto>102.00</ImponibileImporto><Imposta>22.44<',
    ],
    ['SDI-00423', taxed, '<PrezzoUnitario>50.00', '<PrezzoUnitario>50.10'],
    ['SDI-00425', taxed, /<Numero>.*?<\/Numero>/, '<Numero>ABC</Numero>'],
    ['SDI-00429', untaxed, /<Natura>N4<\/Natura>(?=<ImponibileImporto>)/, ''],
    ['SDI-00430', taxed, /<\/AliquotaIVA>(?=<ImponibileImporto>)/, '</AliquotaIVA><Natura>N4</Natura>'],
  ])('%s', (rule, xml, find, put) => {
    expect(rulesOf(xml.replace(find, put))).toEqual([rule]);
  });

  test('SDI-00419 and SDI-00424: a rate that is summed up nowhere, and one in parts of one', () => {
    expect(rulesOf(taxed.replace('<AliquotaIVA>22.00', '<AliquotaIVA>10.00'))).toEqual(['SDI-00419', 'SDI-00422']);
    expect(
      rulesOf(taxed.replaceAll('<AliquotaIVA>22.00', '<AliquotaIVA>0.22').replace('<Imposta>22.00<', '<Imposta>0.22<')),
    ).toEqual(['SDI-00424']);
  });

  test('a buyer without a number is refused for it alone', () => {
    expect(
      rulesOf(taxed.replace(/(?<=<CessionarioCommittente><DatiAnagrafici>)<IdFiscaleIVA>.*?<\/IdFiscaleIVA>/, '')),
    ).toContain('SDI-00417');
  });
});
