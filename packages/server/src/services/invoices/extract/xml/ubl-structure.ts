import { childOf, textAt, type XmlElement } from './element.ts';
import { at, atMostOnce, demand, differentTexts, everyElement, type StructureRule } from './structure.ts';

const SELLER = 'AccountingSupplierParty/Party';
const BUYER = 'AccountingCustomerParty/Party';

/** UBL-SR and UBL-DT: what UBL can write and EN 16931 has no place for. */
export const UBL_STRUCTURE: readonly StructureRule[] = [
  atMostOnce(
    'UBL-SR-01',
    'contractNumber',
    'There is one contract reference at most (BT-12).',
    '',
    'ContractDocumentReference/ID',
  ),
  atMostOnce(
    'UBL-SR-02',
    'orderNumber',
    'There is one receiving advice at most (BT-15).',
    '',
    'ReceiptDocumentReference/ID',
  ),
  atMostOnce(
    'UBL-SR-03',
    'orderNumber',
    'There is one despatch advice at most (BT-16).',
    '',
    'DespatchDocumentReference/ID',
  ),
  demand(
    'UBL-SR-04',
    'orderNumber',
    'There is one invoiced object at most (BT-18).',
    (root) => ofType(root, '130').length <= 1,
  ),
  atMostOnce(
    'UBL-SR-05',
    'payment.termsText',
    'There is one text of payment terms at most (BT-20).',
    '',
    'PaymentTerms/Note',
  ),
  atMostOnce(
    'UBL-SR-06',
    'originalInvoiceNumber',
    'A billing reference names one invoice (BG-3).',
    'BillingReference',
    'InvoiceDocumentReference',
  ),
  demand('UBL-SR-07', 'originalInvoiceNumber', 'A billing reference has the number of the invoice (BT-25).', (root) =>
    at(root, 'BillingReference').every((each) => textAt(each, 'InvoiceDocumentReference', 'ID') !== null),
  ),
  atMostOnce('UBL-SR-08', 'supplyDate', 'There is one invoicing period at most (BG-14).', '', 'InvoicePeriod'),
  atMostOnce(
    'UBL-SR-09',
    'seller.name',
    'The seller has one name (BT-27).',
    '',
    `${SELLER}/PartyLegalEntity/RegistrationName`,
  ),
  atMostOnce(
    'UBL-SR-10',
    'seller.name',
    'The seller has one trading name at most (BT-28).',
    '',
    `${SELLER}/PartyName/Name`,
  ),
  atMostOnce(
    'UBL-SR-11',
    'seller.companyCode',
    'The seller has one registration at most (BT-30).',
    '',
    `${SELLER}/PartyLegalEntity/CompanyID`,
  ),
  demand(
    'UBL-SR-12',
    'seller.vatCode',
    'The seller has one VAT identifier at most (BT-31).',
    (root) => taxIds(root, SELLER, true) <= 1,
  ),
  demand(
    'UBL-SR-13',
    'seller.taxCode',
    'The seller has one other tax number at most (BT-32).',
    (root) => taxIds(root, SELLER, false) <= 1,
  ),
  atMostOnce(
    'UBL-SR-14',
    'seller',
    'The seller has one legal form at most (BT-33).',
    '',
    `${SELLER}/PartyLegalEntity/CompanyLegalForm`,
  ),
  atMostOnce(
    'UBL-SR-15',
    'buyer.name',
    'The buyer has one name (BT-44).',
    '',
    `${BUYER}/PartyLegalEntity/RegistrationName`,
  ),
  atMostOnce(
    'UBL-SR-16',
    'buyer',
    'The buyer has one identifier at most (BT-46).',
    '',
    `${BUYER}/PartyIdentification/ID`,
  ),
  atMostOnce(
    'UBL-SR-17',
    'buyer.companyCode',
    'The buyer has one registration at most (BT-47).',
    '',
    `${BUYER}/PartyLegalEntity/CompanyID`,
  ),
  demand(
    'UBL-SR-18',
    'buyer.vatCode',
    'The buyer has one VAT identifier at most (BT-48).',
    (root) => taxIds(root, BUYER, true) <= 1,
  ),
  atMostOnce('UBL-SR-19', 'payment', 'The payee has one name (BT-59).', '', 'PayeeParty/PartyName/Name'),
  demand(
    'UBL-SR-20',
    'payment',
    'The payee has one identifier at most (BT-60).',
    (root) => at(root, 'PayeeParty/PartyIdentification/ID').filter((each) => !isSepa(each)).length <= 1,
  ),
  atMostOnce(
    'UBL-SR-21',
    'payment',
    'The payee has one registration at most (BT-61).',
    '',
    'PayeeParty/PartyLegalEntity/CompanyID',
  ),
  atMostOnce(
    'UBL-SR-22',
    'seller',
    'The tax representative has one name (BT-62).',
    '',
    'TaxRepresentativeParty/PartyName/Name',
  ),
  atMostOnce(
    'UBL-SR-23',
    'seller',
    'The tax representative has one VAT identifier (BT-63).',
    '',
    'TaxRepresentativeParty/PartyTaxScheme/CompanyID',
  ),
  atMostOnce('UBL-SR-24', 'supplyDate', 'There is one delivery at most (BG-13).', '', 'Delivery'),
  atMostOnce(
    'UBL-SR-25',
    'supplyDate',
    'A delivery has one recipient at most (BT-70).',
    'Delivery',
    'DeliveryParty/PartyName/Name',
  ),
  atMostOnce(
    'UBL-SR-26',
    'payment.reference',
    'A means of payment has one reference at most (BT-83).',
    'PaymentMeans',
    'PaymentID',
  ),
  atMostOnce(
    'UBL-SR-27',
    'payment.method',
    'A means of payment has one code (BT-81).',
    'PaymentMeans',
    'PaymentMeansCode',
  ),
  atMostOnce(
    'UBL-SR-28',
    'payment',
    'A direct debit has one mandate at most (BT-89).',
    'PaymentMeans',
    'PaymentMandate/ID',
  ),
  demand(
    'UBL-SR-29',
    'payment',
    'There is one creditor identifier at most (BT-90).',
    (root) =>
      [...at(root, `${SELLER}/PartyIdentification/ID`), ...at(root, 'PayeeParty/PartyIdentification/ID')].filter(isSepa)
        .length <= 1,
  ),
  demand('UBL-SR-30', 'totals.discount', 'An allowance has one reason in words at most (BT-97).', (root) =>
    reasons(root, 'false'),
  ),
  demand('UBL-SR-31', 'totals.charges', 'A charge has one reason in words at most (BT-104).', (root) =>
    reasons(root, 'true'),
  ),
  atMostOnce(
    'UBL-SR-32',
    'taxes',
    'A part of the VAT breakdown has one reason in words at most (BT-120).',
    'TaxTotal/TaxSubtotal',
    'TaxCategory/TaxExemptionReason',
  ),
  atMostOnce(
    'UBL-SR-33',
    'notes',
    'A supporting document has one description at most (BT-123).',
    'AdditionalDocumentReference',
    'DocumentDescription',
  ),
  ofLines('UBL-SR-34', 'A line has one note at most (BT-127).', 'Note'),
  ofLines('UBL-SR-35', 'A line names one line of the order at most (BT-132).', 'OrderLineReference/LineID'),
  ofLines('UBL-SR-36', 'A line has one period at most (BG-26).', 'InvoicePeriod'),
  ofLines('UBL-SR-37', 'A price has one discount at most (BT-147).', 'Price/AllowanceCharge/Amount'),
  atMostOnce('UBL-SR-39', 'orderNumber', 'There is one project reference at most (BT-11).', '', 'ProjectReference/ID'),
  atMostOnce(
    'UBL-SR-40',
    'buyer.name',
    'The buyer has one trading name at most (BT-45).',
    '',
    `${BUYER}/PartyName/Name`,
  ),
  demand(
    'UBL-SR-42',
    'seller',
    'The seller is under two tax schemes at most.',
    (root) => at(root, `${SELLER}/PartyTaxScheme`).length <= 2,
  ),
  demand(
    'UBL-SR-43',
    'notes',
    'Only an invoiced object has a scheme and a type among the references (BT-18).',
    (root) =>
      at(root, 'AdditionalDocumentReference').every((each) => {
        const type = textAt(each, 'DocumentTypeCode');
        if (type === '130' || (type === '50' && root.name === 'CreditNote')) return true;
        return type === null && childOf(each, 'ID')?.attributes.schemeID === undefined;
      }),
  ),
  demand(
    'UBL-SR-44',
    'payment.reference',
    'All means of payment share one reference (BT-83).',
    (root) => differentTexts(root, 'PaymentMeans/PaymentID') <= 1,
  ),
  atMostOnce('UBL-SR-45', 'dueDate', 'There is one due date at most (BT-9).', '', 'PaymentMeans/PaymentDueDate'),
  demand(
    'UBL-SR-46',
    'payment.method',
    'The means of payment is in words once at most (BT-82).',
    (root) =>
      new Set(at(root, 'PaymentMeans/PaymentMeansCode').flatMap((each) => each.attributes.name ?? [])).size <= 1,
  ),
  demand(
    'UBL-SR-47',
    'payment.method',
    'All means of payment are of one kind (BT-81).',
    (root) => differentTexts(root, 'PaymentMeans/PaymentMeansCode') <= 1,
  ),
  demand('UBL-SR-48', 'lineItems', 'A line has exactly one tax category (BT-151).', (root) =>
    lines(root).every((line) => at(line, 'Item/ClassifiedTaxCategory').length === 1),
  ),
  atMostOnce(
    'UBL-SR-49',
    'supplyDate',
    'There is one code of the day on which VAT falls due at most (BT-8).',
    '',
    'InvoicePeriod/DescriptionCode',
  ),
  ofLines('UBL-SR-50', 'An item has one description at most (BT-154).', 'Item/Description'),
  demand('UBL-SR-51', 'seller.address', 'An address has one third line at most.', (root) =>
    [
      ...at(root, `${SELLER}/PostalAddress`),
      ...at(root, `${BUYER}/PostalAddress`),
      ...at(root, 'Delivery/DeliveryLocation/Address'),
    ].every((address) => at(address, 'AddressLine').length <= 1),
  ),
  ofLines('UBL-SR-52', 'A line has one document reference at most (BT-128).', 'DocumentReference'),
  demand('UBL-SR-53', 'seller.vatCode', 'A tax scheme comes with the number under it.', (root) =>
    [...at(root, `${SELLER}/PartyTaxScheme`), ...at(root, `${BUYER}/PartyTaxScheme`)].every(
      (scheme) => textAt(scheme, 'CompanyID') !== null && textAt(scheme, 'TaxScheme', 'ID') !== null,
    ),
  ),
  atMostOnce('UBL-SR-54', 'payment', 'There is one payment card at most (BG-18).', '', 'PaymentMeans/CardAccount'),
  atMostOnce('UBL-SR-55', 'payment', 'There is one mandate at most (BG-19).', '', 'PaymentMeans/PaymentMandate'),
  atMostOnce(
    'UBL-SR-56',
    'orderNumber',
    'There is one tender reference at most (BT-17).',
    '',
    'OriginatorDocumentReference/ID',
  ),
  demand('UBL-DT-01', 'totals', 'Amounts are written with two decimals at most.', shortAmounts),
  demand('UBL-DT-06', 'notes', 'An attached file states its type (BT-125).', (root) =>
    files(root).every((file) => file.attributes.mimeCode !== undefined),
  ),
  demand('UBL-DT-07', 'notes', 'An attached file states its name (BT-125).', (root) =>
    files(root).every((file) => file.attributes.filename !== undefined),
  ),
  demand(
    'PEPPOL-EN16931-R008',
    'document',
    'No element is empty.',
    (root) => !isPeppol(root) || [...everyElement(root)].every(isFilled),
  ),
  peppol('PEPPOL-EN16931-R043', 'totals.discount', 'An allowance or charge says `true` or `false`.', (root) =>
    [...at(root, 'AllowanceCharge'), ...lines(root).flatMap((line) => at(line, 'AllowanceCharge'))].every((each) =>
      ['true', 'false'].includes(textAt(each, 'ChargeIndicator') ?? ''),
    ),
  ),
  peppol('PEPPOL-EN16931-R044', 'lineItems', 'A price has a discount and no charge (BT-147).', (root) =>
    lines(root).every((line) =>
      at(line, 'Price/AllowanceCharge').every((each) => textAt(each, 'ChargeIndicator') === 'false'),
    ),
  ),
  peppol(
    'PEPPOL-EN16931-R053',
    'totals.tax',
    'There is one total of VAT with a breakdown (BT-110).',
    (root) => taxTotals(root, true) === 1,
  ),
  peppol(
    'PEPPOL-EN16931-R054',
    'totals.tax',
    'There is one total of VAT without a breakdown where there is an accounting currency, and else none (BT-6, BT-111).',
    (root) => taxTotals(root, false) === (childOf(root, 'TaxCurrencyCode') === undefined ? 0 : 1),
  ),
  peppol(
    'PEPPOL-EN16931-R080',
    'contractNumber',
    'A credit note has one project reference at most (BT-11).',
    (root) => root.name !== 'CreditNote' || ofType(root, '50').length <= 1,
  ),
  peppol('PEPPOL-EN16931-R100', 'lineItems', 'A line has one invoiced object at most (BT-128).', (root) =>
    lines(root).every((line) => at(line, 'DocumentReference').length <= 1),
  ),
  peppol('PEPPOL-EN16931-R101', 'lineItems', 'A line refers to its invoiced object alone, of type 130.', (root) =>
    lines(root).every((line) =>
      at(line, 'DocumentReference').every((each) => textAt(each, 'DocumentTypeCode') === '130'),
    ),
  ),
];

/** Holds in every document that was not made for Peppol. */
function peppol(id: string, place: string, says: string, holds: (root: XmlElement) => boolean): StructureRule {
  return demand(id, place, says, (root) => !isPeppol(root) || holds(root));
}

function taxTotals(root: XmlElement, broken: boolean): number {
  return at(root, 'TaxTotal').filter((each) => at(each, 'TaxSubtotal').length > 0 === broken).length;
}

function lines(root: XmlElement): XmlElement[] {
  return at(root, root.name === 'CreditNote' ? 'CreditNoteLine' : 'InvoiceLine');
}

function ofLines(id: string, says: string, path: string): StructureRule {
  return demand(id, 'lineItems', says, (root) => lines(root).every((line) => at(line, path).length <= 1));
}

function ofType(root: XmlElement, type: string): XmlElement[] {
  return at(root, 'AdditionalDocumentReference').filter((each) => textAt(each, 'DocumentTypeCode') === type);
}

function taxIds(root: XmlElement, party: string, vat: boolean): number {
  const schemes = at(root, `${party}/PartyTaxScheme`).filter((scheme) => {
    const id = textAt(scheme, 'TaxScheme', 'ID')?.toUpperCase();
    return id !== undefined && (id === 'VAT') === vat;
  });
  return schemes.flatMap((scheme) => at(scheme, 'CompanyID')).length;
}

function isSepa(identifier: XmlElement): boolean {
  return identifier.attributes.schemeID?.toUpperCase() === 'SEPA';
}

function reasons(root: XmlElement, indicator: string): boolean {
  return at(root, 'AllowanceCharge')
    .filter((each) => textAt(each, 'ChargeIndicator') === indicator)
    .every((each) => at(each, 'AllowanceChargeReason').length <= 1);
}

/** Prices may be as fine as they like, and so may the discount of a price. */
function shortAmounts(root: XmlElement): boolean {
  const rest = [root];
  for (let element = rest.pop(); element !== undefined; element = rest.pop()) {
    if (/(?<!Price)Amount$/.test(element.name) && /\.\d{3,}$/.test(element.text)) return false;
    if (element.name !== 'Price') rest.push(...element.children);
  }
  return true;
}

function files(root: XmlElement): XmlElement[] {
  return at(root, 'AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject');
}

function isPeppol(root: XmlElement): boolean {
  return textAt(root, 'CustomizationID')?.includes('poacc:billing:3') === true;
}

function isFilled(element: XmlElement): boolean {
  return element.children.length > 0 || element.text !== '' || element.name === 'EmbeddedDocumentBinaryObject';
}
