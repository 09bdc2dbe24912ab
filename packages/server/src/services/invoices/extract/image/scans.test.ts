import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../../testing/print-invoice.ts';
import { scanInvoice } from '../../testing/scan-invoice.ts';
import { createDocumentReaders, type DocumentReaders } from '../in-worker.ts';

describe('scans', () => {
  let readers: DocumentReaders;
  beforeAll(() => {
    readers = createDocumentReaders({ threads: 1 });
  });
  afterAll(() => readers.close());

  it('are read though they lie on their side or on their head, at a slant and with noise', async () => {
    const truth = makeInvoiceTruth(21, { language: 'de', lines: [2, 3], documentType: 'invoice' });
    const pdf = await printInvoice(truth, layouts[0] as Layout);
    const scans = [
      await scanInvoice(pdf, { seed: 1, quarters: 1, slant: 1.3, noise: 8, format: 'pdf' }),
      await scanInvoice(pdf, { seed: 2, quarters: 2, slant: -0.8, noise: 6, format: 'tiff' }),
    ];
    for (const scan of scans) {
      const extraction = await readers.read(scan, { language: 'de' });
      if (extraction.type !== 'read') throw new Error(extraction.message);
      const { record } = extraction;
      expect(record.invoiceNumber).toMatchObject({ value: truth.number, source: 'ocr', verified: false });
      expect(record.issueDate?.value).toBe(truth.issueDate);
      expect(record.totals.gross).toMatchObject({ value: truth.totals.gross, source: 'ocr' });
      expect(record.payment.iban).toMatchObject({ value: truth.payment.iban, verified: true });
    }
  }, 120_000);
});
