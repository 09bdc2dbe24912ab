/** What a base invoice is of: its VAT category, and who is identified by what. */
export interface Base {
  readonly category: string;
  /** `null` where none may be stated. */
  readonly rate: string | null;
  readonly tax: string;
  readonly reason: string | null;
}

export const BASES: Readonly<Record<string, Base>> = {
  S: { category: 'S', rate: '20', tax: '19.00', reason: null },
  Z: { category: 'Z', rate: '0', tax: '0.00', reason: null },
  E: { category: 'E', rate: '0', tax: '0.00', reason: 'VATEX-EU-132' },
  AE: { category: 'AE', rate: '0', tax: '0.00', reason: 'VATEX-EU-AE' },
  IC: { category: 'K', rate: '0', tax: '0.00', reason: 'VATEX-EU-IC' },
  G: { category: 'G', rate: '0', tax: '0.00', reason: 'VATEX-EU-G' },
  O: { category: 'O', rate: null, tax: '0.00', reason: 'VATEX-EU-O' },
  AF: { category: 'L', rate: '20', tax: '19.00', reason: null },
  AG: { category: 'M', rate: '20', tax: '19.00', reason: null },
};

/**
 * A right UBL invoice in which every group of EN 16931 stands: one line of 100.00 after 3.00 off and 1.00 on, 10.00 off
 * and 5.00 on the whole, all of one category. Tests break it in one place each.
 */
export function baseInvoice({ category, rate, tax, reason }: Base, specification = 'urn:cen.eu:en16931:2017'): string {
  const vat = category !== 'O';
  const gross = (95 + Number(tax)).toFixed(2);
  const scheme = '<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>';
  const percent = rate === null ? '' : `<cbc:Percent>${rate}</cbc:Percent>`;
  const registered = (id: string) =>
    vat ? `<cac:PartyTaxScheme><cbc:CompanyID>${id}</cbc:CompanyID>${scheme}</cac:PartyTaxScheme>` : '';
  const amount = (name: string, value: string) => `<cbc:${name} currencyID="EUR">${value}</cbc:${name}>`;
  const taxCategory = (name: string) => `<cac:${name}><cbc:ID>${category}</cbc:ID>${percent}${scheme}</cac:${name}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>${specification}</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
<cbc:ID>R-1001</cbc:ID>
<cbc:IssueDate>2024-03-05</cbc:IssueDate>
<cbc:DueDate>2024-04-04</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:Note>#AAI#With thanks</cbc:Note>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cbc:BuyerReference>04011000-1234512345-06</cbc:BuyerReference>
<cac:InvoicePeriod><cbc:StartDate>2024-02-01</cbc:StartDate><cbc:EndDate>2024-02-29</cbc:EndDate></cac:InvoicePeriod>
<cac:OrderReference><cbc:ID>PO-7</cbc:ID></cac:OrderReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-1000</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>
<cac:AdditionalDocumentReference><cbc:ID schemeID="ABT">OBJ-1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>TIMES</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="times.csv">YQ==</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
<cac:AccountingSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0088">4000001000005</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="0088">4000001000005</cbc:ID></cac:PartyIdentification>
  <cac:PostalAddress><cbc:CityName>Sellertown</cbc:CityName><cbc:PostalZone>10000</cbc:PostalZone><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  ${registered('DE136695976')}
  <cac:PartyLegalEntity><cbc:RegistrationName>Seller Ltd</cbc:RegistrationName><cbc:CompanyID schemeID="0002">732829320</cbc:CompanyID></cac:PartyLegalEntity>
  <cac:Contact><cbc:Name>Sam Seller</cbc:Name><cbc:Telephone>+49 30 123456</cbc:Telephone><cbc:ElectronicMail>sam@seller.example</cbc:ElectronicMail></cac:Contact>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0204">991-01484-64</cbc:EndpointID>
  <cac:PostalAddress><cbc:CityName>Buyerham</cbc:CityName><cbc:PostalZone>20000</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  ${registered('FR40303265045')}
  <cac:PartyLegalEntity><cbc:RegistrationName>Buyer SA</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:PayeeParty><cac:PartyName><cbc:Name>Factor Bank</cbc:Name></cac:PartyName></cac:PayeeParty>
${vat && category === 'S' ? `<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Rep Ltd</cbc:Name></cac:PartyName><cac:PostalAddress><cac:Country><cbc:IdentificationCode>AT</cbc:IdentificationCode></cac:Country></cac:PostalAddress>${registered('ATU13585627')}</cac:TaxRepresentativeParty>` : ''}
<cac:Delivery><cbc:ActualDeliveryDate>2024-03-01</cbc:ActualDeliveryDate><cac:DeliveryLocation><cbc:ID schemeID="0088">4000001000012</cbc:ID><cac:Address><cbc:CityName>Depot</cbc:CityName><cbc:PostalZone>30000</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation></cac:Delivery>
<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>R-1001</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>DE75512108001245126199</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode><cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>${amount('Amount', '10.00')}${amount('BaseAmount', '100.00')}${taxCategory('TaxCategory')}</cac:AllowanceCharge>
<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode><cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric>${amount('Amount', '5.00')}${amount('BaseAmount', '100.00')}${taxCategory('TaxCategory')}</cac:AllowanceCharge>
<cac:TaxTotal>${amount('TaxAmount', tax)}<cac:TaxSubtotal>${amount('TaxableAmount', '95.00')}${amount('TaxAmount', tax)}<cac:TaxCategory><cbc:ID>${category}</cbc:ID>${percent}${reason === null ? '' : `<cbc:TaxExemptionReasonCode>${reason}</cbc:TaxExemptionReasonCode>`}${scheme}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal>${amount('LineExtensionAmount', '100.00')}${amount('TaxExclusiveAmount', '95.00')}${amount('TaxInclusiveAmount', gross)}${amount('AllowanceTotalAmount', '10.00')}${amount('ChargeTotalAmount', '5.00')}${amount('PrepaidAmount', '4.50')}${amount('PayableRoundingAmount', '0.50')}${amount('PayableAmount', (Number(gross) - 4).toFixed(2))}</cac:LegalMonetaryTotal>
<cac:InvoiceLine>
  <cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity>${amount('LineExtensionAmount', '100.00')}
  <cac:InvoicePeriod><cbc:StartDate>2024-02-05</cbc:StartDate><cbc:EndDate>2024-02-09</cbc:EndDate></cac:InvoicePeriod>
  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>100</cbc:AllowanceChargeReasonCode>${amount('Amount', '3.00')}</cac:AllowanceCharge>
  <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>ABK</cbc:AllowanceChargeReasonCode>${amount('Amount', '1.00')}</cac:AllowanceCharge>
  <cac:Item><cbc:Name>Thing</cbc:Name><cac:StandardItemIdentification><cbc:ID schemeID="0160">4000001000029</cbc:ID></cac:StandardItemIdentification><cac:OriginCountry><cbc:IdentificationCode>PT</cbc:IdentificationCode></cac:OriginCountry><cac:CommodityClassification><cbc:ItemClassificationCode listID="STI">4100</cbc:ItemClassificationCode></cac:CommodityClassification>${taxCategory('ClassifiedTaxCategory')}<cac:AdditionalItemProperty><cbc:Name>Colour</cbc:Name><cbc:Value>red</cbc:Value></cac:AdditionalItemProperty></cac:Item>
  <cac:Price>${amount('PriceAmount', '51.00')}<cbc:BaseQuantity unitCode="C62">1</cbc:BaseQuantity><cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>${amount('Amount', '2.00')}${amount('BaseAmount', '53.00')}</cac:AllowanceCharge></cac:Price>
</cac:InvoiceLine>
</Invoice>`;
}
