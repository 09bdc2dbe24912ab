import { describe, expect, test } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { valuesOf } from '../../testing/record-of-truth.ts';
import { writeCii } from '../../testing/write-cii.ts';
import { readXml } from './read-xml.ts';

const truth = makeInvoiceTruth(8, { language: 'de', category: 'S', lines: [2, 2], documentType: 'invoice' });
const cii = writeCii(truth);

function read(xml: string) {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(extraction.message);
  return extraction;
}

const rulesOf = (xml: string) => [...new Set(read(xml).findings.map((finding) => finding.rule))].sort();

function changed(find: string | RegExp, put: string, xml = cii): string {
  const after = xml.replace(find, put);
  if (after === xml) throw new Error(`nothing to change: ${find}`);
  return after;
}

describe('a CII that breaks a rule', () => {
  test.each<[string, string | RegExp, string]>([
    ['BR-02', /(?<=<rsm:ExchangedDocument>)<ram:ID>.*?<\/ram:ID>/, ''],
    ['BR-06', /(?<=<ram:SellerTradeParty>)<ram:Name>.*?<\/ram:Name>/, ''],
    ['BR-15', /<ram:DuePayableAmount>.*?<\/ram:DuePayableAmount>/, ''],
    [
      'BR-25',
      /(?<=<\/ram:\w+>|<ram:SpecifiedTradeProduct>)<ram:Name>.*?<\/ram:Name>(?=<\/ram:SpecifiedTradeProduct>)/,
      '',
    ],
    ['BR-CL-16', '<ram:TypeCode>58<', '<ram:TypeCode>158<'],
    ['BR-CL-23', /unitCode="\w+"/, 'unitCode="PCS"'],
    ['BR-CO-16', /(?<=<ram:DuePayableAmount>)/, '9'],
    [
      'BR-CO-26+BR-S-02',
      /(<ram:SpecifiedLegalOrganization>.*?<\/ram:SpecifiedLegalOrganization>)(.*?)(<ram:SpecifiedTaxRegistration>.*<\/ram:SpecifiedTaxRegistration>)(?=<\/ram:SellerTradeParty>)/,
      '$2',
    ],
    ['CII-XSD', /(?<=<rsm:ExchangedDocument>.*?)format="102">\d{8}/, 'format="102">20240231'],
    [
      'CII-SR-482',
      '</ram:GrandTotalAmount>',
      '</ram:GrandTotalAmount><ram:GrandTotalAmount>1.00</ram:GrandTotalAmount>',
    ],
    [
      'CII-SR-469',
      '<ram:PaymentReference>',
      '<ram:PaymentReference>other</ram:PaymentReference><ram:PaymentReference>',
    ],
  ])('%s', (rules, find, put) => {
    const broken = rulesOf(changed(find, put));
    for (const rule of rules.split('+')) expect(broken).toContain(rule);
  });

  test('a number that is none is told with its line, and read over', () => {
    const extraction = read(changed(/(?<=<ram:GrandTotalAmount>)[^<]+/, '1.000,00'));
    expect(extraction.record.totals.gross).toBeNull();
    expect(extraction.findings).toContainEqual(
      expect.objectContaining({ rule: 'CII-XSD', severity: 'error', place: 'totals.gross', actual: '1.000,00' }),
    );
    expect(extraction.record.invoiceNumber?.value).toBe(truth.number);
  });
});

describe('profiles', () => {
  const profile = (id: string, xml = cii) => xml.replace('urn:cen.eu:en16931:2017', id);

  test('an invoice without lines is right by BASIC WL and wrong by EN 16931', () => {
    const without = cii.replace(
      /<ram:IncludedSupplyChainTradeLineItem>.*<\/ram:IncludedSupplyChainTradeLineItem>/s,
      '',
    );
    expect(rulesOf(profile('urn:factur-x.eu:1p0:basicwl', without))).toEqual([]);
    expect(rulesOf(without)).toContain('BR-16');
  });

  test('MINIMUM is held to the little that it has', () => {
    const least = cii
      .replace(/<ram:IncludedSupplyChainTradeLineItem>.*<\/ram:IncludedSupplyChainTradeLineItem>/s, '')
      .replace(/<ram:ApplicableTradeTax>.*<\/ram:SpecifiedTradePaymentTerms>/s, '')
      .replace(/<ram:LineTotalAmount>.*?(?=<ram:TaxBasisTotalAmount>)/s, '');
    expect(rulesOf(profile('urn:factur-x.eu:1p0:minimum', least))).toEqual([]);
    expect(read(least).record.totals.gross?.value).toBe(truth.totals.gross);
  });

  test('lines of the extended profile that only group others are left out', () => {
    const [first] = /<ram:IncludedSupplyChainTradeLineItem>.*?<\/ram:IncludedSupplyChainTradeLineItem>/s.exec(cii) ?? [
      '',
    ];
    const grouping = first.replace(
      '</ram:LineID>',
      'G</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>',
    );
    const extended = profile(
      'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
      cii.replace(first, grouping + first),
    );
    expect(read(extended).record.lineItems).toHaveLength(2);
    expect(rulesOf(extended)).toEqual([]);
  });
});

describe('ZUGFeRD 1', () => {
  /** The earlier document says the same under other names. */
  const earlier = cii
    .replaceAll('rsm:CrossIndustryInvoice', 'rsm:CrossIndustryDocument')
    .replace(
      'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100',
      'urn:ferd:CrossIndustryDocument:invoice:1p0',
    )
    .replace('urn:cen.eu:en16931:2017', 'urn:ferd:CrossIndustryDocument:invoice:1p0:comfort')
    .replaceAll('rsm:ExchangedDocumentContext', 'rsm:SpecifiedExchangedDocumentContext')
    .replaceAll(/rsm:ExchangedDocument>/g, 'rsm:HeaderExchangedDocument>')
    .replaceAll('rsm:SupplyChainTradeTransaction', 'rsm:SpecifiedSupplyChainTradeTransaction')
    .replaceAll(
      /ram:(?:ApplicableHeader|SpecifiedLine)Trade(Agreement|Delivery|Settlement)/g,
      (name, part) => `ram:${name.includes('Line') ? 'Specified' : 'Applicable'}SupplyChainTrade${part}`,
    )
    .replaceAll(
      /SpecifiedTradeSettlement(?:Header|Line)MonetarySummation/g,
      'SpecifiedTradeSettlementMonetarySummation',
    )
    .replaceAll('RateApplicablePercent', 'ApplicablePercent')
    .replaceAll('IssuerAssignedID', 'ID');

  test('is the same record, and is held to its arithmetic alone', () => {
    const extraction = read(earlier);
    expect(valuesOf(extraction.record)).toEqual(valuesOf(read(cii).record));
    expect(extraction.document.syntax).toBe('zugferd-1');
    expect(extraction.findings).toEqual([]);
    const wrong = read(earlier.replace(/(?<=<ram:GrandTotalAmount>)/, '9'));
    expect(wrong.findings.map((finding) => [finding.rule, finding.severity])).toContainEqual(['BR-CO-15', 'warning']);
  });
});
