import { expect, test } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { writeCii } from '../../testing/write-cii.ts';
import { readXml } from '../xml/read-xml.ts';

/*
 * The rules are held against a model that two syntaxes fill. What UBL breaks stands in validate.test.ts; here a right
 * invoice as CII loses or spoils one term after the other.
 */

const right = writeCii(makeInvoiceTruth(1));

function rulesOf(xml: string): string {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(extraction.message);
  return [...new Set(extraction.findings.map(({ rule }) => rule))].sort().join('+');
}

/** The first element of a name, or the first one after a place. */
const element = (name: string, after = '') =>
  new RegExp(`(?<=${after}.*?)<ram:${name}(?: [^>]*)?>.*?</ram:${name}>`, 's');

const seller = 'SellerTradeParty>';
const buyer = 'BuyerTradeParty>';
const head = 'rsm:ExchangedDocument>';
const settlement = 'ApplicableHeaderTradeSettlement>';

test('a right invoice breaks none', () => expect(rulesOf(right)).toBe(''));

test.each<[rules: string, find: RegExp | string, put?: string]>([
  ['BR-01+CII-SR-009', element('GuidelineSpecifiedDocumentContextParameter')],
  ['BR-02', element('ID', head)],
  ['BR-03', element('IssueDateTime')],
  ['BR-04+CII-SR-014', element('TypeCode', head)],
  ['BR-05+BR-CO-15', element('InvoiceCurrencyCode')],
  ['BR-06', element('Name', seller)],
  ['BR-07', element('Name', buyer)],
  ['BR-08', element('PostalTradeAddress', seller)],
  ['BR-09', element('CountryID', seller)],
  ['BR-10', element('PostalTradeAddress', buyer)],
  ['BR-11', element('CountryID', buyer)],
  ['BR-12', element('LineTotalAmount', 'SpecifiedTradeSettlementHeaderMonetarySummation>')],
  ['BR-13', element('TaxBasisTotalAmount')],
  ['BR-14', element('GrandTotalAmount')],
  ['BR-15', element('DuePayableAmount')],
  [
    'BR-16+BR-CO-10+BR-S-01+BR-S-08',
    /<ram:IncludedSupplyChainTradeLineItem>.*<\/ram:IncludedSupplyChainTradeLineItem>/s,
  ],
  ['BR-21', element('LineID')],
  ['BR-22', element('BilledQuantity')],
  ['BR-23', / unitCode="\w+"/],
  ['BR-24+BR-CO-10+BR-S-08', element('SpecifiedTradeSettlementLineMonetarySummation')],
  ['BR-25', element('Name', 'SpecifiedTradeProduct>')],
  ['BR-26', element('NetPriceProductTradePrice')],
  ['BR-27', '<ram:ChargeAmount>', '<ram:ChargeAmount>-'],
  ['BR-41', element('ActualAmount', 'SpecifiedTradeAllowanceCharge>')],
  ['BR-42+BR-CO-23', element('ReasonCode')],
  ['BR-45', element('BasisAmount')],
  ['BR-46+BR-CO-14', element('CalculatedAmount')],
  ['BR-47+BR-S-01', element('CategoryCode', settlement)],
  ['BR-48+BR-CO-17+BR-S-08', element('RateApplicablePercent', settlement)],
  ['BR-49', element('TypeCode', 'SpecifiedTradeSettlementPaymentMeans>')],
  ['BR-61', element('PayeePartyCreditorFinancialAccount')],
  ['BR-CO-04+BR-S-08', element('ApplicableTradeTax', 'SpecifiedLineTradeSettlement>')],
  ['BR-CO-09', /(?<=schemeID="VA">)[A-Z]{2}/, 'ZZ'],
  ['BR-CO-14+BR-CO-15', /(?<=<ram:TaxTotalAmount[^>]*>)\d/, '8'],
  ['BR-CO-15', element('TaxTotalAmount')],
  ['BR-CO-15+BR-CO-16', /(?<=<ram:GrandTotalAmount>)\d/, '8'],
  ['BR-CO-16', /(?<=<ram:DuePayableAmount>)\d/, '9'],
  ['BR-CO-18+BR-S-01', element('ApplicableTradeTax', settlement)],
  ['BR-S-02', element('SpecifiedTaxRegistration', seller)],
  ['BR-DEC-14', /(?<=<ram:GrandTotalAmount>[^<]*)(?=<)/, '0'],
  ['BR-CL-01', /(?<=<ram:TypeCode>)380/, '999'],
  ['BR-CL-04+BR-CO-15', /(?<=InvoiceCurrencyCode>)\w+/, 'EUX'],
  ['BR-CL-14', /(?<=CountryID>)\w\w/, 'XX'],
  ['BR-CL-18+BR-S-08', /(?<=CategoryCode>)S/, 'Q'],
  ['BR-CL-23', /unitCode="\w+"/, 'unitCode="ZZZZ"'],
])('%s', (rules, find, put = '') => {
  const broken = right.replace(find, put);
  expect(broken).not.toBe(right);
  expect(rulesOf(broken)).toBe(rules);
});
