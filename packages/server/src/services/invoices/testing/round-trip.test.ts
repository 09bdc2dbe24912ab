import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readXml } from '../extract/xml/read-xml.ts';
import { type InvoiceTruth, makeInvoiceTruth } from './invoice-truth.ts';
import { recordOfTruth, valuesOf } from './record-of-truth.ts';
import { writeCii } from './write-cii.ts';
import { writeFatturaPa } from './write-fatturapa.ts';
import { writeUbl } from './write-ubl.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const many = { numRuns: 100, seed: 20_240_101 };

function read(xml: string) {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(`${extraction.code}: ${extraction.message}`);
  return extraction;
}

describe('what is written is read', () => {
  test.each([
    ['CII', writeCii],
    ['UBL', writeUbl],
  ] satisfies [string, (truth: InvoiceTruth) => string][])('%s yields the truth, without an error', (_, write) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const truth = makeInvoiceTruth(seed);
        const extraction = read(write(truth));
        expect(valuesOf(extraction.record)).toEqual(recordOfTruth(truth));
        expect(extraction.findings).toEqual([]);
      }),
      many,
    );
  });

  test('CII and UBL yield one record, down to what is verified', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const truth = makeInvoiceTruth(seed);
        expect(read(writeCii(truth)).record).toEqual(read(writeUbl(truth)).record);
      }),
      many,
    );
  });

  test('numbers with check digits and amounts that add up are verified', () => {
    const { record } = read(writeCii(makeInvoiceTruth(11, { category: 'S', language: 'de' })));
    expect(record.seller.vatCode?.verified).toBe(true);
    expect(record.payment.iban?.verified).toBe(true);
    expect(record.totals.gross?.verified).toBe(true);
    expect(record.invoiceNumber?.verified).toBe(false);
  });

  test('FatturaPA yields the truth, as far as it has a place for it', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const truth = italian(seed);
        const { record, findings } = read(writeFatturaPa(truth));
        const values = valuesOf(record) as ReturnType<typeof recordOfTruth>;
        const expected = recordOfTruth(truth);
        expect(
          values.lineItems.map(({ unit, unitCode, taxRate, taxCategory, discountAmount, ...line }) => line),
        ).toEqual(expected.lineItems.map(({ unit, unitCode, taxRate, taxCategory, discountAmount, ...line }) => line));
        expect(values.totals).toEqual({ ...expected.totals, prepaid: null });
        expect(values.seller.vatCode).toBe(truth.seller.vatCode);
        expect([values.invoiceNumber, values.issueDate, values.dueDate, values.supplyDate]).toEqual([
          truth.number,
          truth.issueDate,
          truth.dueDate,
          truth.deliveryDate,
        ]);
        expect([values.orderNumber, values.contractNumber, values.originalInvoiceNumber, values.notes]).toEqual([
          expected.orderNumber,
          expected.contractNumber,
          expected.originalInvoiceNumber,
          expected.notes,
        ]);
        expect(values.payment.iban).toBe(truth.payment.iban);
        expect(values.documentType).toBe(truth.documentType);
        expect(findings).toEqual([]);
      }),
      many,
    );
  });

  test('several bodies of one FatturaPA are said to be several', () => {
    const extraction = read(writeFatturaPa(italian(1), italian(2), italian(3)));
    expect(extraction.record.invoiceNumber?.value).toBe(italian(1).number);
    expect(extraction.findings.find((each) => each.rule === 'FPA-BODIES')).toMatchObject({
      severity: 'warning',
      actual: `${italian(2).number}, ${italian(3).number}`,
    });
  });
});

/** FatturaPA states no taxed allowances and charges of the document, always who buys, and its rules know cents alone. */
function italian(seed: number): InvoiceTruth {
  for (let next = seed; ; next += 1) {
    const truth = makeInvoiceTruth(next, { language: 'it' });
    const buyer = { ...truth.buyer, vatCode: truth.buyer.vatCode ?? 'IT00743110157' };
    if (truth.currency === 'EUR' && truth.allowances.length === 0 && truth.charges.length === 0)
      return { ...truth, buyer };
  }
}
