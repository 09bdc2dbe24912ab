import type { InvoiceTruth, TruthParty } from './invoice-truth.ts';
import { tag, words } from './markup.ts';
import { CII_NAMESPACES, writeCii } from './write-cii.ts';

/** The profiles of Factur-X and ZUGFeRD 2, from those that are no invoice of EN 16931 to those beyond it. */
export const facturXProfiles = {
  minimum: 'urn:factur-x.eu:1p0:minimum',
  basicwl: 'urn:factur-x.eu:1p0:basicwl',
  basic: 'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
  en16931: 'urn:cen.eu:en16931:2017',
  extended: 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
} as const;

export type FacturXProfile = keyof typeof facturXProfiles;

/** Writes what a profile has a place for: MINIMUM knows the sums alone, BASIC WL no lines. */
export function writeFacturX(truth: InvoiceTruth, profile: FacturXProfile, specification?: string): string {
  const named = specification ?? facturXProfiles[profile];
  if (profile === 'minimum') return writeMinimum(truth, named);
  return writeCii(profile === 'basicwl' ? { ...truth, lines: [] } : truth, named);
}

function writeMinimum(truth: InvoiceTruth, specification: string): string {
  const { totals } = truth;
  const body = [
    tag(
      'rsm:ExchangedDocumentContext',
      tag('ram:GuidelineSpecifiedDocumentContextParameter', tag('ram:ID', specification)),
    ),
    tag(
      'rsm:ExchangedDocument',
      tag('ram:ID', words(truth.number)),
      tag('ram:TypeCode', truth.documentType === 'credit_note' ? '381' : '380'),
      tag('ram:IssueDateTime', tag('udt:DateTimeString format="102"', truth.issueDate.replaceAll('-', ''))),
    ),
    tag(
      'rsm:SupplyChainTradeTransaction',
      tag(
        'ram:ApplicableHeaderTradeAgreement',
        tag('ram:SellerTradeParty', partyOf(truth.seller), addressOf(truth.seller), numbersOf(truth.seller)),
        tag('ram:BuyerTradeParty', partyOf(truth.buyer)),
        tag('ram:BuyerOrderReferencedDocument', tag('ram:IssuerAssignedID', words(truth.orderNumber))),
      ),
      '<ram:ApplicableHeaderTradeDelivery/>',
      tag(
        'ram:ApplicableHeaderTradeSettlement',
        tag('ram:InvoiceCurrencyCode', truth.currency),
        tag(
          'ram:SpecifiedTradeSettlementHeaderMonetarySummation',
          tag('ram:TaxBasisTotalAmount', totals.net),
          tag(`ram:TaxTotalAmount currencyID="${truth.currency}"`, totals.tax),
          tag('ram:GrandTotalAmount', totals.gross),
          tag('ram:DuePayableAmount', totals.payable),
        ),
      ),
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag(`rsm:CrossIndustryInvoice ${CII_NAMESPACES}`, body)}`;
}

function partyOf(party: TruthParty): string[] {
  return [
    tag('ram:Name', words(party.name)),
    tag('ram:SpecifiedLegalOrganization', tag('ram:ID', words(party.companyCode))),
  ];
}

function addressOf(party: TruthParty): string {
  return tag('ram:PostalTradeAddress', tag('ram:CountryID', party.country));
}

function numbersOf(party: TruthParty): string[] {
  return [
    tag('ram:SpecifiedTaxRegistration', tag('ram:ID schemeID="FC"', words(party.taxCode))),
    tag('ram:SpecifiedTaxRegistration', tag('ram:ID schemeID="VA"', party.vatCode)),
  ];
}
