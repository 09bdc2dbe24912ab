import type { XmlElement } from './element.ts';

/** What the two editions of the Cross Industry Invoice call the same elements. */
export interface CiiNames {
  readonly syntax: 'cii' | 'zugferd-1';
  readonly context: string;
  readonly document: string;
  readonly transaction: string;
  readonly agreement: string;
  readonly delivery: string;
  readonly settlement: string;
  readonly sums: string;
  readonly line: string;
  readonly lineAgreement: string;
  readonly lineDelivery: string;
  readonly lineSettlement: string;
  readonly lineSums: string;
  readonly referenceId: string;
  readonly rate: string;
  readonly rounding: string;
  readonly exchange: string;
}

export function namesOf(root: XmlElement): CiiNames {
  return root.name === 'CrossIndustryDocument' ? ZUGFERD_1 : D16B;
}

const D16B: CiiNames = {
  syntax: 'cii',
  context: 'ExchangedDocumentContext',
  document: 'ExchangedDocument',
  transaction: 'SupplyChainTradeTransaction',
  agreement: 'ApplicableHeaderTradeAgreement',
  delivery: 'ApplicableHeaderTradeDelivery',
  settlement: 'ApplicableHeaderTradeSettlement',
  sums: 'SpecifiedTradeSettlementHeaderMonetarySummation',
  line: 'IncludedSupplyChainTradeLineItem',
  lineAgreement: 'SpecifiedLineTradeAgreement',
  lineDelivery: 'SpecifiedLineTradeDelivery',
  lineSettlement: 'SpecifiedLineTradeSettlement',
  lineSums: 'SpecifiedTradeSettlementLineMonetarySummation',
  referenceId: 'IssuerAssignedID',
  rate: 'RateApplicablePercent',
  rounding: 'RoundingAmount',
  exchange: 'TaxApplicableTradeCurrencyExchange',
};

const ZUGFERD_1: CiiNames = {
  syntax: 'zugferd-1',
  context: 'SpecifiedExchangedDocumentContext',
  document: 'HeaderExchangedDocument',
  transaction: 'SpecifiedSupplyChainTradeTransaction',
  agreement: 'ApplicableSupplyChainTradeAgreement',
  delivery: 'ApplicableSupplyChainTradeDelivery',
  settlement: 'ApplicableSupplyChainTradeSettlement',
  sums: 'SpecifiedTradeSettlementMonetarySummation',
  line: 'IncludedSupplyChainTradeLineItem',
  lineAgreement: 'SpecifiedSupplyChainTradeAgreement',
  lineDelivery: 'SpecifiedSupplyChainTradeDelivery',
  lineSettlement: 'SpecifiedSupplyChainTradeSettlement',
  lineSums: 'SpecifiedTradeSettlementMonetarySummation',
  referenceId: 'ID',
  rate: 'ApplicablePercent',
  rounding: 'RoundingAmount',
  exchange: 'InvoiceApplicableTradeCurrencyExchange',
};
