import type {
  Address,
  AllowanceOrCharge,
  Amount,
  Delivery,
  Identifier,
  Line,
  Party,
  PaymentInstruction,
  Period,
  SemanticInvoice,
  SupportingDocument,
  TaxBreakdown,
  TaxCategoryTerm,
  Totals,
} from '../en16931/model.ts';
import { profileOf } from '../en16931/profile.ts';
import type { Finding } from '../extraction.ts';
import { type CiiNames, namesOf } from './cii-names.ts';
import { CII_STRUCTURE } from './cii-structure.ts';
import { childOf, childrenOf, textAt, type XmlElement } from './element.ts';
import { checkStructure } from './structure.ts';
import { createTermReader, type TermReader } from './terms.ts';

/**
 * Reads UN/CEFACT's Cross Industry Invoice into the terms of EN 16931, by the binding of CEN/TS 16931-3-3: D16B as
 * Factur-X, ZUGFeRD 2 and XRechnung use it, and the earlier document of ZUGFeRD 1, which has other names for the same.
 */
export function readCii(root: XmlElement): { invoice: SemanticInvoice; findings: Finding[] } {
  const names = namesOf(root);
  const terms = createTermReader('CII-XSD');
  const context = childOf(root, names.context);
  const document = childOf(root, names.document);
  const transaction = childOf(root, names.transaction);
  const agreement = childOf(transaction, names.agreement);
  const delivery = childOf(transaction, names.delivery);
  const settlement = childOf(transaction, names.settlement);
  const currency = textAt(settlement, 'InvoiceCurrencyCode');
  const references = childrenOf(agreement, 'AdditionalReferencedDocument');
  const ofType = (code: string) => references.find((each) => textAt(each, 'TypeCode') === code);
  const charges = childrenOf(settlement, 'SpecifiedTradeAllowanceCharge');
  const conditions = childrenOf(settlement, 'SpecifiedTradePaymentTerms');
  const taxes = childrenOf(settlement, 'ApplicableTradeTax');
  const exchange = childrenOf(settlement, names.exchange);
  const id = names.referenceId;
  const invoice: SemanticInvoice = {
    syntax: names.syntax,
    root: 'invoice',
    process: textAt(context, 'BusinessProcessSpecifiedDocumentContextParameter', 'ID'),
    specification: textAt(context, 'GuidelineSpecifiedDocumentContextParameter', 'ID'),
    number: textAt(document, 'ID'),
    issueDate: terms.date('issueDate', document, 'IssueDateTime', 'DateTimeString'),
    typeCode: textAt(document, 'TypeCode'),
    currency,
    taxCurrency: textAt(settlement, 'TaxCurrencyCode'),
    taxPointDate: firstOf(taxes, (each) => terms.date('supplyDate', each, 'TaxPointDate', 'DateString')),
    taxPointCode: firstOf(taxes, (each) => textAt(each, 'DueDateTypeCode')),
    dueDate: firstOf(conditions, (each) => terms.date('dueDate', each, 'DueDateDateTime', 'DateTimeString')),
    buyerReference: textAt(agreement, 'BuyerReference'),
    projectReference: textAt(agreement, 'SpecifiedProcuringProject', 'ID'),
    contractReference: textAt(agreement, 'ContractReferencedDocument', id),
    orderReference: textAt(agreement, 'BuyerOrderReferencedDocument', id),
    salesOrderReference: textAt(agreement, 'SellerOrderReferencedDocument', id),
    receivingAdvice: textAt(delivery, 'ReceivingAdviceReferencedDocument', id),
    despatchAdvice: textAt(delivery, 'DespatchAdviceReferencedDocument', id),
    tender: textAt(ofType('50'), id),
    invoicedObject: objectOf(ofType('130'), id),
    buyerAccounting: textAt(settlement, 'ReceivableSpecifiedTradeAccountingAccount', 'ID'),
    paymentTerms: firstOf(conditions, (each) => textAt(each, 'Description')),
    notes: childrenOf(document, 'IncludedNote').map((each) => ({
      subject: textAt(each, 'SubjectCode'),
      text: textAt(each, 'Content'),
    })),
    preceding: childrenOf(settlement, 'InvoiceReferencedDocument').map((each) => ({
      number: textAt(each, id),
      date: terms.date('originalInvoiceNumber', each, 'FormattedIssueDateTime', 'DateTimeString'),
    })),
    seller: partyOf(childOf(agreement, 'SellerTradeParty'), terms),
    buyer: partyOf(childOf(agreement, 'BuyerTradeParty'), terms),
    payee: payeeOf(childOf(settlement, 'PayeeTradeParty'), terms),
    taxRepresentative: representativeOf(childOf(agreement, 'SellerTaxRepresentativeTradeParty')),
    delivery: deliveryOf(delivery, terms),
    period: periodOf(childOf(settlement, 'BillingSpecifiedPeriod'), 'supplyDate', terms),
    payment: instructionsOf(settlement, conditions),
    remittance: textAt(settlement, 'PaymentReference'),
    allowances: only(charges, 'false').map((each) => allowanceOf(each, 'totals.discount', names, terms)),
    charges: [
      ...only(charges, 'true').map((each) => allowanceOf(each, 'totals.charges', names, terms)),
      ...childrenOf(settlement, 'SpecifiedLogisticsServiceCharge').map((each) => logisticsOf(each, names, terms)),
    ],
    totals: totalsOf(settlement, currency, names, terms),
    breakdown: taxes.map((each, index) => breakdownOf(each, index, names, terms)),
    supportingDocuments: references.filter((each) => supports(each)).map((each) => supportingOf(each, id)),
    lines: childrenOf(transaction, names.line)
      .filter((each) => isSold(each, names))
      .map((each, index) => lineOf(each, index, names, terms)),
    exchangeRate: firstOf(exchange, (each) => terms.number('exchangeRate', each, 'ConversionRate')),
  };
  // The extended profiles and ZUGFeRD 1 have room for what the standard has not.
  const strict = names.syntax === 'cii' && profileOf(invoice) !== 'extended';
  return { invoice, findings: [...terms.findings, ...(strict ? checkStructure(root, CII_STRUCTURE) : [])] };
}

function firstOf<T>(elements: readonly XmlElement[], read: (element: XmlElement) => T | null): T | null {
  for (const element of elements) {
    const value = read(element);
    if (value !== null) return value;
  }
  return null;
}

function objectOf(element: XmlElement | undefined, id: string): Identifier | null {
  const value = textAt(element, id);
  return value === null ? null : { value, scheme: textAt(element, 'ReferenceTypeCode') };
}

function partyOf(element: XmlElement | undefined, terms: TermReader): Party | null {
  if (element === undefined) return null;
  const legal = childOf(element, 'SpecifiedLegalOrganization');
  const contact = childOf(element, 'DefinedTradeContact');
  return {
    name: textAt(element, 'Name'),
    tradingName: textAt(legal, 'TradingBusinessName'),
    identifiers: [...childrenOf(element, 'ID'), ...childrenOf(element, 'GlobalID')]
      .filter((each) => each.text !== '')
      .map((each) => ({ value: each.text, scheme: each.attributes.schemeID ?? null })),
    legalId: terms.identifier(legal, 'ID'),
    vatId: registrationOf(element, 'VA'),
    taxId: registrationOf(element, 'FC'),
    legalForm: textAt(element, 'Description'),
    electronicAddress: terms.identifier(element, 'URIUniversalCommunication', 'URIID'),
    address: addressOf(childOf(element, 'PostalTradeAddress')),
    contact:
      contact === undefined
        ? null
        : {
            name: textAt(contact, 'PersonName') ?? textAt(contact, 'DepartmentName'),
            phone: textAt(contact, 'TelephoneUniversalCommunication', 'CompleteNumber'),
            email: textAt(contact, 'EmailURIUniversalCommunication', 'URIID'),
          },
  };
}

function registrationOf(element: XmlElement, scheme: 'VA' | 'FC'): string | null {
  const ids = childrenOf(element, 'SpecifiedTaxRegistration', 'ID');
  return textAt(ids.find((each) => each.attributes.schemeID === scheme && each.text !== ''));
}

function addressOf(element: XmlElement | undefined): Address | null {
  if (element === undefined) return null;
  return {
    line1: textAt(element, 'LineOne'),
    line2: textAt(element, 'LineTwo'),
    line3: textAt(element, 'LineThree'),
    city: textAt(element, 'CityName'),
    postalCode: textAt(element, 'PostcodeCode'),
    region: textAt(element, 'CountrySubDivisionName'),
    country: textAt(element, 'CountryID'),
  };
}

function payeeOf(element: XmlElement | undefined, terms: TermReader) {
  if (element === undefined) return null;
  return {
    name: textAt(element, 'Name'),
    identifier: terms.identifier(element, 'ID') ?? terms.identifier(element, 'GlobalID'),
    legalId: terms.identifier(element, 'SpecifiedLegalOrganization', 'ID'),
  };
}

function representativeOf(element: XmlElement | undefined) {
  if (element === undefined) return null;
  return {
    name: textAt(element, 'Name'),
    vatId: registrationOf(element, 'VA'),
    address: addressOf(childOf(element, 'PostalTradeAddress')),
  };
}

function deliveryOf(element: XmlElement | undefined, terms: TermReader): Delivery | null {
  const place = childOf(element, 'ShipToTradeParty');
  const event = childOf(element, 'ActualDeliverySupplyChainEvent');
  if (place === undefined && event === undefined) return null;
  return {
    name: textAt(place, 'Name'),
    location: terms.identifier(place, 'ID') ?? terms.identifier(place, 'GlobalID'),
    date: terms.date('supplyDate', event, 'OccurrenceDateTime', 'DateTimeString'),
    address: addressOf(childOf(place, 'PostalTradeAddress')),
  };
}

function periodOf(element: XmlElement | undefined, place: string, terms: TermReader): Period | null {
  if (element === undefined) return null;
  return {
    start: terms.date(place, element, 'StartDateTime', 'DateTimeString'),
    end: terms.date(place, element, 'EndDateTime', 'DateTimeString'),
  };
}

const DIRECT_DEBIT = ['49', '59'];

function instructionsOf(settlement: XmlElement | undefined, conditions: readonly XmlElement[]): PaymentInstruction[] {
  const mandate = firstOf(conditions, (each) => textAt(each, 'DirectDebitMandateID'));
  const creditor = textAt(settlement, 'CreditorReferenceID');
  return childrenOf(settlement, 'SpecifiedTradeSettlementPaymentMeans').map((element) => {
    const account = childOf(element, 'PayeePartyCreditorFinancialAccount');
    const bank = childOf(element, 'PayeeSpecifiedCreditorFinancialInstitution');
    const card = childOf(element, 'ApplicableTradeSettlementFinancialCard');
    const debited = textAt(element, 'PayerPartyDebtorFinancialAccount', 'IBANID');
    const means = textAt(element, 'TypeCode');
    const debit = debited !== null || (DIRECT_DEBIT.includes(means ?? '') && (mandate !== null || creditor !== null));
    return {
      means,
      meansText: textAt(element, 'Information'),
      transfers:
        account === undefined
          ? []
          : [
              {
                account: textAt(account, 'IBANID') ?? textAt(account, 'ProprietaryID'),
                name: textAt(account, 'AccountName'),
                bic: textAt(bank, 'BICID'),
                bankName: textAt(bank, 'Name'),
              },
            ],
      card: card === undefined ? null : { number: textAt(card, 'ID'), holder: textAt(card, 'CardholderName') },
      directDebit: debit ? { mandate, creditor, debitedAccount: debited } : null,
    };
  });
}

function only(elements: readonly XmlElement[], indicator: 'true' | 'false'): XmlElement[] {
  const digit = indicator === 'true' ? '1' : '0';
  return elements.filter((each) => [indicator, digit].includes(textAt(each, 'ChargeIndicator', 'Indicator') ?? ''));
}

function allowanceOf(element: XmlElement, place: string, names: CiiNames, terms: TermReader): AllowanceOrCharge {
  return {
    amount: terms.amount(place, element, 'ActualAmount'),
    base: terms.amount(place, element, 'BasisAmount'),
    percent: terms.number(place, element, 'CalculationPercent'),
    reason: textAt(element, 'Reason'),
    reasonCode: textAt(element, 'ReasonCode'),
    tax: categoryOf(childOf(element, 'CategoryTradeTax'), place, names, terms),
  };
}

/** Freight and packing of the extended profiles: a charge by another name. */
function logisticsOf(element: XmlElement, names: CiiNames, terms: TermReader): AllowanceOrCharge {
  return {
    amount: terms.amount('totals.charges', element, 'AppliedAmount'),
    base: null,
    percent: null,
    reason: textAt(element, 'Description'),
    reasonCode: null,
    tax: categoryOf(childOf(element, 'AppliedTradeTax'), 'totals.charges', names, terms),
  };
}

function categoryOf(
  element: XmlElement | undefined,
  place: string,
  names: CiiNames,
  terms: TermReader,
): TaxCategoryTerm | null {
  if (element === undefined) return null;
  return {
    vat: isVat(element),
    category: textAt(element, 'CategoryCode'),
    rate: terms.number(place, element, names.rate),
  };
}

function totalsOf(
  settlement: XmlElement | undefined,
  currency: string | null,
  names: CiiNames,
  terms: TermReader,
): Totals {
  const sums = childOf(settlement, names.sums);
  const taxCurrency = textAt(settlement, 'TaxCurrencyCode');
  const taxTotals = childrenOf(sums, 'TaxTotalAmount');
  const own = taxTotals.filter((each) => (each.attributes.currencyID ?? currency) === currency);
  const foreign = taxTotals.find((each) => taxCurrency !== null && each.attributes.currencyID === taxCurrency);
  const sum = (place: string, name: string): Amount | null => terms.amount(place, sums, name);
  return {
    lines: sum('totals.net', 'LineTotalAmount'),
    allowances: sum('totals.discount', 'AllowanceTotalAmount'),
    charges: sum('totals.charges', 'ChargeTotalAmount'),
    net: sum('totals.net', 'TaxBasisTotalAmount'),
    tax: terms.amount('totals.tax', own[0]),
    taxInTaxCurrency: terms.amount('totals.tax', foreign),
    gross: sum('totals.gross', 'GrandTotalAmount'),
    prepaid: sum('totals.prepaid', 'TotalPrepaidAmount'),
    rounding: sum('totals.rounding', names.rounding),
    payable: sum('totals.payable', 'DuePayableAmount'),
    thirdParty: null,
    taxTotals: own.length,
  };
}

function breakdownOf(element: XmlElement, index: number, names: CiiNames, terms: TermReader): TaxBreakdown {
  const place = `taxes[${index}]`;
  return {
    vat: isVat(element),
    taxable: terms.amount(`${place}.taxableAmount`, element, 'BasisAmount'),
    tax: terms.amount(`${place}.taxAmount`, element, 'CalculatedAmount'),
    category: textAt(element, 'CategoryCode'),
    rate: terms.number(`${place}.rate`, element, names.rate),
    exemptionReason: textAt(element, 'ExemptionReason'),
    exemptionCode: textAt(element, 'ExemptionReasonCode'),
  };
}

/** BG-24 is every additional reference but the tender's lot and the invoiced object. */
function supports(element: XmlElement): boolean {
  return !['130', '50'].includes(textAt(element, 'TypeCode') ?? '');
}

function supportingOf(element: XmlElement, id: string): SupportingDocument {
  const file = childOf(element, 'AttachmentBinaryObject');
  return {
    reference: textAt(element, id),
    description: textAt(element, 'Name'),
    location: textAt(element, 'URIID'),
    attachment:
      file === undefined
        ? null
        : { mime: file.attributes.mimeCode ?? null, fileName: file.attributes.filename ?? null },
  };
}

/** Lines of the extended profiles may only group or explain others; their amounts would be counted twice. */
function isSold(element: XmlElement, names: CiiNames): boolean {
  const head = childOf(element, 'AssociatedDocumentLineDocument');
  if (['GROUP', 'INFORMATION'].includes(textAt(head, 'LineStatusReasonCode') ?? '')) return false;
  const bare =
    childOf(element, names.lineSettlement) === undefined && childOf(element, 'SpecifiedTradeProduct') === undefined;
  return !(names.syntax === 'zugferd-1' && bare);
}

function lineOf(element: XmlElement, index: number, names: CiiNames, terms: TermReader): Line {
  const place = `lineItems[${index}]`;
  const head = childOf(element, 'AssociatedDocumentLineDocument');
  const product = childOf(element, 'SpecifiedTradeProduct');
  const agreement = childOf(element, names.lineAgreement);
  const settlement = childOf(element, names.lineSettlement);
  const quantity = childOf(element, names.lineDelivery, 'BilledQuantity');
  const gross = childOf(agreement, 'GrossPriceProductTradePrice');
  const net = childOf(agreement, 'NetPriceProductTradePrice');
  const discount =
    only(childrenOf(gross, 'AppliedTradeAllowanceCharge'), 'false')[0] ?? childOf(gross, 'AppliedTradeAllowanceCharge');
  const charges = childrenOf(settlement, 'SpecifiedTradeAllowanceCharge');
  const base = childOf(net, 'BasisQuantity') ?? childOf(gross, 'BasisQuantity');
  const object = childrenOf(settlement, 'AdditionalReferencedDocument').find(
    (each) => textAt(each, 'TypeCode') === '130',
  );
  return {
    id: textAt(head, 'LineID'),
    note: textAt(head, 'IncludedNote', 'Content'),
    invoicedObject: objectOf(object, names.referenceId),
    quantity: terms.number(`${place}.quantity`, quantity),
    unit: quantity?.attributes.unitCode ?? null,
    unitText: null,
    net: terms.amount(`${place}.netAmount`, settlement, names.lineSums, 'LineTotalAmount'),
    orderLine: textAt(agreement, 'BuyerOrderReferencedDocument', 'LineID'),
    buyerAccounting: textAt(settlement, 'ReceivableSpecifiedTradeAccountingAccount', 'ID'),
    period: periodOf(childOf(settlement, 'BillingSpecifiedPeriod'), place, terms),
    allowances: only(charges, 'false').map((each) => allowanceOf(each, `${place}.discountAmount`, names, terms)),
    charges: only(charges, 'true').map((each) => allowanceOf(each, `${place}.discountAmount`, names, terms)),
    price: {
      net: terms.amount(`${place}.unitPrice`, net, 'ChargeAmount'),
      discount: terms.amount(`${place}.unitPrice`, discount, 'ActualAmount'),
      gross: terms.amount(`${place}.unitPrice`, gross, 'ChargeAmount'),
      baseQuantity: terms.number(`${place}.unitPrice`, base),
      baseUnit: base?.attributes.unitCode ?? null,
    },
    tax: categoryOf(childOf(settlement, 'ApplicableTradeTax'), `${place}.taxRate`, names, terms),
    item: {
      name: textAt(product, 'Name'),
      description: textAt(product, 'Description'),
      sellerId: textAt(product, 'SellerAssignedID'),
      buyerId: textAt(product, 'BuyerAssignedID'),
      standardId: terms.identifier(product, 'GlobalID'),
      classifications: childrenOf(product, 'DesignatedProductClassification', 'ClassCode')
        .filter((each) => each.text !== '')
        .map((each) => ({ value: each.text, scheme: each.attributes.listID ?? null })),
      origin: textAt(product, 'OriginTradeCountry', 'ID'),
      attributes: childrenOf(product, 'ApplicableProductCharacteristic').map((each) => ({
        name: textAt(each, 'Description'),
        value: textAt(each, 'Value'),
      })),
    },
  };
}

function isVat(element: XmlElement): boolean {
  return textAt(element, 'TypeCode')?.toUpperCase() === 'VAT';
}
