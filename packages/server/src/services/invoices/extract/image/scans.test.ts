import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../../testing/print-invoice.ts';
import { scanInvoice } from '../../testing/scan-invoice.ts';
import { createDocumentReaders, type DocumentReaders } from '../document-readers.ts';

describe('scans', () => {
  let readers: DocumentReaders;
  beforeAll(() => {
    readers = createDocumentReaders({ atOnce: 1 });
  });
  afterAll(() => readers.close());

  it('are read though they lie on their side or on their head, at a slant and with noise', async () => {
    const truth = makeInvoiceTruth(21, { language: 'de', lines: [2, 3], documentType: 'invoice' });
    const pdf = await printInvoice(truth, layouts[0] as Layout);
    const scans = [
      await scanInvoice(pdf, { seed: 1, quarters: 1, slant: 1.3, noise: 8, format: 'pdf' }),
      await scanInvoice(pdf, { seed: 2, quarters: 2, slant: -0.8, noise: 6, format: 'tiff' }),
    ];
    const boxes: unknown[] = [];
    for (const scan of scans) {
      const extraction = await readers.read(scan, { language: 'de' });
      if (extraction.type !== 'read') throw new Error(extraction.message);
      const { record } = extraction;
      expect(record.invoiceNumber).toMatchObject({ value: truth.number, source: 'ocr', verified: false });
      expect(record.issueDate?.value).toBe(truth.issueDate);
      expect(record.totals.gross).toMatchObject({ value: truth.totals.gross, source: 'ocr' });
      expect(record.payment.iban).toMatchObject({ value: truth.payment.iban, verified: true });
      boxes.push(record.invoiceNumber?.box);
    }
    // Each value has its place on the page as it was sent: the same corner, seen from another side.
    const upright = await readers.read(pdf, { language: 'de' });
    if (upright.type !== 'read') throw new Error(upright.message);
    const { x = 0, y = 0, width = 0, height = 0 } = upright.record.invoiceNumber?.box ?? {};
    const [page, middle] = [
      { width: 595, height: 842 },
      { x: x + width / 2, y: y + height / 2 },
    ];
    const seen = [
      { x: page.height - middle.y, y: middle.x },
      { x: page.width - middle.x, y: page.height - middle.y },
    ];
    for (const [index, box] of boxes.entries()) {
      const at = box as { x: number; y: number; width: number; height: number };
      expect(Math.abs(at.x + at.width / 2 - (seen[index]?.x ?? 0))).toBeLessThan(12);
      expect(Math.abs(at.y + at.height / 2 - (seen[index]?.y ?? 0))).toBeLessThan(12);
    }
  }, 120_000);
});
