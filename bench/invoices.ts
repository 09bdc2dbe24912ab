/** Claim: e-invoices are read exactly, and as fast as they come. */
import { createDocumentReaders } from '../packages/server/src/services/invoices/extract/document-readers.ts';
import { readXmlTree } from '../packages/server/src/services/invoices/extract/xml/read-tree.ts';
import { readXml } from '../packages/server/src/services/invoices/extract/xml/read-xml.ts';
import { type InvoiceTruth, makeInvoiceTruth } from '../packages/server/src/services/invoices/testing/invoice-truth.ts';
import { layouts, printInvoice } from '../packages/server/src/services/invoices/testing/print-invoice.ts';
import { recordOfTruth, valuesOf } from '../packages/server/src/services/invoices/testing/record-of-truth.ts';
import { writeCii } from '../packages/server/src/services/invoices/testing/write-cii.ts';
import { writeFatturaPa } from '../packages/server/src/services/invoices/testing/write-fatturapa.ts';
import { writeUbl } from '../packages/server/src/services/invoices/testing/write-ubl.ts';
import { type BenchResult, median, print } from './support/result.ts';

const documents = 1500;
/** As many lines as the invoices of a wholesaler have, now and then. */
const long = { every: 50, lines: 500 };
/** PDFs with their XML inside, as a server with two workers reads them. */
const hybrids = { documents: 120, atOnce: 2 };
const p50Ms = 40;
const minRate = 40;

export async function run(): Promise<BenchResult> {
  const written = Array.from({ length: documents }, (_, seed) => write(seed));
  for (const { bytes } of written.slice(0, 200)) readXml(bytes);
  const times: number[] = [];
  let exact = 0;
  for (const { bytes, expected } of written) {
    const started = performance.now();
    const extraction = readXml(bytes);
    times.push(performance.now() - started);
    if (extraction.type !== 'read') continue;
    if (expected === null || JSON.stringify(valuesOf(extraction.record)) === expected) exact += 1;
  }
  let parsing = 0;
  for (const { bytes } of written) {
    const started = performance.now();
    readXmlTree(bytes);
    parsing += performance.now() - started;
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  const rate = documents / (total / 1000);
  const sorted = times.toSorted((a, b) => a - b);
  const hybrid = await readHybrids();
  return {
    claim: `invoices: ${documents} e-invoices as CII, UBL and FatturaPA and ${hybrids.documents} hybrid PDFs become records, each as it was written`,
    figures: [
      { name: 'read in full, rules and all, p50', value: median(times), unit: 'ms' },
      { name: 'p99', value: sorted[Math.floor(documents * 0.99)] ?? Number.NaN, unit: 'ms' },
      { name: 'rate on one core', value: rate, unit: 'documents/s' },
      { name: 'records that equal what was written', value: exact, unit: 'documents' },
      { name: 'hybrid PDF with its places, p50', value: hybrid.p50, unit: 'ms' },
      { name: `hybrid PDFs, ${hybrids.atOnce} at once`, value: hybrid.rate, unit: 'documents/s' },
      { name: 'hybrid PDFs that equal what was written', value: hybrid.exact, unit: 'documents' },
      { name: 'baseline: the XML parsed and nothing else', value: documents / (parsing / 1000), unit: 'documents/s' },
    ],
    ratio: total / parsing,
    bar: `of XML and of hybrid PDFs: p50 at most ${p50Ms} ms, at least ${minRate} documents/s, every record exact`,
    passed:
      median(times) <= p50Ms &&
      rate >= minRate &&
      exact === documents &&
      hybrid.p50 <= p50Ms &&
      hybrid.rate >= minRate &&
      hybrid.exact === hybrids.documents,
  };
}

/** One reader alone for how long a document takes, all of them together for how many are read. */
async function readHybrids(): Promise<{ p50: number; rate: number; exact: number }> {
  const written = await Promise.all(
    Array.from({ length: hybrids.documents }, async (_, seed) => {
      const truth = makeInvoiceTruth(seed);
      const layout = layouts[seed % layouts.length];
      if (layout === undefined) throw new Error('there are no layouts');
      const bytes = await printInvoice(truth, layout, [{ name: 'factur-x.xml', content: writeCii(truth) }]);
      return { bytes, expected: JSON.stringify(recordOfTruth(truth)) };
    }),
  );
  const readers = createDocumentReaders({ atOnce: hybrids.atOnce });
  try {
    await Promise.all(written.slice(0, 20).map(({ bytes }) => readers.read(bytes)));
    const times: number[] = [];
    for (const { bytes } of written) {
      const started = performance.now();
      await readers.read(bytes);
      times.push(performance.now() - started);
    }
    const started = performance.now();
    const extractions = await Promise.all(written.map(({ bytes }) => readers.read(bytes)));
    const seconds = (performance.now() - started) / 1000;
    const right = extractions.filter(
      (extraction, index) =>
        extraction.type === 'read' && JSON.stringify(valuesOf(extraction.record)) === written[index]?.expected,
    );
    return { p50: median(times), rate: hybrids.documents / seconds, exact: right.length };
  } finally {
    await readers.close();
  }
}

interface Written {
  readonly bytes: Uint8Array;
  /** `null` for FatturaPA, which has no place for some of it. */
  readonly expected: string | null;
}

function write(seed: number): Written {
  const lines: [number, number] = seed % long.every === 0 ? [long.lines, long.lines] : [1, 30];
  const [form, name] = FORMS[seed % FORMS.length] ?? [writeUbl, 'ubl'];
  const truth = makeInvoiceTruth(seed, { lines, ...(name === 'fatturapa' ? { language: 'it' } : {}) });
  return {
    bytes: new TextEncoder().encode(form(truth)),
    expected: name === 'fatturapa' ? null : JSON.stringify(recordOfTruth(truth)),
  };
}

const FORMS: readonly (readonly [(truth: InvoiceTruth) => string, string])[] = [
  [writeCii, 'cii'],
  [writeUbl, 'ubl'],
  [writeFatturaPa, 'fatturapa'],
];

if (import.meta.main) print(await run());
