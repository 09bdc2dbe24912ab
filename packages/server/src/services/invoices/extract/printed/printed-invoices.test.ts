import { describe, expect, it } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { heldBackLayouts, type Layout, layouts, printInvoice } from '../../testing/print-invoice.ts';
import { scoreReading } from '../../testing/score-reading.ts';
import { readDocument } from '../read-document.ts';

describe('printed invoices', () => {
  it('are read on layouts that the reader was not tuned on: header fields 95 %, lines 90 %, nothing wrong that is verified', async () => {
    const sums = await readAll(heldBackLayouts, 301, 6);
    expect(sums.wronglyVerified).toEqual([]);
    expect(sums.fields).toBeGreaterThanOrEqual(0.95);
    expect(sums.lines).toBeGreaterThanOrEqual(0.9);
  }, 60_000);

  it('are read on every layout that the reader was tuned on', async () => {
    const sums = await readAll(layouts, 1, 4);
    expect(sums.wronglyVerified).toEqual([]);
    expect(sums.fields).toBeGreaterThanOrEqual(0.98);
    expect(sums.lines).toBeGreaterThanOrEqual(0.95);
  }, 60_000);

  it('give the same answer every time, with a place for every value', async () => {
    const truth = makeInvoiceTruth(7, { language: 'de' });
    const pdf = await printInvoice(truth, layouts[0] as Layout);
    const [first, second] = [await readDocument(pdf), await readDocument(pdf)];
    expect(second).toEqual(first);
    if (first.type !== 'read') throw new Error(first.message);
    expect(first.document).toMatchObject({ contentType: 'application/pdf', syntax: null, language: 'de' });
    const gross = first.record.totals.gross;
    expect(gross).toMatchObject({ value: truth.totals.gross, source: 'text', verified: true });
    expect(gross?.box?.width).toBeGreaterThan(5);
    expect(first.record.payment.iban).toMatchObject({ value: truth.payment.iban, verified: true });
    expect(first.record.seller.vatCode).toMatchObject({ value: truth.seller.vatCode, verified: true });
  });

  it('follow a table over its pages, with a carried sum on each', async () => {
    const truth = makeInvoiceTruth(11, { language: 'de', lines: [70, 70], documentType: 'invoice' });
    const extraction = await readDocument(await printInvoice(truth, layouts[0] as Layout));
    if (extraction.type !== 'read') throw new Error(extraction.message);
    expect(extraction.document.pageCount).toBeGreaterThan(2);
    expect(extraction.record.lineItems.map((line) => line.netAmount?.value)).toEqual(
      truth.lines.map((line) => line.netAmount),
    );
    expect(new Set(extraction.record.lineItems.map((line) => line.page)).size).toBeGreaterThan(2);
  });
});

async function readAll(of: readonly Layout[], from: number, count: number) {
  const fields: boolean[] = [];
  const lines: boolean[] = [];
  const wronglyVerified: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const truth = makeInvoiceTruth(seed, { lines: [1, 12] });
    for (const layout of of) {
      const extraction = await readDocument(await printInvoice(truth, layout));
      if (extraction.type !== 'read') throw new Error(`${layout.name} ${seed}: ${extraction.message}`);
      const score = scoreReading(truth, extraction.record);
      fields.push(...score.fields.map((field) => field.right));
      lines.push(...score.lines.map((line) => line.right));
      wronglyVerified.push(...score.wronglyVerified.map((each) => `${layout.name} ${seed} ${each}`));
    }
  }
  const share = (rights: readonly boolean[]) => rights.filter(Boolean).length / rights.length;
  return { fields: share(fields), lines: share(lines), wronglyVerified };
}
