import type {
  Address,
  AllowanceOrCharge,
  Delivery,
  Identifier,
  Line,
  Note,
  Party,
  PaymentInstruction,
  Period,
  SemanticInvoice,
  SupportingDocument,
  TaxBreakdown,
  TaxCategoryTerm,
  Totals,
} from '../en16931/model.ts';
import { type Numeric, sumOf } from '../en16931/number.ts';
import type { Finding } from '../extraction.ts';
import { childOf, childrenOf, textAt, type XmlElement } from './element.ts';
import { checkStructure } from './structure.ts';
import { createTermReader, type TermReader } from './terms.ts';
import { UBL_STRUCTURE } from './ubl-structure.ts';

/** Reads a UBL 2.1 Invoice or CreditNote into the terms of EN 16931, by the binding of CEN/TS 16931-3-2. */
export function readUbl(root: XmlElement): { invoice: SemanticInvoice; findings: Finding[] } {
  const terms = createTermReader('UBL-XSD');
  const credit = root.name === 'CreditNote';
  const currency = textAt(root, 'DocumentCurrencyCode');
  const seller = childOf(root, 'AccountingSupplierParty', 'Party');
  const buyer = childOf(root, 'AccountingCustomerParty', 'Party');
  const references = childrenOf(root, 'AdditionalDocumentReference');
  const ofType = (code: string) => references.find((each) => textAt(each, 'DocumentTypeCode') === code);
  const salesOrder = textAt(root, 'OrderReference', 'SalesOrderID');
  const order = textAt(root, 'OrderReference', 'ID');
  const means = childrenOf(root, 'PaymentMeans');
  const allowances = childrenOf(root, 'AllowanceCharge');
  const invoice: SemanticInvoice = {
    syntax: 'ubl',
    root: credit ? 'credit_note' : 'invoice',
    process: textAt(root, 'ProfileID'),
    specification: textAt(root, 'CustomizationID'),
    number: textAt(root, 'ID'),
    issueDate: terms.date('issueDate', root, 'IssueDate'),
    typeCode: textAt(root, credit ? 'CreditNoteTypeCode' : 'InvoiceTypeCode'),
    currency,
    taxCurrency: textAt(root, 'TaxCurrencyCode'),
    taxPointDate: terms.date('supplyDate', root, 'TaxPointDate'),
    taxPointCode: textAt(root, 'InvoicePeriod', 'DescriptionCode'),
    dueDate: terms.date('dueDate', root, 'DueDate') ?? dueOfMeans(means, terms),
    buyerReference: textAt(root, 'BuyerReference'),
    projectReference: textAt(root, 'ProjectReference', 'ID') ?? (credit ? textAt(ofType('50'), 'ID') : null),
    contractReference: textAt(root, 'ContractDocumentReference', 'ID'),
    orderReference: salesOrder !== null && PLACEHOLDERS.has(order?.toUpperCase() ?? '') ? null : order,
    salesOrderReference: salesOrder,
    receivingAdvice: textAt(root, 'ReceiptDocumentReference', 'ID'),
    despatchAdvice: textAt(root, 'DespatchDocumentReference', 'ID'),
    tender: textAt(root, 'OriginatorDocumentReference', 'ID'),
    invoicedObject: terms.identifier(ofType('130'), 'ID'),
    buyerAccounting: textAt(root, 'AccountingCost'),
    paymentTerms: textAt(root, 'PaymentTerms', 'Note'),
    notes: childrenOf(root, 'Note').map(noteOf),
    preceding: childrenOf(root, 'BillingReference').map((each) => ({
      number: textAt(each, 'InvoiceDocumentReference', 'ID'),
      date: terms.date('originalInvoiceNumber', each, 'InvoiceDocumentReference', 'IssueDate'),
    })),
    seller: partyOf(seller, terms),
    buyer: partyOf(buyer, terms),
    payee: payeeOf(childOf(root, 'PayeeParty'), terms),
    taxRepresentative: representativeOf(childOf(root, 'TaxRepresentativeParty')),
    delivery: deliveryOf(childOf(root, 'Delivery'), terms),
    period: periodOf(childOf(root, 'InvoicePeriod'), 'supplyDate', terms),
    payment: means.map((each) => instructionOf(each, creditorOf(root))),
    remittance: means.map((each) => textAt(each, 'PaymentID')).find((each) => each !== null) ?? null,
    allowances: only(allowances, 'false').map((each) => allowanceOf(each, 'totals.discount', terms)),
    charges: only(allowances, 'true').map((each) => allowanceOf(each, 'totals.charges', terms)),
    totals: totalsOf(root, currency, terms),
    breakdown: childrenOf(root, 'TaxTotal', 'TaxSubtotal').map((each, index) => breakdownOf(each, index, terms)),
    supportingDocuments: references.filter(supports).map(supportingOf),
    lines: childrenOf(root, credit ? 'CreditNoteLine' : 'InvoiceLine').map((each, index) =>
      lineOf(each, index, credit, terms),
    ),
    exchangeRate: terms.number('exchangeRate', root, 'TaxExchangeRate', 'CalculationRate'),
  };
  return { invoice, findings: [...terms.findings, ...checkStructure(root, UBL_STRUCTURE)] };
}

/** The schema demands an order's id beside a sales order's; these are written by who has none. */
const PLACEHOLDERS = new Set(['NA', 'N/A', 'DUMMYWERT']);

/** BG-1: the subject stands in the text, between number signs. */
function noteOf(element: XmlElement): Note {
  const coded = /^#([A-Z0-9]{2,3})#\s*(.*)$/s.exec(element.text);
  if (coded !== null) return { subject: coded[1] ?? null, text: coded[2] === '' ? null : (coded[2] ?? null) };
  return { subject: null, text: element.text === '' ? null : element.text };
}

function dueOfMeans(means: readonly XmlElement[], terms: TermReader) {
  const stated = means.find((each) => textAt(each, 'PaymentDueDate') !== null);
  return terms.date('dueDate', stated, 'PaymentDueDate');
}

function partyOf(element: XmlElement | undefined, terms: TermReader): Party | null {
  if (element === undefined) return null;
  const legal = childOf(element, 'PartyLegalEntity');
  const contact = childOf(element, 'Contact');
  const schemes = childrenOf(element, 'PartyTaxScheme');
  const taxId = (vat: boolean) =>
    textAt(
      schemes.find((each) => isVat(each) === vat && textAt(each, 'CompanyID') !== null),
      'CompanyID',
    );
  return {
    name: textAt(legal, 'RegistrationName'),
    tradingName: textAt(element, 'PartyName', 'Name'),
    identifiers: childrenOf(element, 'PartyIdentification', 'ID')
      .filter((each) => each.text !== '' && !isCreditor(each))
      .map((each) => ({ value: each.text, scheme: each.attributes.schemeID ?? null })),
    legalId: terms.identifier(legal, 'CompanyID'),
    vatId: taxId(true),
    taxId: taxId(false),
    legalForm: textAt(legal, 'CompanyLegalForm'),
    electronicAddress: terms.identifier(element, 'EndpointID'),
    address: addressOf(childOf(element, 'PostalAddress')),
    contact:
      contact === undefined
        ? null
        : {
            name: textAt(contact, 'Name'),
            phone: textAt(contact, 'Telephone'),
            email: textAt(contact, 'ElectronicMail'),
          },
  };
}

function addressOf(element: XmlElement | undefined): Address | null {
  if (element === undefined) return null;
  return {
    line1: textAt(element, 'StreetName'),
    line2: textAt(element, 'AdditionalStreetName'),
    line3: textAt(element, 'AddressLine', 'Line'),
    city: textAt(element, 'CityName'),
    postalCode: textAt(element, 'PostalZone'),
    region: textAt(element, 'CountrySubentity'),
    country: textAt(element, 'Country', 'IdentificationCode'),
  };
}

function payeeOf(element: XmlElement | undefined, terms: TermReader) {
  if (element === undefined) return null;
  const own = childrenOf(element, 'PartyIdentification', 'ID').find((each) => each.text !== '' && !isCreditor(each));
  return {
    name: textAt(element, 'PartyName', 'Name'),
    identifier: terms.identifier(own),
    legalId: terms.identifier(element, 'PartyLegalEntity', 'CompanyID'),
  };
}

function representativeOf(element: XmlElement | undefined) {
  if (element === undefined) return null;
  return {
    name: textAt(element, 'PartyName', 'Name'),
    vatId: textAt(childrenOf(element, 'PartyTaxScheme').find(isVat), 'CompanyID'),
    address: addressOf(childOf(element, 'PostalAddress')),
  };
}

function deliveryOf(element: XmlElement | undefined, terms: TermReader): Delivery | null {
  if (element === undefined) return null;
  return {
    name: textAt(element, 'DeliveryParty', 'PartyName', 'Name'),
    location: terms.identifier(element, 'DeliveryLocation', 'ID'),
    date: terms.date('supplyDate', element, 'ActualDeliveryDate'),
    address: addressOf(childOf(element, 'DeliveryLocation', 'Address')),
  };
}

function periodOf(element: XmlElement | undefined, place: string, terms: TermReader): Period | null {
  if (element === undefined) return null;
  const period = { start: terms.date(place, element, 'StartDate'), end: terms.date(place, element, 'EndDate') };
  // A period element may hold nothing but the code of the tax point, BT-8.
  const codeOnly = period.start === null && period.end === null && textAt(element, 'DescriptionCode') !== null;
  return codeOnly ? null : period;
}

/** BT-90 is an identifier of the payee, or else of the seller, under the scheme SEPA. */
function creditorOf(root: XmlElement): string | null {
  const ids = [
    ...childrenOf(root, 'PayeeParty', 'PartyIdentification', 'ID'),
    ...childrenOf(root, 'AccountingSupplierParty', 'Party', 'PartyIdentification', 'ID'),
  ];
  return textAt(ids.find(isCreditor));
}

function instructionOf(element: XmlElement, creditor: string | null): PaymentInstruction {
  const account = childOf(element, 'PayeeFinancialAccount');
  const card = childOf(element, 'CardAccount');
  const mandate = childOf(element, 'PaymentMandate');
  return {
    means: textAt(element, 'PaymentMeansCode'),
    meansText: childOf(element, 'PaymentMeansCode')?.attributes.name ?? null,
    transfers:
      account === undefined
        ? []
        : [
            {
              account: textAt(account, 'ID'),
              name: textAt(account, 'Name'),
              bic: textAt(account, 'FinancialInstitutionBranch', 'ID'),
              bankName: textAt(account, 'FinancialInstitutionBranch', 'Name'),
            },
          ],
    card:
      card === undefined
        ? null
        : { number: textAt(card, 'PrimaryAccountNumberID'), holder: textAt(card, 'HolderName') },
    directDebit:
      mandate === undefined
        ? null
        : {
            mandate: textAt(mandate, 'ID'),
            creditor,
            debitedAccount: textAt(mandate, 'PayerFinancialAccount', 'ID'),
          },
  };
}

function only(elements: readonly XmlElement[], indicator: 'true' | 'false'): XmlElement[] {
  const digit = indicator === 'true' ? '1' : '0';
  return elements.filter((each) => [indicator, digit].includes(textAt(each, 'ChargeIndicator') ?? ''));
}

function allowanceOf(element: XmlElement, place: string, terms: TermReader): AllowanceOrCharge {
  return {
    amount: terms.amount(place, element, 'Amount'),
    base: terms.amount(place, element, 'BaseAmount'),
    percent: terms.number(place, element, 'MultiplierFactorNumeric'),
    reason: textAt(element, 'AllowanceChargeReason'),
    reasonCode: textAt(element, 'AllowanceChargeReasonCode'),
    tax: categoryOf(childOf(element, 'TaxCategory'), place, terms),
  };
}

function categoryOf(element: XmlElement | undefined, place: string, terms: TermReader): TaxCategoryTerm | null {
  if (element === undefined) return null;
  return { vat: isVat(element), category: textAt(element, 'ID'), rate: terms.number(place, element, 'Percent') };
}

function totalsOf(root: XmlElement, currency: string | null, terms: TermReader): Totals {
  const sums = childOf(root, 'LegalMonetaryTotal');
  const taxCurrency = textAt(root, 'TaxCurrencyCode');
  const taxTotals = childrenOf(root, 'TaxTotal');
  const currencyOf = (each: XmlElement) => childOf(each, 'TaxAmount')?.attributes.currencyID ?? null;
  const own = taxTotals.filter((each) => currencyOf(each) === currency || currencyOf(each) === null);
  const foreign = taxTotals.find((each) => taxCurrency !== null && currencyOf(each) === taxCurrency);
  return {
    lines: terms.amount('totals.net', sums, 'LineExtensionAmount'),
    allowances: terms.amount('totals.discount', sums, 'AllowanceTotalAmount'),
    charges: terms.amount('totals.charges', sums, 'ChargeTotalAmount'),
    net: terms.amount('totals.net', sums, 'TaxExclusiveAmount'),
    tax: terms.amount('totals.tax', own[0], 'TaxAmount'),
    taxInTaxCurrency: terms.amount('totals.tax', foreign, 'TaxAmount'),
    gross: terms.amount('totals.gross', sums, 'TaxInclusiveAmount'),
    prepaid: terms.amount('totals.prepaid', sums, 'PrepaidAmount'),
    rounding: terms.amount('totals.rounding', sums, 'PayableRoundingAmount'),
    payable: terms.amount('totals.payable', sums, 'PayableAmount'),
    thirdParty: thirdPartyOf(root, terms),
    taxTotals: own.length,
  };
}

function thirdPartyOf(root: XmlElement, terms: TermReader): Numeric | null {
  const stated = childrenOf(root, 'PrepaidPayment').flatMap(
    (each) => terms.number('totals.payable', each, 'PaidAmount') ?? [],
  );
  if (stated.length === 0) return null;
  const value = sumOf(stated.map((each) => each.value));
  return { text: value.toFixed(), value };
}

function breakdownOf(element: XmlElement, index: number, terms: TermReader): TaxBreakdown {
  const category = childOf(element, 'TaxCategory');
  const place = `taxes[${index}]`;
  return {
    vat: category === undefined || isVat(category),
    taxable: terms.amount(`${place}.taxableAmount`, element, 'TaxableAmount'),
    tax: terms.amount(`${place}.taxAmount`, element, 'TaxAmount'),
    category: textAt(category, 'ID'),
    rate: terms.number(`${place}.rate`, category, 'Percent'),
    exemptionReason: textAt(category, 'TaxExemptionReason'),
    exemptionCode: textAt(category, 'TaxExemptionReasonCode'),
  };
}

/** BG-24 is every additional reference but the invoiced object and a credit note's project. */
function supports(element: XmlElement): boolean {
  return !['130', '50'].includes(textAt(element, 'DocumentTypeCode') ?? '');
}

function supportingOf(element: XmlElement): SupportingDocument {
  const file = childOf(element, 'Attachment', 'EmbeddedDocumentBinaryObject');
  return {
    reference: textAt(element, 'ID'),
    description: textAt(element, 'DocumentDescription'),
    location: textAt(element, 'Attachment', 'ExternalReference', 'URI'),
    attachment:
      file === undefined
        ? null
        : { mime: file.attributes.mimeCode ?? null, fileName: file.attributes.filename ?? null },
  };
}

function lineOf(element: XmlElement, index: number, credit: boolean, terms: TermReader): Line {
  const place = `lineItems[${index}]`;
  const quantity = credit ? 'CreditedQuantity' : 'InvoicedQuantity';
  const item = childOf(element, 'Item');
  const price = childOf(element, 'Price');
  const allowances = childrenOf(element, 'AllowanceCharge');
  const taxes = childrenOf(item, 'ClassifiedTaxCategory');
  const object = childrenOf(element, 'DocumentReference').find((each) =>
    ['130', null].includes(textAt(each, 'DocumentTypeCode')),
  );
  return {
    id: textAt(element, 'ID'),
    note: textAt(element, 'Note'),
    invoicedObject: terms.identifier(object, 'ID'),
    quantity: terms.number(`${place}.quantity`, element, quantity),
    unit: childOf(element, quantity)?.attributes.unitCode ?? null,
    unitText: null,
    net: terms.amount(`${place}.netAmount`, element, 'LineExtensionAmount'),
    orderLine: textAt(element, 'OrderLineReference', 'LineID'),
    buyerAccounting: textAt(element, 'AccountingCost'),
    period: periodOf(childOf(element, 'InvoicePeriod'), place, terms),
    allowances: only(allowances, 'false').map((each) => allowanceOf(each, `${place}.discountAmount`, terms)),
    charges: only(allowances, 'true').map((each) => allowanceOf(each, `${place}.discountAmount`, terms)),
    price: {
      net: terms.amount(`${place}.unitPrice`, price, 'PriceAmount'),
      discount: terms.amount(`${place}.unitPrice`, price, 'AllowanceCharge', 'Amount'),
      gross: terms.amount(`${place}.unitPrice`, price, 'AllowanceCharge', 'BaseAmount'),
      baseQuantity: terms.number(`${place}.unitPrice`, price, 'BaseQuantity'),
      baseUnit: childOf(price, 'BaseQuantity')?.attributes.unitCode ?? null,
    },
    tax: categoryOf(taxes.find(isVat) ?? taxes[0], `${place}.taxRate`, terms),
    item: {
      name: textAt(item, 'Name'),
      description: textAt(item, 'Description'),
      sellerId: textAt(item, 'SellersItemIdentification', 'ID'),
      buyerId: textAt(item, 'BuyersItemIdentification', 'ID'),
      standardId: terms.identifier(item, 'StandardItemIdentification', 'ID'),
      classifications: childrenOf(item, 'CommodityClassification', 'ItemClassificationCode').flatMap(classified),
      origin: textAt(item, 'OriginCountry', 'IdentificationCode'),
      attributes: childrenOf(item, 'AdditionalItemProperty').map((each) => ({
        name: textAt(each, 'Name'),
        value: textAt(each, 'Value'),
      })),
    },
  };
}

function classified(element: XmlElement): Identifier[] {
  return element.text === '' ? [] : [{ value: element.text, scheme: element.attributes.listID ?? null }];
}

function isVat(element: XmlElement): boolean {
  return textAt(element, 'TaxScheme', 'ID')?.toUpperCase() === 'VAT';
}

function isCreditor(identifier: XmlElement): boolean {
  return identifier.attributes.schemeID?.toUpperCase() === 'SEPA';
}
