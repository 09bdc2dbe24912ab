import type { SemanticInvoice } from '../en16931/model.ts';
import { validateInvoice } from '../en16931/validate.ts';
import type { DocumentFacts, Extraction, Finding, InvoiceRecord, ReadingBounds } from '../extraction.ts';
import { type Outcome, refuse } from './failure.ts';
import { kindOf } from './kind.ts';
import { readCii } from './read-cii.ts';
import { readFatturaPa } from './read-fatturapa.ts';
import { readSimplified } from './read-fatturapa-simplified.ts';
import { readXmlTree, XML_BOUNDS } from './read-tree.ts';
import { readUbl } from './read-ubl.ts';
import { unwrapSigned } from './signed.ts';
import { toRecord } from './to-record.ts';

export interface XmlOptions {
  readonly bounds?: Pick<ReadingBounds, 'maxBytes' | 'maxObjects'>;
  /** Of the document that the XML came in: a hybrid PDF has pages. */
  readonly contentType?: string;
  readonly pageCount?: number;
}

/** One of the invoices of a document. Only FatturaPA puts several into one. */
interface InvoiceOfXml {
  readonly record: InvoiceRecord;
  readonly findings: readonly Finding[];
  readonly document: DocumentFacts;
}

/** Reads an e-invoice: CII, UBL, ZUGFeRD 1 or FatturaPA, the last also signed. Of several invoices, the first. */
export function readXml(bytes: Uint8Array, options: XmlOptions = {}): Extraction {
  const outcome = readXmlInvoices(bytes, options);
  if (!outcome.ok) return { type: 'failed', ...outcome.failure };
  const [first, ...others] = outcome.invoices;
  if (others.length === 0) return { type: 'read', ...first };
  const more: Finding = {
    rule: 'FPA-BODIES',
    severity: 'warning',
    place: 'invoiceNumber',
    message: `The file holds ${others.length + 1} invoices of this seller; this record is the first. Send each by itself.`,
    actual: others
      .map((other) => other.record.invoiceNumber?.value ?? '?')
      .join(', ')
      .slice(0, 500),
  };
  return { type: 'read', ...first, findings: [more, ...first.findings] };
}

/** Reads all invoices of a document, in its order. */
function readXmlInvoices(
  bytes: Uint8Array,
  options: XmlOptions = {},
): Outcome<{ invoices: readonly [InvoiceOfXml, ...InvoiceOfXml[]] }> {
  const parsed = readInvoiceTerms(bytes, options);
  if (!parsed.ok) return parsed;
  const [first, ...others] = parsed.invoices.map(
    ({ invoice, findings }): InvoiceOfXml => ({
      record: toRecord(invoice),
      findings: [...findings, ...validateInvoice(invoice)],
      document: {
        contentType: options.contentType ?? 'application/xml',
        pageCount: options.pageCount ?? 0,
        syntax: invoice.syntax,
        profile: invoice.specification,
        language: null,
      },
    }),
  );
  if (first === undefined) return refuse('extract.not_an_invoice', 'The document holds no invoice.');
  return { ok: true, invoices: [first, ...others] };
}

/** The terms of each invoice, before they become a record. */
function readInvoiceTerms(
  bytes: Uint8Array,
  options: XmlOptions = {},
): Outcome<{ invoices: readonly { invoice: SemanticInvoice; findings: readonly Finding[] }[] }> {
  const bounds = {
    ...XML_BOUNDS,
    bytes: options.bounds?.maxBytes ?? XML_BOUNDS.bytes,
    elements: options.bounds?.maxObjects ?? XML_BOUNDS.elements,
  };
  if (bytes.length > bounds.bytes) {
    return refuse('file.too_large', `The file has ${bytes.length} bytes; at most ${bounds.bytes} are read.`);
  }
  const plain = unwrapSigned(bytes);
  if (!plain.ok) return plain;
  const tree = readXmlTree(plain.bytes, bounds);
  if (!tree.ok) return tree;
  const kind = kindOf(tree.root);
  switch (kind.type) {
    case 'ubl':
      return { ok: true, invoices: [readUbl(kind.root)] };
    case 'cii':
      return { ok: true, invoices: [readCii(kind.root)] };
    case 'fatturapa':
      return { ok: true, invoices: readFatturaPa(kind.root) };
    case 'fatturapa-simplified':
      return { ok: true, invoices: readSimplified(kind.root) };
    case 'not_an_invoice':
      return refuse(
        'extract.not_an_invoice',
        `The document is of the kind ${kind.what.slice(0, 80)}, which is no invoice that is read.`,
      );
    case 'unknown':
      return refuse(
        'file.unsupported_type',
        `An XML document with the root ${kind.what.slice(0, 80)} is no e-invoice that is read.`,
      );
  }
}
