import { describe, expect, it } from 'vitest';
import { makeInvoiceTruth } from '../testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../testing/print-invoice.ts';
import { recordOfTruth, valuesOf } from '../testing/record-of-truth.ts';
import { writeCii } from '../testing/write-cii.ts';
import { type FacturXProfile, facturXProfiles, writeFacturX } from '../testing/write-factur-x.ts';
import { writeUbl } from '../testing/write-ubl.ts';
import { writeZugferd1 } from '../testing/write-zugferd-1.ts';
import type { Extraction } from './extraction.ts';
import { readDocument } from './read-document.ts';
import { rareTermsCii, rareTermsUbl } from './xml/rare-terms.fixture.ts';

const letter = layouts[0] as Layout;

describe('hybrid PDFs', () => {
  it('yield the record that the same invoice yields as CII and as UBL, down to what is verified', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const truth = makeInvoiceTruth(seed);
      const cii = writeCii(truth);
      const layout = layouts[seed % layouts.length] ?? letter;
      const readings = [
        await read(cii),
        await read(writeUbl(truth)),
        await read(await printInvoice(truth, layout, [{ name: 'factur-x.xml', content: cii }])),
        await read(await printInvoice(truth, layout, [{ name: 'xrechnung.xml', content: writeUbl(truth) }])),
      ];
      expect(valuesOf(readings[0]?.record)).toEqual(recordOfTruth(truth));
      for (const { record, findings } of readings) {
        expect(withoutPlaces(record)).toEqual(readings[0]?.record);
        expect(findings).toEqual([]);
      }
    }
  }, 60_000);

  it('say where the page prints what the XML says', async () => {
    const truth = makeInvoiceTruth(4, { language: 'de', category: 'S' });
    const { record, document } = await read(
      await printInvoice(truth, letter, [{ name: 'factur-x.xml', content: writeCii(truth) }]),
    );
    expect(document).toMatchObject({ contentType: 'application/pdf', syntax: 'cii', pageCount: 1 });
    for (const seen of [record.invoiceNumber, record.payment.iban, record.seller.vatCode])
      expect(seen).toMatchObject({ source: 'xml', page: 1, box: { width: expect.any(Number) } });
  });

  it.each(Object.keys(facturXProfiles) as FacturXProfile[])('are read in the profile %s', async (profile) => {
    const truth = makeInvoiceTruth(9, { category: 'S', documentType: 'invoice' });
    const content = writeFacturX(truth, profile);
    const { record, findings, document } = await read(
      await printInvoice(truth, letter, [{ name: 'factur-x.xml', content, relationship: 'Data' }]),
    );
    const expected = recordOfTruth(truth);
    expect(findings).toEqual([]);
    expect(document).toMatchObject({ syntax: 'cii', profile: facturXProfiles[profile] });
    const { number, issueDate, currency, totals, seller } = truth;
    expect([record.invoiceNumber, record.issueDate, record.currency, record.seller.vatCode].map(valuesOf)).toEqual([
      number,
      issueDate,
      currency,
      seller.vatCode,
    ]);
    expect(record.totals).toMatchObject({
      net: { value: totals.net, verified: true },
      tax: { value: totals.tax, verified: true },
      gross: { value: totals.gross, verified: true },
    });
    if (profile === 'minimum') return expect(record.taxes).toEqual([]);
    expect(valuesOf(record)).toEqual(profile === 'basicwl' ? { ...expected, lineItems: [] } : expected);
  });

  it.each([
    ['ZUGFeRD 2.0', 'zugferd-invoice.xml', 'urn:cen.eu:en16931:2017#conformant#urn:zugferd.de:2p0:extended'],
    ['XRechnung', 'xrechnung.xml', 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0'],
    ['XRechnung by a name of its own', 'rechnung.xml', 'urn:cen.eu:en16931:2017'],
  ])('are read as %s', async (_, name, specification) => {
    const truth = makeInvoiceTruth(14);
    const { record, document } = await read(
      await printInvoice(truth, letter, [{ name, content: writeCii(truth, specification) }]),
    );
    expect(valuesOf(record)).toEqual(recordOfTruth(truth));
    expect(document.profile).toBe(specification);
  });

  it.each([
    ['CII', 'factur-x.xml', rareTermsCii],
    ['UBL', 'xrechnung.xml', rareTermsUbl],
  ])('with the terms that are seldom used yield the record of the bare %s', async (_, name, content) => {
    const bare = await read(content);
    const { record, findings } = await read(await printInvoice(makeInvoiceTruth(2), letter, [{ name, content }]));
    expect(withoutPlaces(record)).toEqual(bare.record);
    expect(findings).toEqual([]);
  });

  it('in the profile EXTENDED have the lines that are sold, under the lines that group and explain them', async () => {
    const truth = makeInvoiceTruth(12, { category: 'S', documentType: 'invoice', lines: [3, 3] });
    const cii = writeFacturX(truth, 'extended');
    const item = /<ram:IncludedSupplyChainTradeLineItem>.*?<\/ram:IncludedSupplyChainTradeLineItem>/gs;
    const [first = '', second = '', third = ''] = cii.match(item) ?? [];
    const as = (line: string, id: string, parent: string | null, status: string) =>
      line.replace(
        /<ram:LineID>.*?<\/ram:LineID>/,
        `<ram:LineID>${id}</ram:LineID>${parent === null ? '' : `<ram:ParentLineID>${parent}</ram:ParentLineID>`}<ram:LineStatusReasonCode>${status}</ram:LineStatusReasonCode>`,
      );
    const nested = [
      as(first, '01', null, 'GROUP'),
      as(first, '0101', '01', 'DETAIL'),
      as(second, '0102', '01', 'GROUP'),
      as(second, '010201', '0102', 'DETAIL'),
      as(second, '010202', '0102', 'INFORMATION'),
      as(third, '02', null, 'DETAIL'),
    ];
    const content = cii.replace(item, '').replace('<ram:ApplicableHeaderTradeAgreement>', `${nested.join('')}$&`);
    const { record, findings } = await read(await printInvoice(truth, letter, [{ name: 'factur-x.xml', content }]));
    expect(valuesOf(record)).toEqual(recordOfTruth(truth));
    expect(findings).toEqual([]);
  });

  it.each(['basic', 'comfort', 'extended'])('are read as ZUGFeRD 1 in its profile %s', async (name) => {
    const truth = makeInvoiceTruth(23, { category: 'S', documentType: 'invoice', lines: [2, 4] });
    const profile = `urn:ferd:CrossIndustryDocument:invoice:1p0:${name}`;
    const whole = writeZugferd1(truth, profile);
    const content = name === 'basic' ? withBareLines(whole) : whole;
    const { record, findings, document } = await read(
      await printInvoice(truth, letter, [{ name: 'ZUGFeRD-invoice.xml', content }]),
    );
    const { lineItems, seller, buyer, ...expected } = recordOfTruth(truth);
    const unregistered = (party: typeof seller) => ({ ...party, companyCode: null });
    expect(document).toMatchObject({ syntax: 'zugferd-1', profile });
    expect(findings).toEqual([]);
    expect(valuesOf(record)).toMatchObject({
      ...expected,
      seller: unregistered(seller),
      buyer: unregistered(buyer),
      lineItems:
        name === 'basic'
          ? lineItems.map(({ description, quantity, unitCode }) => ({
              description,
              quantity,
              unitCode,
              netAmount: null,
            }))
          : lineItems,
    });
    expect(record.totals.gross?.verified).toBe(true);
  });

  it('are read as ZUGFeRD 1, in the older names of its elements', async () => {
    for (let seed = 20; seed < 26; seed++) {
      const truth = makeInvoiceTruth(seed);
      const { record, document } = await read(
        await printInvoice(truth, letter, [{ name: 'ZUGFeRD-invoice.xml', content: writeZugferd1(truth) }]),
      );
      const expected = recordOfTruth(truth);
      expect(document.syntax).toBe('zugferd-1');
      expect(valuesOf(record)).toEqual({
        ...expected,
        seller: { ...expected.seller, companyCode: null },
        buyer: { ...expected.buyer, companyCode: null },
      });
    }
  });

  it('whose XML is broken are read by their page, and say so', async () => {
    const truth = makeInvoiceTruth(3, { language: 'de', documentType: 'invoice' });
    const content = writeCii(truth).slice(0, 2000);
    const { record, findings, document } = await read(
      await printInvoice(truth, letter, [{ name: 'factur-x.xml', content }]),
    );
    expect(document.syntax).toBeNull();
    expect(record.totals.gross).toMatchObject({ value: truth.totals.gross, source: 'text' });
    expect(findings[0]).toMatchObject({ rule: 'HYBRID-XML', severity: 'warning' });
  });

  it('whose XML is built to do harm are not read at all', async () => {
    const truth = makeInvoiceTruth(3);
    const content = `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${writeCii(truth)}`.replace(
      /<\?xml.*?\?>/,
      '',
    );
    const bytes = await printInvoice(truth, letter, [{ name: 'factur-x.xml', content }]);
    expect(await readDocument(bytes)).toMatchObject({ type: 'failed', code: 'file.hostile' });
  });

  it('beside other files are read from the invoice among them', async () => {
    const truth = makeInvoiceTruth(5);
    const { record } = await read(
      await printInvoice(truth, letter, [
        { name: 'order.xml', content: '<order/>' },
        { name: 'terms.txt', content: 'Terms' },
        { name: 'factur-x.xml', content: writeCii(truth) },
      ]),
    );
    expect(valuesOf(record)).toEqual(recordOfTruth(truth));
  });
});

async function read(document: string | Uint8Array): Promise<Extraction & { type: 'read' }> {
  const extraction = await readDocument(typeof document === 'string' ? new TextEncoder().encode(document) : document);
  if (extraction.type === 'failed') throw new Error(`${extraction.code}: ${extraction.message}`);
  return extraction;
}

/** The lines of ZUGFeRD 1 BASIC say what was sold and how much of it; what it costs, the totals alone say. */
function withBareLines(zugferd1: string): string {
  return zugferd1.replace(
    /<ram:IncludedSupplyChainTradeLineItem>.*?<\/ram:IncludedSupplyChainTradeLineItem>/gs,
    (line) =>
      line
        .replace(/<ram:SpecifiedSupplyChainTrade(Agreement|Settlement)>.*?<\/ram:SpecifiedSupplyChainTrade\1>/gs, '')
        .replace(/<ram:(GlobalID|SellerAssignedID)\b.*?<\/ram:\1>/g, ''),
  );
}

/** A record as it is where there are no pages. */
function withoutPlaces(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutPlaces);
  if (typeof part !== 'object' || part === null) return part;
  if ('value' in part && 'verified' in part) return { ...part, page: null, box: null };
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, withoutPlaces(value)]));
}
