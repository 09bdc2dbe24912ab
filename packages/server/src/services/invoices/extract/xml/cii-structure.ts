import { childOf, textAt, type XmlElement } from './element.ts';
import { at, atMostOnce, demand, differentTexts, type StructureRule } from './structure.ts';

const AGREEMENT = 'SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement';
const SETTLEMENT = 'SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement';
const SUMS = `${SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation`;
const LINE = 'SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem';
const MEANS = `${SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans`;

/** CII-SR and CII-DT: what CII can write and EN 16931 has no place for, as far as it would change what is read. */
export const CII_STRUCTURE: readonly StructureRule[] = [
  demand(
    'CII-SR-009',
    'document.profile',
    'One specification is named (BT-24).',
    (root) => at(root, 'ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter').length === 1,
  ),
  demand(
    'CII-SR-014',
    'documentType',
    'The document has one type (BT-3).',
    (root) => at(root, 'ExchangedDocument/TypeCode').length === 1,
  ),
  demand('CII-SR-046', 'lineItems', "An item's global identifier has a scheme (BT-157).", (root) =>
    at(root, `${LINE}/SpecifiedTradeProduct/GlobalID`).every((id) => id.attributes.schemeID !== undefined),
  ),
  atMostOnce(
    'CII-SR-439',
    'lineItems',
    'A line has one net price (BT-146).',
    LINE,
    'SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount',
  ),
  demand('CII-SR-440', 'lineItems', 'A price has one discount at most (BT-147).', (root) =>
    at(root, `${LINE}/SpecifiedLineTradeAgreement/GrossPriceProductTradePrice/AppliedTradeAllowanceCharge`).every(
      (each) => at(each, 'ActualAmount').length <= 1,
    ),
  ),
  atMostOnce(
    'CII-SR-455',
    'seller',
    'The seller names one contact at most (BG-6).',
    AGREEMENT,
    'SellerTradeParty/DefinedTradeContact',
  ),
  atMostOnce(
    'CII-SR-456',
    'buyer',
    'The buyer names one contact at most (BG-9).',
    AGREEMENT,
    'BuyerTradeParty/DefinedTradeContact',
  ),
  atMostOnce(
    'CII-SR-459',
    'seller',
    'The seller has one electronic address at most (BT-34).',
    AGREEMENT,
    'SellerTradeParty/URIUniversalCommunication',
  ),
  atMostOnce(
    'CII-SR-460',
    'buyer',
    'The buyer has one electronic address at most (BT-49).',
    AGREEMENT,
    'BuyerTradeParty/URIUniversalCommunication',
  ),
  demand(
    'CII-SR-461',
    'supplyDate',
    'There is one day on which VAT falls due at most (BT-7).',
    (root) => differentTexts(root, `${SETTLEMENT}/ApplicableTradeTax/TaxPointDate/DateString`) <= 1,
  ),
  demand(
    'CII-SR-462',
    'supplyDate',
    'There is one code of the day on which VAT falls due at most (BT-8).',
    (root) => differentTexts(root, `${SETTLEMENT}/ApplicableTradeTax/DueDateTypeCode`) <= 1,
  ),
  demand('CII-SR-463', 'totals', 'An allowance or charge says which of the two it is.', (root) =>
    reductions(root).every((each) => childOf(each, 'ChargeIndicator') !== undefined),
  ),
  demand(
    'CII-SR-467',
    'payment.method',
    'All means of payment are of one kind (BT-81).',
    (root) => differentTexts(root, `${MEANS}/TypeCode`) <= 1,
  ),
  demand(
    'CII-SR-468',
    'payment.method',
    'The means of payment is in words once at most (BT-82).',
    (root) => differentTexts(root, `${MEANS}/Information`) <= 1,
  ),
  atMostOnce(
    'CII-SR-469',
    'payment.reference',
    'There is one payment reference at most (BT-83).',
    SETTLEMENT,
    'PaymentReference',
  ),
  demand('CII-SR-472', 'totals', 'An allowance or charge has one tax category at most.', (root) =>
    reductions(root).every((each) => at(each, 'CategoryTradeTax').length <= 1),
  ),
  demand('CII-SR-473', 'totals', 'An allowance or charge has one amount.', (root) =>
    reductions(root).every((each) => at(each, 'ActualAmount').length <= 1),
  ),
  atMostOnce('CII-SR-477', 'totals.net', 'The sum of the lines stands once (BT-106).', SUMS, 'LineTotalAmount'),
  atMostOnce('CII-SR-478', 'totals.charges', 'The total of charges stands once (BT-108).', SUMS, 'ChargeTotalAmount'),
  atMostOnce(
    'CII-SR-479',
    'totals.discount',
    'The total of allowances stands once (BT-107).',
    SUMS,
    'AllowanceTotalAmount',
  ),
  atMostOnce('CII-SR-480', 'totals.net', 'The total without VAT stands once (BT-109).', SUMS, 'TaxBasisTotalAmount'),
  atMostOnce('CII-SR-481', 'totals.rounding', 'The rounding stands once (BT-114).', SUMS, 'RoundingAmount'),
  atMostOnce('CII-SR-482', 'totals.gross', 'The total with VAT stands once (BT-112).', SUMS, 'GrandTotalAmount'),
  atMostOnce('CII-SR-484', 'totals.prepaid', 'The paid amount stands once (BT-113).', SUMS, 'TotalPrepaidAmount'),
  atMostOnce('CII-SR-487', 'totals.payable', 'The amount due stands once (BT-115).', SUMS, 'DuePayableAmount'),
  demand('CII-DT-097', 'issueDate', 'Dates have the form YYYYMMDD and say so (format 102).', (root) =>
    at(root, 'ExchangedDocument/IssueDateTime/DateTimeString').every(
      (date) => date.attributes.format === '102' && /^\d{8}$/.test(textAt(date) ?? ''),
    ),
  ),
];

function reductions(root: XmlElement): XmlElement[] {
  return [
    ...at(root, `${SETTLEMENT}/SpecifiedTradeAllowanceCharge`),
    ...at(root, `${LINE}/SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge`),
  ];
}
