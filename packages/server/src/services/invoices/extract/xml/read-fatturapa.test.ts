import { describe, expect, test } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { valuesOf } from '../../testing/record-of-truth.ts';
import { writeFatturaPa } from '../../testing/write-fatturapa.ts';
import { readXml } from './read-xml.ts';

/** A professional's fee with the charge of a pension fund, taxed together, of which the client withholds a part. */
function feeNote(withheld: string, fund: string, paid: string): string {
  const truth = makeInvoiceTruth(4, { language: 'it', category: 'S', lines: [1, 1], documentType: 'invoice' });
  const line = {
    ...truth.lines[0],
    quantity: '1',
    unitPrice: '1000.00',
    discountPercent: null,
    discountAmount: null,
    netAmount: '1000.00',
    taxRate: '22.00',
  } as (typeof truth.lines)[number];
  return writeFatturaPa({
    ...truth,
    buyer: { ...truth.buyer, vatCode: 'IT00743110157' },
    lines: [line],
    allowances: [],
    charges: [],
    taxes: [{ category: 'S', rate: '22.00', taxableAmount: '1040.00', taxAmount: '228.80', exemptionReason: null }],
    totals: {
      lines: '1000.00',
      discount: null,
      charges: null,
      net: '1040.00',
      tax: '228.80',
      gross: '1268.80',
      prepaid: null,
      rounding: null,
      payable: paid,
    },
  })
    .replace('</Numero>', `</Numero>${withheld}${fund}`)
    .replace('</AliquotaIVA>', `</AliquotaIVA>${withheld === '' ? '' : '<Ritenuta>SI</Ritenuta>'}`);
}

const fund =
  '<DatiCassaPrevidenziale><TipoCassa>TC01</TipoCassa><AlCassa>4.00</AlCassa><ImportoContributoCassa>40.00</ImportoContributoCassa><ImponibileCassa>1000.00</ImponibileCassa><AliquotaIVA>22.00</AliquotaIVA></DatiCassaPrevidenziale>';
const ritenuta = (type: string, amount: string, percent: string, reason: string) =>
  `<DatiRitenuta><TipoRitenuta>${type}</TipoRitenuta><ImportoRitenuta>${amount}</ImportoRitenuta><AliquotaRitenuta>${percent}</AliquotaRitenuta><CausalePagamento>${reason}</CausalePagamento></DatiRitenuta>`;

describe('a FatturaPA of which the client withholds a part', () => {
  test.each([
    ['nothing', '', '1268.80'],
    ['a tax', ritenuta('RT01', '200.00', '20.00', 'A'), '1068.80'],
    [
      'a tax and a contribution',
      ritenuta('RT01', '200.00', '20.00', 'R') + ritenuta('RT04', '42.50', '4.25', 'ZO'),
      '1026.30',
    ],
  ])('leaves to pay what is not withheld: %s', (_, withheld, paid) => {
    const extraction = readXml(new TextEncoder().encode(feeNote(withheld, fund, paid)));
    if (extraction.type === 'failed') throw new Error(extraction.message);
    const { record, findings } = extraction;
    expect(valuesOf(record.totals)).toMatchObject({
      net: '1040.00',
      charges: '40.00',
      discount: null,
      tax: '228.80',
      gross: '1268.80',
      prepaid: null,
      payable: paid,
    });
    expect(record.totals.gross?.verified).toBe(true);
    // What is withheld is no value of the record: where there is some, nothing confirms what is left.
    expect(record.totals.payable?.verified).toBe(withheld === '');
    expect(findings).toEqual([]);
  });
});
