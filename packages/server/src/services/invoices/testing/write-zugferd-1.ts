import type { InvoiceTruth, TruthParty } from './invoice-truth.ts';
import { writeCii } from './write-cii.ts';

/** Writes an invoice as ZUGFeRD 1 did before there was a standard: other names, and a currency on every amount. */
export function writeZugferd1(
  truth: InvoiceTruth,
  profile = 'urn:ferd:CrossIndustryDocument:invoice:1p0:extended',
): string {
  const renamed = writeCii({ ...truth, seller: unregistered(truth.seller), buyer: unregistered(truth.buyer) }, profile)
    .replace(/<rsm:CrossIndustryInvoice [^>]*>/, `<rsm:CrossIndustryDocument ${NAMESPACES}>`)
    .replace(/<(\/?)(rsm|ram):(\w+)/g, (whole, slash: string, prefix: string, name: string) =>
      NAMES[name] === undefined ? whole : `<${slash}${prefix}:${NAMES[name]}`,
    )
    .replace(/<ram:(\w*Amount)>/g, `<ram:$1 currencyID="${truth.currency}">`);
  // Lines stand at the end there.
  const line = /<ram:IncludedSupplyChainTradeLineItem>.*?<\/ram:IncludedSupplyChainTradeLineItem>/gs;
  const lines = renamed.match(line) ?? [];
  return renamed.replace(line, '').replace('</rsm:SpecifiedSupplyChainTradeTransaction>', `${lines.join('')}$&`);
}

/** It has no place for a party's number in a register. */
function unregistered(party: TruthParty): TruthParty {
  return { ...party, companyCode: null };
}

const NAMESPACES =
  'xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"' +
  ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"' +
  ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15"';

const NAMES: Readonly<Record<string, string>> = {
  CrossIndustryInvoice: 'CrossIndustryDocument',
  ExchangedDocumentContext: 'SpecifiedExchangedDocumentContext',
  ExchangedDocument: 'HeaderExchangedDocument',
  SupplyChainTradeTransaction: 'SpecifiedSupplyChainTradeTransaction',
  ApplicableHeaderTradeAgreement: 'ApplicableSupplyChainTradeAgreement',
  ApplicableHeaderTradeDelivery: 'ApplicableSupplyChainTradeDelivery',
  ApplicableHeaderTradeSettlement: 'ApplicableSupplyChainTradeSettlement',
  SpecifiedTradeSettlementHeaderMonetarySummation: 'SpecifiedTradeSettlementMonetarySummation',
  SpecifiedTradeSettlementLineMonetarySummation: 'SpecifiedTradeSettlementMonetarySummation',
  SpecifiedLineTradeAgreement: 'SpecifiedSupplyChainTradeAgreement',
  SpecifiedLineTradeDelivery: 'SpecifiedSupplyChainTradeDelivery',
  SpecifiedLineTradeSettlement: 'SpecifiedSupplyChainTradeSettlement',
  RateApplicablePercent: 'ApplicablePercent',
  IssuerAssignedID: 'ID',
};
