import type { InvoiceView } from './invoice-view.ts';

const namespaces =
  'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"';

/** Invoices as UBL 2.1 under EN 16931; several stand in one `Invoices` element, which is ours. */
export function writeUbl(views: readonly InvoiceView[]): string {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const [only] = views;
  if (views.length === 1 && only !== undefined) return declaration + documentOf(only);
  return `${declaration}<Invoices>\n${views.map(documentOf).join('')}</Invoices>\n`;
}

function documentOf(view: InvoiceView): string {
  const isCredit = view.documentType === 'credit_note';
  const root = isCredit ? 'CreditNote' : 'Invoice';
  const currency = view.currency ?? '';
  // A credit note of UBL has positive amounts: what it is says that they are given back.
  const signed = (text: string | null): string | null => (isCredit && text !== null ? text.replace(/^-/, '') : text);
  const money = (name: string, text: string | null) =>
    element(name, signed(text), ` currencyID="${escaped(currency)}"`);
  const parts = [
    element('cbc:CustomizationID', 'urn:cen.eu:en16931:2017'),
    element('cbc:ID', view.invoiceNumber),
    element('cbc:IssueDate', view.issueDate),
    isCredit ? '' : element('cbc:DueDate', view.dueDate),
    element(`cbc:${root}TypeCode`, isCredit ? '381' : '380'),
    element('cbc:Note', view.notes),
    element('cbc:DocumentCurrencyCode', view.currency),
    wrap('cac:OrderReference', element('cbc:ID', view.orderNumber)),
    wrap('cac:BillingReference', wrap('cac:InvoiceDocumentReference', element('cbc:ID', view.originalInvoiceNumber))),
    wrap('cac:ContractDocumentReference', element('cbc:ID', view.contractNumber)),
    wrap('cac:AccountingSupplierParty', partyOf(view.seller)),
    wrap('cac:AccountingCustomerParty', partyOf(view.buyer)),
    wrap('cac:Delivery', element('cbc:ActualDeliveryDate', view.supplyDate)),
    paymentOf(view),
    wrap(
      'cac:TaxTotal',
      money('cbc:TaxAmount', view.totals.tax) +
        view.taxes
          .map((tax) =>
            wrap(
              'cac:TaxSubtotal',
              money('cbc:TaxableAmount', tax.taxableAmount) +
                money('cbc:TaxAmount', tax.taxAmount) +
                categoryOf('cac:TaxCategory', tax.category, tax.rate, tax.exemptionReason),
            ),
          )
          .join(''),
    ),
    wrap(
      'cac:LegalMonetaryTotal',
      money('cbc:LineExtensionAmount', lineTotalOf(view)) +
        money('cbc:TaxExclusiveAmount', view.totals.net) +
        money('cbc:TaxInclusiveAmount', view.totals.gross) +
        money('cbc:AllowanceTotalAmount', view.totals.discount) +
        money('cbc:ChargeTotalAmount', view.totals.charges) +
        money('cbc:PrepaidAmount', view.totals.prepaid) +
        money('cbc:PayableRoundingAmount', view.totals.rounding) +
        money('cbc:PayableAmount', view.totals.payable),
    ),
    ...view.lineItems.map((line) =>
      wrap(
        `cac:${root}Line`,
        element('cbc:ID', String(line.index)) +
          element(
            isCredit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity',
            signed(line.quantity),
            ` unitCode="${escaped(line.unitCode ?? 'C62')}"`,
          ) +
          money('cbc:LineExtensionAmount', line.netAmount) +
          wrap(
            'cac:Item',
            element('cbc:Name', line.description) +
              wrap('cac:SellersItemIdentification', element('cbc:ID', line.code)) +
              wrap('cac:StandardItemIdentification', element('cbc:ID', line.ean, ' schemeID="0160"')) +
              categoryOf('cac:ClassifiedTaxCategory', line.taxCategory, line.taxRate, null),
          ) +
          wrap('cac:Price', money('cbc:PriceAmount', line.unitPrice)),
      ),
    ),
  ];
  return `<${root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${root}-2" ${namespaces}>\n${parts.join('')}</${root}>\n`;
}

/** Before what is taken off and put on the whole. */
function lineTotalOf({ totals }: InvoiceView): string | null {
  if (totals.net === null) return null;
  return (Number(totals.net) + Number(totals.discount ?? 0) - Number(totals.charges ?? 0)).toFixed(2);
}

function partyOf(party: InvoiceView['seller']): string {
  const { address } = party;
  return wrap(
    'cac:Party',
    wrap('cac:PartyName', element('cbc:Name', party.name)) +
      wrap(
        'cac:PostalAddress',
        element('cbc:StreetName', address?.line1 ?? null) +
          element('cbc:AdditionalStreetName', address?.line2 ?? null) +
          element('cbc:CityName', address?.city ?? null) +
          element('cbc:PostalZone', address?.postalCode ?? null) +
          element('cbc:CountrySubentity', address?.region ?? null) +
          wrap('cac:Country', element('cbc:IdentificationCode', address?.country ?? null)),
      ) +
      (party.vatCode === null
        ? ''
        : wrap(
            'cac:PartyTaxScheme',
            element('cbc:CompanyID', party.vatCode) + wrap('cac:TaxScheme', element('cbc:ID', 'VAT')),
          )) +
      wrap(
        'cac:PartyLegalEntity',
        element('cbc:RegistrationName', party.name) + element('cbc:CompanyID', party.companyCode),
      ) +
      wrap('cac:Contact', element('cbc:Telephone', party.phone) + element('cbc:ElectronicMail', party.email)),
  );
}

function paymentOf({ payment }: InvoiceView): string {
  if (payment.iban === null && payment.accountNumber === null) return '';
  return wrap(
    'cac:PaymentMeans',
    element('cbc:PaymentMeansCode', '30') +
      element('cbc:PaymentID', payment.reference) +
      wrap(
        'cac:PayeeFinancialAccount',
        element('cbc:ID', payment.iban ?? payment.accountNumber) +
          wrap('cac:FinancialInstitutionBranch', element('cbc:ID', payment.bic)),
      ),
  );
}

function categoryOf(name: string, category: string | null, rate: string | null, reason: string | null): string {
  if (category === null && rate === null) return '';
  return wrap(
    name,
    element('cbc:ID', category) +
      element('cbc:Percent', rate) +
      element('cbc:TaxExemptionReason', reason) +
      wrap('cac:TaxScheme', element('cbc:ID', 'VAT')),
  );
}

function element(name: string, text: string | null, attributes = ''): string {
  return text === null || text === '' ? '' : `<${name}${attributes}>${escaped(text)}</${name}>\n`;
}

/** An element of elements; none where there would be nothing in it. */
function wrap(name: string, inner: string): string {
  return inner === '' ? '' : `<${name}>\n${inner}</${name}>\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
