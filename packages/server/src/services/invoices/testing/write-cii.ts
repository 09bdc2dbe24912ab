import type { InvoiceTruth, TruthAllowance, TruthLine, TruthParty } from './invoice-truth.ts';
import { tag, words } from './markup.ts';

/** Writes an invoice as UN/CEFACT's Cross Industry Invoice, as Factur-X and ZUGFeRD 2 embed it. */
export function writeCii(truth: InvoiceTruth, specification = 'urn:cen.eu:en16931:2017'): string {
  const body = [
    tag(
      'rsm:ExchangedDocumentContext',
      tag('ram:GuidelineSpecifiedDocumentContextParameter', tag('ram:ID', specification)),
    ),
    tag(
      'rsm:ExchangedDocument',
      tag('ram:ID', words(truth.number)),
      tag('ram:TypeCode', truth.documentType === 'credit_note' ? '381' : '380'),
      tag('ram:IssueDateTime', day(truth.issueDate)),
      truth.notes.map((note) => tag('ram:IncludedNote', tag('ram:Content', words(note)))),
    ),
    tag(
      'rsm:SupplyChainTradeTransaction',
      truth.lines.map(lineOf),
      agreementOf(truth),
      deliveryOf(truth),
      settlementOf(truth),
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag(`rsm:CrossIndustryInvoice ${CII_NAMESPACES}`, body)}`;
}

export const CII_NAMESPACES =
  'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"' +
  ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"' +
  ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"';

function day(date: string | null): string | null {
  return date === null ? null : tag('udt:DateTimeString format="102"', date.replaceAll('-', ''));
}

function lineOf(line: TruthLine): string {
  return tag(
    'ram:IncludedSupplyChainTradeLineItem',
    tag('ram:AssociatedDocumentLineDocument', tag('ram:LineID', line.id)),
    tag(
      'ram:SpecifiedTradeProduct',
      tag('ram:GlobalID schemeID="0160"', line.ean),
      tag('ram:SellerAssignedID', words(line.code)),
      tag('ram:Name', words(line.name)),
    ),
    tag(
      'ram:SpecifiedLineTradeAgreement',
      tag('ram:NetPriceProductTradePrice', tag('ram:ChargeAmount', line.unitPrice)),
    ),
    tag('ram:SpecifiedLineTradeDelivery', tag(`ram:BilledQuantity unitCode="${line.unitCode}"`, line.quantity)),
    tag(
      'ram:SpecifiedLineTradeSettlement',
      taxOf('ram:ApplicableTradeTax', line),
      line.discountAmount === null
        ? null
        : tag(
            'ram:SpecifiedTradeAllowanceCharge',
            tag('ram:ChargeIndicator', tag('udt:Indicator', 'false')),
            tag('ram:CalculationPercent', line.discountPercent),
            tag('ram:ActualAmount', line.discountAmount),
            tag('ram:ReasonCode', '95'),
          ),
      tag('ram:SpecifiedTradeSettlementLineMonetarySummation', tag('ram:LineTotalAmount', line.netAmount)),
    ),
  );
}

function taxOf(name: string, part: { readonly taxCategory: string; readonly taxRate: string }): string {
  return tag(
    name,
    tag('ram:TypeCode', 'VAT'),
    tag('ram:CategoryCode', part.taxCategory),
    part.taxCategory === 'O' ? null : tag('ram:RateApplicablePercent', part.taxRate),
  );
}

function agreementOf(truth: InvoiceTruth): string {
  const untaxed = isUntaxed(truth);
  return tag(
    'ram:ApplicableHeaderTradeAgreement',
    tag('ram:BuyerReference', words(truth.buyerReference)),
    tag('ram:SellerTradeParty', partyOf(truth.seller, untaxed)),
    tag('ram:BuyerTradeParty', partyOf(truth.buyer, untaxed)),
    tag('ram:BuyerOrderReferencedDocument', tag('ram:IssuerAssignedID', words(truth.orderNumber))),
    tag('ram:ContractReferencedDocument', tag('ram:IssuerAssignedID', words(truth.contractNumber))),
  );
}

/** Outside the scope of VAT nobody may state a VAT number. */
export function isUntaxed(truth: InvoiceTruth): boolean {
  return truth.taxes.some((tax) => tax.category === 'O');
}

function partyOf(party: TruthParty, untaxed: boolean): string[] {
  return [
    tag('ram:Name', words(party.name)),
    tag('ram:SpecifiedLegalOrganization', tag('ram:ID', words(party.companyCode))),
    tag(
      'ram:DefinedTradeContact',
      tag('ram:PersonName', words(party.contact)),
      tag('ram:TelephoneUniversalCommunication', tag('ram:CompleteNumber', words(party.phone))),
      tag('ram:EmailURIUniversalCommunication', tag('ram:URIID', words(party.email))),
    ),
    tag(
      'ram:PostalTradeAddress',
      tag('ram:PostcodeCode', words(party.postalCode)),
      tag('ram:LineOne', words(party.street)),
      tag('ram:LineTwo', words(party.street2)),
      tag('ram:CityName', words(party.city)),
      tag('ram:CountryID', party.country),
    ),
    tag('ram:SpecifiedTaxRegistration', tag('ram:ID schemeID="FC"', words(party.taxCode))),
    untaxed ? '' : tag('ram:SpecifiedTaxRegistration', tag('ram:ID schemeID="VA"', party.vatCode)),
  ];
}

function deliveryOf(truth: InvoiceTruth): string {
  const abroad = truth.taxes.some((tax) => tax.category === 'K');
  const inside = [
    abroad
      ? tag(
          'ram:ShipToTradeParty',
          tag(
            'ram:PostalTradeAddress',
            tag('ram:PostcodeCode', words(truth.buyer.postalCode)),
            tag('ram:CityName', words(truth.buyer.city)),
            tag('ram:CountryID', truth.buyer.country),
          ),
        )
      : null,
    tag('ram:ActualDeliverySupplyChainEvent', tag('ram:OccurrenceDateTime', day(truth.deliveryDate))),
  ];
  return tag('ram:ApplicableHeaderTradeDelivery', inside) || '<ram:ApplicableHeaderTradeDelivery/>';
}

function settlementOf(truth: InvoiceTruth): string {
  const { payment, totals } = truth;
  return tag(
    'ram:ApplicableHeaderTradeSettlement',
    tag('ram:PaymentReference', words(payment.reference)),
    tag('ram:InvoiceCurrencyCode', truth.currency),
    tag(
      'ram:SpecifiedTradeSettlementPaymentMeans',
      tag('ram:TypeCode', '58'),
      tag(
        'ram:PayeePartyCreditorFinancialAccount',
        tag('ram:IBANID', payment.iban),
        tag('ram:AccountName', words(payment.accountHolder)),
      ),
      tag('ram:PayeeSpecifiedCreditorFinancialInstitution', tag('ram:BICID', payment.bic)),
    ),
    truth.taxes.map((tax) =>
      tag(
        'ram:ApplicableTradeTax',
        tag('ram:CalculatedAmount', tax.taxAmount),
        tag('ram:TypeCode', 'VAT'),
        tag('ram:ExemptionReason', words(tax.exemptionReason)),
        tag('ram:BasisAmount', tax.taxableAmount),
        tag('ram:CategoryCode', tax.category),
        tax.category === 'O' ? null : tag('ram:RateApplicablePercent', tax.rate),
      ),
    ),
    truth.allowances.map((each) => reductionOf(each, 'false')),
    truth.charges.map((each) => reductionOf(each, 'true')),
    tag(
      'ram:SpecifiedTradePaymentTerms',
      tag('ram:Description', words(payment.termsText)),
      tag('ram:DueDateDateTime', day(truth.dueDate)),
    ),
    tag(
      'ram:SpecifiedTradeSettlementHeaderMonetarySummation',
      tag('ram:LineTotalAmount', totals.lines),
      tag('ram:ChargeTotalAmount', totals.charges),
      tag('ram:AllowanceTotalAmount', totals.discount),
      tag('ram:TaxBasisTotalAmount', totals.net),
      tag(`ram:TaxTotalAmount currencyID="${truth.currency}"`, totals.tax),
      tag('ram:RoundingAmount', totals.rounding),
      tag('ram:GrandTotalAmount', totals.gross),
      tag('ram:TotalPrepaidAmount', totals.prepaid),
      tag('ram:DuePayableAmount', totals.payable),
    ),
    tag('ram:InvoiceReferencedDocument', tag('ram:IssuerAssignedID', words(truth.originalInvoiceNumber))),
  );
}

function reductionOf(part: TruthAllowance, indicator: 'true' | 'false'): string {
  return tag(
    'ram:SpecifiedTradeAllowanceCharge',
    tag('ram:ChargeIndicator', tag('udt:Indicator', indicator)),
    tag('ram:ActualAmount', part.amount),
    tag('ram:Reason', words(part.reason)),
    taxOf('ram:CategoryTradeTax', part),
  );
}
