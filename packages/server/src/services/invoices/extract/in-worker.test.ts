import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostileFile, hostileFiles, pdfOf } from '../testing/hostile-files.ts';
import { makeInvoiceTruth } from '../testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../testing/print-invoice.ts';
import { createDocumentReaders, type DocumentReaders } from './in-worker.ts';

describe('documents of strangers', () => {
  let readers: DocumentReaders;
  beforeAll(() => {
    readers = createDocumentReaders({ threads: 2 });
  });
  afterAll(() => readers.close());

  it('fail with their code, whatever they are built to do', async () => {
    const files = await hostileFiles();
    const answers = await Promise.all(
      files.map(async (file) => ({ file, extraction: await readers.read(file.bytes) })),
    );
    const said = answers.map(({ file, extraction }) => [
      file.name,
      extraction.type === 'failed' ? extraction.code : 'read',
    ]);
    expect(said).toEqual(files.map((file: HostileFile) => [file.name, file.code]));
  }, 150_000);

  it('are read beside hostile ones', async () => {
    const truth = makeInvoiceTruth(3);
    const honest = await printInvoice(truth, layouts[0] as Layout);
    const [bad, good] = await Promise.all([readers.read(new Uint8Array([1, 2, 3])), readers.read(honest)]);
    expect(bad.type).toBe('failed');
    expect(good.type === 'read' ? good.record.invoiceNumber?.value : good.code).toBe(truth.number);
  });

  it('that take too long are given up, and the next one is read', async () => {
    const hasty = createDocumentReaders({ threads: 1, bounds: { timeoutMs: 30 } });
    const long = await pdfOf((pdf) => {
      for (let page = 0; page < 40; page++) pdf.addPage().text('Rechnung '.repeat(900));
    });
    expect(await hasty.read(long)).toMatchObject({ type: 'failed', code: 'extract.timeout' });
    await hasty.close();
    expect(await hasty.read(long)).toMatchObject({ type: 'failed', code: 'internal.error' });
  });

  it('larger than is read are refused before a thread sees them', async () => {
    const small = createDocumentReaders({ bounds: { maxBytes: 100 } });
    expect(await small.read(new Uint8Array(101))).toMatchObject({ type: 'failed', code: 'file.too_large' });
    await small.close();
  });
});
