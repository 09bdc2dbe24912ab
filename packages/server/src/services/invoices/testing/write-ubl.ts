import type { InvoiceTruth, TruthAllowance, TruthLine, TruthParty } from './invoice-truth.ts';
import { tag, words } from './markup.ts';
import { isUntaxed } from './write-cii.ts';

/** Writes an invoice as UBL 2.1, a credit note as its CreditNote. */
export function writeUbl(truth: InvoiceTruth, specification = 'urn:cen.eu:en16931:2017'): string {
  const credit = truth.documentType === 'credit_note';
  const name = credit ? 'CreditNote' : 'Invoice';
  const body = [
    tag('cbc:CustomizationID', specification),
    tag('cbc:ID', words(truth.number)),
    tag('cbc:IssueDate', truth.issueDate),
    credit ? null : tag('cbc:DueDate', truth.dueDate),
    tag(`cbc:${name}TypeCode`, credit ? '381' : '380'),
    truth.notes.map((note) => tag('cbc:Note', words(note))),
    tag('cbc:DocumentCurrencyCode', truth.currency),
    tag('cbc:BuyerReference', words(truth.buyerReference)),
    tag('cac:OrderReference', tag('cbc:ID', words(truth.orderNumber))),
    tag('cac:BillingReference', tag('cac:InvoiceDocumentReference', tag('cbc:ID', words(truth.originalInvoiceNumber)))),
    tag('cac:ContractDocumentReference', tag('cbc:ID', words(truth.contractNumber))),
    tag('cac:AccountingSupplierParty', partyOf(truth.seller, isUntaxed(truth))),
    tag('cac:AccountingCustomerParty', partyOf(truth.buyer, isUntaxed(truth))),
    deliveryOf(truth),
    paymentOf(truth),
    tag('cac:PaymentTerms', tag('cbc:Note', words(truth.payment.termsText))),
    truth.allowances.map((each) => reductionOf(each, 'false', truth.currency)),
    truth.charges.map((each) => reductionOf(each, 'true', truth.currency)),
    taxTotalOf(truth),
    totalsOf(truth),
    truth.lines.map((line) => lineOf(line, credit, truth.currency)),
  ];
  const root =
    `${name} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${name}-2"` +
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"' +
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag(root, body)}`;
}

function amount(name: string, value: string | null, currency: string): string {
  return tag(`cbc:${name} currencyID="${currency}"`, value);
}

const VAT = tag('cac:TaxScheme', tag('cbc:ID', 'VAT'));

function partyOf(party: TruthParty, untaxed: boolean): string {
  return tag(
    'cac:Party',
    tag(
      'cac:PostalAddress',
      tag('cbc:StreetName', words(party.street)),
      tag('cbc:AdditionalStreetName', words(party.street2)),
      tag('cbc:CityName', words(party.city)),
      tag('cbc:PostalZone', words(party.postalCode)),
      tag('cac:Country', tag('cbc:IdentificationCode', party.country)),
    ),
    party.vatCode === null || untaxed ? null : tag('cac:PartyTaxScheme', tag('cbc:CompanyID', party.vatCode), VAT),
    party.taxCode === null
      ? null
      : tag(
          'cac:PartyTaxScheme',
          tag('cbc:CompanyID', words(party.taxCode)),
          tag('cac:TaxScheme', tag('cbc:ID', 'FC')),
        ),
    tag(
      'cac:PartyLegalEntity',
      tag('cbc:RegistrationName', words(party.name)),
      tag('cbc:CompanyID', words(party.companyCode)),
    ),
    tag(
      'cac:Contact',
      tag('cbc:Name', words(party.contact)),
      tag('cbc:Telephone', words(party.phone)),
      tag('cbc:ElectronicMail', words(party.email)),
    ),
  );
}

function deliveryOf(truth: InvoiceTruth): string {
  const abroad = truth.taxes.some((tax) => tax.category === 'K');
  return tag(
    'cac:Delivery',
    tag('cbc:ActualDeliveryDate', truth.deliveryDate),
    abroad
      ? tag(
          'cac:DeliveryLocation',
          tag(
            'cac:Address',
            tag('cbc:CityName', words(truth.buyer.city)),
            tag('cbc:PostalZone', words(truth.buyer.postalCode)),
            tag('cac:Country', tag('cbc:IdentificationCode', truth.buyer.country)),
          ),
        )
      : null,
  );
}

function paymentOf({ payment }: InvoiceTruth): string {
  return tag(
    'cac:PaymentMeans',
    tag('cbc:PaymentMeansCode', '58'),
    tag('cbc:PaymentID', words(payment.reference)),
    tag(
      'cac:PayeeFinancialAccount',
      tag('cbc:ID', payment.iban),
      tag('cbc:Name', words(payment.accountHolder)),
      tag('cac:FinancialInstitutionBranch', tag('cbc:ID', payment.bic)),
    ),
  );
}

function categoryOf(name: string, category: string, rate: string, reason: string | null = null): string {
  return tag(
    name,
    tag('cbc:ID', category),
    category === 'O' ? null : tag('cbc:Percent', rate),
    tag('cbc:TaxExemptionReason', words(reason)),
    VAT,
  );
}

function reductionOf(part: TruthAllowance, indicator: 'true' | 'false', currency: string): string {
  return tag(
    'cac:AllowanceCharge',
    tag('cbc:ChargeIndicator', indicator),
    tag('cbc:AllowanceChargeReason', words(part.reason)),
    amount('Amount', part.amount, currency),
    categoryOf('cac:TaxCategory', part.taxCategory, part.taxRate),
  );
}

function taxTotalOf(truth: InvoiceTruth): string {
  return tag(
    'cac:TaxTotal',
    amount('TaxAmount', truth.totals.tax, truth.currency),
    truth.taxes.map((tax) =>
      tag(
        'cac:TaxSubtotal',
        amount('TaxableAmount', tax.taxableAmount, truth.currency),
        amount('TaxAmount', tax.taxAmount, truth.currency),
        categoryOf('cac:TaxCategory', tax.category, tax.rate, tax.exemptionReason),
      ),
    ),
  );
}

function totalsOf({ totals, currency }: InvoiceTruth): string {
  return tag(
    'cac:LegalMonetaryTotal',
    amount('LineExtensionAmount', totals.lines, currency),
    amount('TaxExclusiveAmount', totals.net, currency),
    amount('TaxInclusiveAmount', totals.gross, currency),
    amount('AllowanceTotalAmount', totals.discount, currency),
    amount('ChargeTotalAmount', totals.charges, currency),
    amount('PrepaidAmount', totals.prepaid, currency),
    amount('PayableRoundingAmount', totals.rounding, currency),
    amount('PayableAmount', totals.payable, currency),
  );
}

function lineOf(line: TruthLine, credit: boolean, currency: string): string {
  return tag(
    credit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine',
    tag('cbc:ID', line.id),
    tag(`cbc:${credit ? 'Credited' : 'Invoiced'}Quantity unitCode="${line.unitCode}"`, line.quantity),
    amount('LineExtensionAmount', line.netAmount, currency),
    line.discountAmount === null
      ? null
      : tag(
          'cac:AllowanceCharge',
          tag('cbc:ChargeIndicator', 'false'),
          tag('cbc:AllowanceChargeReasonCode', '95'),
          tag('cbc:MultiplierFactorNumeric', line.discountPercent),
          amount('Amount', line.discountAmount, currency),
        ),
    tag(
      'cac:Item',
      tag('cbc:Name', words(line.name)),
      tag('cac:SellersItemIdentification', tag('cbc:ID', words(line.code))),
      tag('cac:StandardItemIdentification', tag('cbc:ID schemeID="0160"', line.ean)),
      categoryOf('cac:ClassifiedTaxCategory', line.taxCategory, line.taxRate),
    ),
    tag('cac:Price', amount('PriceAmount', line.unitPrice, currency)),
  );
}
