import { describe, expect, test } from 'vitest';
import type { Finding } from '../extraction.ts';
import { readXml } from '../xml/read-xml.ts';
import { BASES, type Base, baseInvoice } from './base-invoice.fixture.ts';
import { GERMAN, GERMAN_EXTENSION } from './german.ts';
import { PEPPOL, PEPPOL_CURRENCY } from './peppol.ts';
import { STANDARD } from './validate.ts';

const XRECHNUNG = 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0';
const PEPPOL_BIS = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0';

/** What to put in the place of what; a text is taken out. */
type Change = string | RegExp | readonly [find: string | RegExp, put: string];
type Row = readonly [rule: string, ...changes: readonly Change[]];

function findingsOf(xml: string): readonly Finding[] {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(extraction.message);
  return extraction.findings;
}

function rulesOf(xml: string): string[] {
  return [...new Set(findingsOf(xml).map((finding) => finding.rule))].sort();
}

/** Fails when there is nothing to change, so that no row of a table tests the base itself. */
function changed(xml: string, changes: readonly Change[]): string {
  return changes.reduce<string>((text, change) => {
    const [find, put] = typeof change === 'string' || change instanceof RegExp ? [change, ''] : change;
    const after = text.replace(find, put);
    if (after === text) throw new Error(`nothing to change: ${find}`);
    return after;
  }, xml);
}

/** Rows under their names, for the titles of tests. */
function named(rows: readonly Row[]) {
  return rows.map((row) => ({ rules: row[0], row }));
}

/** `A+B` are rules that are broken together, because they say the same or because one sum is part of another. */
function check(base: string, [rules, ...changes]: Row): void {
  expect(rulesOf(changed(base, changes))).toEqual(rules.split('+').sort());
}

const base = (of: keyof typeof BASES, specification?: string) => baseInvoice(BASES[of] as Base, specification);
const standard = base('S');

describe('a right invoice', () => {
  test.each(Object.keys(BASES))('of the family BR-%s breaks no rule', (family) => {
    expect(findingsOf(base(family))).toEqual([]);
  });

  test.each([XRECHNUNG, PEPPOL_BIS])('by %s breaks no rule', (specification) => {
    expect(findingsOf(base('S', specification))).toEqual([]);
  });
});

const SELLER_ID = /<cac:PartyIdentification>.*?<\/cac:PartyIdentification>/s;
const SELLER_VAT = /<cac:PartyTaxScheme><cbc:CompanyID>DE1.*?<\/cac:PartyTaxScheme>/s;
const REPRESENTATIVE = /<cac:TaxRepresentativeParty>.*?<\/cac:TaxRepresentativeParty>/s;
const ALLOWANCE_REASON = '<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>';
const CHARGE_REASON = '<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>';
const inSubtotal = (name: string) => new RegExp(`(?<=<cac:TaxSubtotal>.*)<cbc:${name}[ >].*?</cbc:${name}>`, 's');
const euro = (name: string, value: string) => `<cbc:${name} currencyID="EUR">${value}</cbc:${name}>`;

describe('mandatory terms', () => {
  const rows: readonly Row[] = [
    ['BR-01', /<cbc:CustomizationID>.*?<\/cbc:CustomizationID>/],
    ['BR-02', '<cbc:ID>R-1001</cbc:ID>'],
    ['BR-03', '<cbc:IssueDate>2024-03-05</cbc:IssueDate>'],
    ['BR-04', /<cbc:InvoiceTypeCode>.*?<\/cbc:InvoiceTypeCode>/],
    ['BR-06', '<cbc:RegistrationName>Seller Ltd</cbc:RegistrationName>'],
    ['BR-07', '<cbc:RegistrationName>Buyer SA</cbc:RegistrationName>'],
    ['BR-08', /<cac:PostalAddress><cbc:CityName>Sellertown.*?<\/cac:PostalAddress>/],
    ['BR-09', '<cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>'],
    ['BR-10', /<cac:PostalAddress><cbc:CityName>Buyerham.*?<\/cac:PostalAddress>/],
    ['BR-11', /(?<=20000<\/cbc:PostalZone>)<cac:Country>.*?<\/cac:Country>/],
    ['BR-12', /(?<=<cac:LegalMonetaryTotal>)<cbc:LineExtensionAmount.*?<\/cbc:LineExtensionAmount>/],
    ['BR-13', /<cbc:TaxExclusiveAmount.*?<\/cbc:TaxExclusiveAmount>/],
    ['BR-14', /<cbc:TaxInclusiveAmount.*?<\/cbc:TaxInclusiveAmount>/],
    ['BR-15', /<cbc:PayableAmount .*?<\/cbc:PayableAmount>/],
    ['BR-16+BR-CO-10+BR-S-08', /<cac:InvoiceLine>.*<\/cac:InvoiceLine>/s],
    ['BR-17', '<cac:PartyName><cbc:Name>Factor Bank</cbc:Name></cac:PartyName>'],
    ['BR-18', '<cac:PartyName><cbc:Name>Rep Ltd</cbc:Name></cac:PartyName>'],
    ['BR-19', /(?<=Rep Ltd<\/cbc:Name><\/cac:PartyName>)<cac:PostalAddress>.*?<\/cac:PostalAddress>/],
    ['BR-20', '<cac:Country><cbc:IdentificationCode>AT</cbc:IdentificationCode></cac:Country>'],
    ['BR-21', '<cbc:ID>1</cbc:ID>'],
    ['BR-22', '<cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity>'],
    ['BR-23', [' unitCode="C62">2', '>2']],
    ['BR-24+BR-CO-10+BR-S-08', /(?<=2<\/cbc:InvoicedQuantity>)<cbc:LineExtensionAmount.*?<\/cbc:LineExtensionAmount>/],
    ['BR-25', '<cbc:Name>Thing</cbc:Name>'],
    ['BR-26', /<cbc:PriceAmount.*?<\/cbc:PriceAmount>/],
    ['BR-27', ['51.00', '-51.00']],
    ['BR-28', ['53.00', '-53.00']],
    ['BR-29', ['2024-02-29', '2023-02-28']],
    ['BR-30', ['2024-02-09', '2024-02-02']],
    ['BR-31+BR-CO-11+BR-S-08', euro('Amount', '10.00')],
    ['BR-32+BR-S-08', /(?<=100.00<\/cbc:BaseAmount>)<cac:TaxCategory>.*?<\/cac:TaxCategory>/],
    ['BR-33+BR-CO-21', ALLOWANCE_REASON],
    ['BR-36+BR-CO-12+BR-S-08', euro('Amount', '5.00')],
    ['BR-37+BR-S-08', /(?<=>FC<.*?)<cac:TaxCategory>.*?<\/cac:TaxCategory>/],
    ['BR-38+BR-CO-22', CHARGE_REASON],
    ['BR-41', euro('Amount', '3.00')],
    ['BR-42+BR-CO-23', '<cbc:AllowanceChargeReasonCode>100</cbc:AllowanceChargeReasonCode>'],
    ['BR-43', euro('Amount', '1.00')],
    ['BR-44+BR-CO-24', '<cbc:AllowanceChargeReasonCode>ABK</cbc:AllowanceChargeReasonCode>'],
    ['BR-45', inSubtotal('TaxableAmount')],
    ['BR-46+BR-CO-14', inSubtotal('TaxAmount')],
    ['BR-47+BR-S-01', inSubtotal('ID')],
    ['BR-48+BR-CO-17+BR-S-08', inSubtotal('Percent')],
    ['BR-49', '<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>'],
    ['BR-50+BR-61', '<cbc:ID>DE75512108001245126199</cbc:ID>'],
    [
      'BR-51',
      [
        '<cac:PayeeFinancialAccount>',
        '<cac:CardAccount><cbc:PrimaryAccountNumberID>4111111111111111</cbc:PrimaryAccountNumberID></cac:CardAccount><cac:PayeeFinancialAccount>',
      ],
    ],
    ['BR-52', '<cbc:ID>TIMES</cbc:ID>'],
    [
      'BR-53',
      ['</cbc:DocumentCurrencyCode>', '</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>'],
    ],
    ['BR-54', '<cbc:Value>red</cbc:Value>'],
    ['BR-55+UBL-SR-07', '<cbc:ID>R-1000</cbc:ID>'],
    ['BR-56', /<cac:PartyTaxScheme><cbc:CompanyID>ATU.*?<\/cac:PartyTaxScheme>/],
    ['BR-57', /(?<=30000<\/cbc:PostalZone>)<cac:Country>.*?<\/cac:Country>/],
    ['BR-61', /<cac:PayeeFinancialAccount>.*?<\/cac:PayeeFinancialAccount>/],
    ['BR-62', ['EndpointID schemeID="0088"', 'EndpointID']],
    ['BR-63', ['EndpointID schemeID="0204"', 'EndpointID']],
    ['BR-64', [' schemeID="0160"', '']],
    ['BR-65', [' listID="STI"', '']],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(standard, row));

  test('BR-05, with the currency of the total of VAT, which depends on it', () => {
    check(standard, ['BR-05+BR-CO-15', /<cbc:DocumentCurrencyCode>.*?<\/cbc:DocumentCurrencyCode>/]);
  });
});

describe('conditions', () => {
  const rows: readonly Row[] = [
    [
      'BR-CO-03',
      ['</cbc:InvoiceTypeCode>', '</cbc:InvoiceTypeCode><cbc:TaxPointDate>2024-03-05</cbc:TaxPointDate>'],
      ['<cac:InvoicePeriod>', '<cac:InvoicePeriod><cbc:DescriptionCode>35</cbc:DescriptionCode>'],
    ],
    ['BR-CO-04+BR-S-08+UBL-SR-48', /<cac:ClassifiedTaxCategory>.*?<\/cac:ClassifiedTaxCategory>/],
    ['BR-CO-09', ['DE136695976', 'ZZ136695976']],
    ['BR-CO-10+BR-CO-13', [/(?<=<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">)100.00/, '101.00']],
    ['BR-CO-11+BR-CO-13', [/(?<=AllowanceTotalAmount currencyID="EUR">)10.00/, '11.00']],
    ['BR-CO-12+BR-CO-13', [/(?<=ChargeTotalAmount currencyID="EUR">)5.00/, '6.00']],
    ['BR-CO-13+BR-CO-15', [/(?<=TaxExclusiveAmount currencyID="EUR">)95.00/, '96.00']],
    ['BR-CO-14+BR-CO-15', [/(?<=<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">)19.00/, '19.01']],
    ['BR-CO-15+BR-CO-16', [/(?<=TaxInclusiveAmount currencyID="EUR">)114.00/, '115.00']],
    ['BR-CO-16', [/(?<=PayableAmount currencyID="EUR">)110.00/, '110.01']],
    ['BR-CO-18+BR-S-01', /<cac:TaxSubtotal>.*?<\/cac:TaxSubtotal>/],
    ['BR-CO-19', '<cbc:StartDate>2024-02-01</cbc:StartDate><cbc:EndDate>2024-02-29</cbc:EndDate>'],
    ['BR-CO-20', '<cbc:StartDate>2024-02-05</cbc:StartDate><cbc:EndDate>2024-02-09</cbc:EndDate>'],
    ['BR-CO-25', /<cbc:DueDate>.*?<\/cbc:DueDate>/],
    ['BR-CO-26', SELLER_ID, SELLER_VAT, /<cbc:CompanyID schemeID="0002">.*?<\/cbc:CompanyID>/],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(standard, row));

  test('BR-CO-25 says that something is missing, without failing the invoice', () => {
    const [finding] = findingsOf(changed(standard, [/<cbc:DueDate>.*?<\/cbc:DueDate>/]));
    expect(finding).toMatchObject({ severity: 'warning', place: 'dueDate' });
  });

  test('what does not add up is told with what would', () => {
    const findings = findingsOf(changed(standard, [[/(?<=PayableAmount currencyID="EUR">)110.00/, '110.01']]));
    expect(findings).toMatchObject([
      { rule: 'BR-CO-16', severity: 'error', place: 'totals.payable', expected: '110.00', actual: '110.01' },
    ]);
  });
});

describe.each(Object.keys(BASES))('the family BR-%s', (family) => {
  const of = BASES[family] as Base;
  const xml = base(family);
  const rule = (number: string) => `BR-${family}-${number}`;
  const taxed = Number(of.tax) > 0;
  const untaxed = of.category === 'O';
  const rate = (at: string) =>
    new RegExp(`(?<=${at}.*?<cbc:ID>${of.category}</cbc:ID>)(<cbc:Percent>.*?</cbc:Percent>)?(?=<cac:TaxScheme>)`, 's');
  const wrongRate = { S: '0', AF: '-1', AG: '-1' }[family] ?? '7';
  const mismatch = taxed ? `+${rule('08')}` : '';
  const rows: readonly Row[] = [
    [`${rule('01')}+BR-CO-18`, /<cac:TaxSubtotal>.*?<\/cac:TaxSubtotal>/],
    [`${rule('05')}${mismatch}`, [rate('<cac:InvoiceLine>'), `<cbc:Percent>${wrongRate}</cbc:Percent>`]],
    [`${rule('06')}${mismatch}`, [rate('>95<'), `<cbc:Percent>${wrongRate}</cbc:Percent>`]],
    [`${rule('07')}${mismatch}`, [rate('>FC<'), `<cbc:Percent>${wrongRate}</cbc:Percent>`]],
    [rule('08'), [/(?<=<cbc:TaxableAmount currencyID="EUR">)95.00/, '97.00']],
    [`${rule('09')}+BR-CO-14+BR-CO-17`, [/(?<=<\/cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">)[\d.]+/, '22.00']],
    [
      rule('10'),
      of.reason === null
        ? [/(?<=<cac:TaxSubtotal>.*)(?=<cac:TaxScheme>)/s, '<cbc:TaxExemptionReason>Because</cbc:TaxExemptionReason>']
        : /<cbc:TaxExemptionReasonCode>.*?<\/cbc:TaxExemptionReasonCode>/,
    ],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(xml, row));

  test(`${rule('02')} to ${rule('04')}: who has to be identified`, () => {
    const added =
      '<cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>';
    const all = `${rule('02')}+${rule('03')}+${rule('04')}`;
    if (untaxed) check(xml, [all, ['<cac:PartyLegalEntity>', `${added}<cac:PartyLegalEntity>`]]);
    else check(xml, family === 'S' ? [all, SELLER_VAT, REPRESENTATIVE] : [all, SELLER_VAT]);
  });
});

describe('what only some categories demand', () => {
  const DELIVERED = /<cac:Delivery>.*?<\/cac:Delivery>/s;
  const PERIOD = /<cac:InvoicePeriod><cbc:StartDate>2024-02-01.*?<\/cac:InvoicePeriod>/;
  const BUYER_VAT = /<cac:PartyTaxScheme><cbc:CompanyID>FR.*?<\/cac:PartyTaxScheme>/;
  const other = (rate: string) =>
    `<cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>${rate}</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>`;

  test('BR-AE and BR-IC: the buyer is identified', () => {
    check(base('AE'), ['BR-AE-02+BR-AE-03+BR-AE-04', BUYER_VAT]);
    check(base('IC'), ['BR-IC-02+BR-IC-03+BR-IC-04', BUYER_VAT]);
  });

  test('BR-IC-11 and BR-IC-12: when and to where was delivered', () => {
    check(base('IC'), ['BR-IC-11+BR-IC-12', DELIVERED, PERIOD]);
    check(base('IC'), ['BR-IC-12', DELIVERED]);
  });

  test('BR-O-11 to BR-O-14: nothing of another category stands beside', () => {
    const xml = base('O');
    const identified = 'BR-E-02+BR-E-03+BR-E-04'.split('+');
    const rules = (...changes: Change[]) => rulesOf(changed(xml, changes)).filter((rule) => !identified.includes(rule));
    const subtotal = `<cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">0.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount>${other('0').replace('<cac:TaxScheme>', '<cbc:TaxExemptionReason>R</cbc:TaxExemptionReason><cac:TaxScheme>')}</cac:TaxSubtotal></cac:TaxTotal>`;
    expect(rules(['</cac:TaxTotal>', subtotal])).toEqual(['BR-E-01', 'BR-O-11']);
    expect(
      rules([
        /<cac:ClassifiedTaxCategory>.*?<\/cac:ClassifiedTaxCategory>/,
        other('0').replaceAll('TaxCategory', 'ClassifiedTaxCategory'),
      ]),
    ).toEqual(['BR-E-01', 'BR-O-08', 'BR-O-12']);
    expect(rules([/(?<=>95<.*?)<cac:TaxCategory>.*?<\/cac:TaxCategory>/, other('0')])).toEqual([
      'BR-E-01',
      'BR-O-08',
      'BR-O-13',
    ]);
    expect(rules([/(?<=>FC<.*?)<cac:TaxCategory>.*?<\/cac:TaxCategory>/, other('0')])).toEqual([
      'BR-E-01',
      'BR-O-08',
      'BR-O-14',
    ]);
  });

  test('BR-B: split payment is Italian, and is not mixed with the standard rate', () => {
    const split = standard.replaceAll('<cbc:ID>S</cbc:ID>', '<cbc:ID>B</cbc:ID>');
    expect(rulesOf(split)).toEqual(['BR-B-01']);
    const italian = split.replace(/<cbc:IdentificationCode>(DE|FR|AT)</g, '<cbc:IdentificationCode>IT<');
    expect(rulesOf(italian)).toEqual([]);
    expect(rulesOf(italian.replace(/(?<=<cac:ClassifiedTaxCategory>)<cbc:ID>B</, '<cbc:ID>S<'))).toContain('BR-B-02');
  });
});

describe('decimals', () => {
  const long = (find: RegExp): Change => [find, '$&0'];
  const rows: readonly Row[] = [
    ['BR-DEC-01+UBL-DT-01', long(/10\.00(?=<\/cbc:Amount>)/)],
    ['BR-DEC-02+UBL-DT-01', long(/(?<=>10.00<\/cbc:Amount><cbc:BaseAmount currencyID="EUR">)100\.00/)],
    ['BR-DEC-05+UBL-DT-01', long(/(?<=>)5\.00(?=<\/cbc:Amount>)/)],
    ['BR-DEC-06+UBL-DT-01', long(/(?<=>5.00<\/cbc:Amount><cbc:BaseAmount currencyID="EUR">)100\.00/)],
    ['BR-DEC-09+UBL-DT-01', long(/(?<=<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">)100\.00/)],
    ['BR-DEC-10+UBL-DT-01', long(/10\.00(?=<\/cbc:AllowanceTotalAmount>)/)],
    ['BR-DEC-11+UBL-DT-01', long(/5\.00(?=<\/cbc:ChargeTotalAmount>)/)],
    ['BR-DEC-12+UBL-DT-01', long(/95\.00(?=<\/cbc:TaxExclusiveAmount>)/)],
    ['BR-DEC-13+UBL-DT-01', long(/(?<=<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">)19\.00/)],
    ['BR-DEC-14+UBL-DT-01', long(/114\.00(?=<\/cbc:TaxInclusiveAmount>)/)],
    [
      'BR-DEC-15+UBL-DT-01',
      ['</cbc:DocumentCurrencyCode>', '</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>'],
      [
        '<cac:TaxTotal>',
        '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">210.123</cbc:TaxAmount></cac:TaxTotal><cac:TaxTotal>',
      ],
    ],
    ['BR-DEC-16+UBL-DT-01', long(/4\.50(?=<\/cbc:PrepaidAmount>)/)],
    ['BR-DEC-17+UBL-DT-01', long(/0\.50(?=<\/cbc:PayableRoundingAmount>)/)],
    ['BR-DEC-18+UBL-DT-01', long(/110\.00(?=<\/cbc:PayableAmount>)/)],
    ['BR-DEC-19+UBL-DT-01', long(/95\.00(?=<\/cbc:TaxableAmount>)/)],
    ['BR-DEC-20+UBL-DT-01', long(/(?<=<\/cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">)19\.00/)],
    ['BR-DEC-23+UBL-DT-01', long(/(?<=<\/cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">)100\.00/)],
    ['BR-DEC-24+UBL-DT-01', long(/3\.00(?=<\/cbc:Amount>)/)],
    ['BR-DEC-25+UBL-DT-01', [/(?<=3\.00<\/cbc:Amount>)/, euro('BaseAmount', '30.000')]],
    ['BR-DEC-27+UBL-DT-01', long(/1\.00(?=<\/cbc:Amount>)/)],
    ['BR-DEC-28+UBL-DT-01', [/(?<=>1\.00<\/cbc:Amount>)/, euro('BaseAmount', '10.000')]],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(standard, row));
});

describe('code lists', () => {
  const rows: readonly Row[] = [
    ['BR-CL-01', ['>380<', '>381<']],
    ['BR-CL-03', ['PriceAmount currencyID="EUR"', 'PriceAmount currencyID="EURO"']],
    [
      'BR-CL-03+BR-CL-05',
      ['</cbc:DocumentCurrencyCode>', '</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>XYZ</cbc:TaxCurrencyCode>'],
      [
        '<cac:TaxTotal>',
        '<cac:TaxTotal><cbc:TaxAmount currencyID="XYZ">1.00</cbc:TaxAmount></cac:TaxTotal><cac:TaxTotal>',
      ],
    ],
    ['BR-CL-06', ['<cac:InvoicePeriod>', '<cac:InvoicePeriod><cbc:DescriptionCode>99</cbc:DescriptionCode>']],
    ['BR-CL-07', ['"ABT"', '"XXX"']],
    ['BR-CL-08', ['#AAI#', '#QQQ#']],
    ['BR-CL-10', ['PartyIdentification><cbc:ID schemeID="0088"', 'PartyIdentification><cbc:ID schemeID="9999"']],
    ['BR-CL-11', ['"0002"', '"9999"']],
    ['BR-CL-13', ['"STI"', '"XXX"']],
    ['BR-CL-14', ['>FR<', '>UK<']],
    ['BR-CL-15', ['>PT<', '>QQ<']],
    ['BR-CL-16', ['>58<', '>158<']],
    ['BR-CL-19', [ALLOWANCE_REASON, ALLOWANCE_REASON.replace('95', '96')]],
    ['BR-CL-20', [CHARGE_REASON, CHARGE_REASON.replace('FC', 'QQQ')]],
    ['BR-CL-21', ['"0160"', '"9999"']],
    ['BR-CL-23', ['unitCode="C62">2', 'unitCode="PCS">2']],
    ['BR-CL-24', ['"text/csv"', '"text/html"']],
    ['BR-CL-25', ['"0204"', '"9999"']],
    ['BR-CL-26', ['DeliveryLocation><cbc:ID schemeID="0088"', 'DeliveryLocation><cbc:ID schemeID="9999"']],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(standard, row));

  test('BR-CL-04, BR-CL-17, BR-CL-18 and BR-CL-22, beside what depends on their codes', () => {
    expect(rulesOf(standard.replaceAll('"EUR"', '"EUX"').replace('>EUR<', '>EUX<'))).toEqual(['BR-CL-03', 'BR-CL-04']);
    expect(rulesOf(changed(standard, [[/(?<=<cac:TaxSubtotal>.*)<cbc:ID>S</s, '<cbc:ID>X<']]))).toEqual([
      'BR-CL-17',
      'BR-S-01',
    ]);
    expect(rulesOf(changed(standard, [[/(?<=<cac:ClassifiedTaxCategory>)<cbc:ID>S</, '<cbc:ID>X<']]))).toEqual([
      'BR-CL-18',
      'BR-S-08',
    ]);
    expect(rulesOf(changed(base('E'), [['VATEX-EU-132', 'VATEX-EU-999']]))).toEqual(['BR-CL-22']);
  });
});

describe('XRechnung', () => {
  const german = base('S', XRECHNUNG);
  const transfer = '<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>';
  const account = /<cac:PayeeFinancialAccount>.*?<\/cac:PayeeFinancialAccount>/;
  const card = '<cac:CardAccount><cbc:PrimaryAccountNumberID>123456</cbc:PrimaryAccountNumberID></cac:CardAccount>';
  const mandate =
    '<cac:PaymentMandate><cbc:ID>M1</cbc:ID><cac:PayerFinancialAccount><cbc:ID>DE75512108001245126199</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>';
  const creditor: Change = [
    '</cac:PartyIdentification>',
    '</cac:PartyIdentification><cac:PartyIdentification><cbc:ID schemeID="SEPA">DE98ZZZ09999999999</cbc:ID></cac:PartyIdentification>',
  ];
  const means = (code: string): Change => [transfer, transfer.replace('58', code)];
  const rows: readonly Row[] = [
    ['BR-DE-1', /<cac:PaymentMeans>.*?<\/cac:PaymentMeans>/],
    ['BR-DE-2', /<cac:Contact>.*?<\/cac:Contact>/],
    ['BR-DE-3', '<cbc:CityName>Sellertown</cbc:CityName>'],
    ['BR-DE-4', '<cbc:PostalZone>10000</cbc:PostalZone>'],
    ['BR-DE-5', '<cbc:Name>Sam Seller</cbc:Name>'],
    ['BR-DE-6', /<cbc:Telephone>.*?<\/cbc:Telephone>/],
    ['BR-DE-7', /<cbc:ElectronicMail>.*?<\/cbc:ElectronicMail>/],
    ['BR-DE-8', '<cbc:CityName>Buyerham</cbc:CityName>'],
    ['BR-DE-9', '<cbc:PostalZone>20000</cbc:PostalZone>'],
    ['BR-DE-10', '<cbc:CityName>Depot</cbc:CityName>'],
    ['BR-DE-11', '<cbc:PostalZone>30000</cbc:PostalZone>'],
    ['BR-48+BR-CO-17+BR-DE-14+BR-S-08', inSubtotal('Percent')],
    ['BR-DE-15', /<cbc:BuyerReference>.*?<\/cbc:BuyerReference>/],
    ['BR-DE-16+BR-S-02+BR-S-03+BR-S-04', SELLER_VAT, REPRESENTATIVE],
    ['BR-DE-17', ['>380<', '>383<']],
    [
      'BR-DE-18',
      [
        '<cac:AllowanceCharge>',
        '<cac:PaymentTerms><cbc:Note>#SKONTO#TAGE=14#PROZENT=2#</cbc:Note></cac:PaymentTerms><cac:AllowanceCharge>',
      ],
    ],
    ['BR-DE-19', ['DE75512108001245126199', 'DE75512108001245126198']],
    ['BR-DE-20', means('59'), [account, mandate.replace('126199', '126198')], creditor],
    ['BR-DE-21', ['xrechnung_3.0', 'xrechnung_2.0']],
    ['BR-DE-22', [/<cac:AdditionalDocumentReference><cbc:ID>TIMES.*?<\/cac:AdditionalDocumentReference>/, '$&$&']],
    ['BR-61+BR-DE-23-a', account],
    ['BR-DE-23-b', ['<cac:PayeeFinancialAccount>', `${card}<cac:PayeeFinancialAccount>`]],
    ['BR-DE-24-a', means('48'), account],
    ['BR-DE-24-b', means('48'), ['<cac:PayeeFinancialAccount>', `${card}<cac:PayeeFinancialAccount>`]],
    ['BR-DE-25-a', means('59'), account],
    ['BR-DE-25-b', means('59'), [account, card + mandate], creditor],
    ['BR-DE-26', ['>380<', '>384<'], /<cac:BillingReference>.*?<\/cac:BillingReference>/],
    ['BR-DE-27', ['+49 30 123456', 'n/a']],
    ['BR-DE-28', ['sam@seller.example', 'sam.seller.example']],
    ['BR-DE-30', means('59'), [account, mandate]],
    [
      'BR-DE-20+BR-DE-31',
      means('59'),
      [account, mandate.replace(/<cac:Payer.*<\/cac:PayerFinancialAccount>/, '')],
      creditor,
    ],
    [
      'BR-DE-TMP-32',
      /<cbc:ActualDeliveryDate>.*?<\/cbc:ActualDeliveryDate>/,
      /<cac:InvoicePeriod>.*?<\/cac:InvoicePeriod>/,
      /<cac:InvoicePeriod>.*?<\/cac:InvoicePeriod>/,
    ],
    [
      'BR-TMP-2',
      [
        '<cac:Attachment>',
        '<cac:Attachment><cac:ExternalReference><cbc:URI>files/times.csv</cbc:URI></cac:ExternalReference>',
      ],
    ],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(german, row));

  test('BR-DEX-09: the extension counts in what third parties are owed', () => {
    const extension = base('S', `${XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0`);
    const owed = changed(extension, [
      [
        '<cac:AllowanceCharge>',
        '<cac:PrepaidPayment><cbc:ID>X</cbc:ID><cbc:PaidAmount currencyID="EUR">20.00</cbc:PaidAmount></cac:PrepaidPayment><cac:AllowanceCharge>',
      ],
    ]);
    expect(rulesOf(extension)).toEqual([]);
    expect(rulesOf(owed)).toEqual(['BR-DEX-09']);
    expect(rulesOf(changed(owed, [['>110.00<', '>130.00<']]))).toEqual([]);
  });
});

describe('Peppol', () => {
  const peppol = base('S', PEPPOL_BIS);
  const id = (rule: string) => `PEPPOL-EN16931-${rule}`;
  const rows: readonly Row[] = [
    [id('R001'), /<cbc:ProfileID>.*?<\/cbc:ProfileID>/],
    [id('R002'), ['<cbc:Note>', '<cbc:Note>One more</cbc:Note><cbc:Note>']],
    [
      id('R003'),
      /<cbc:BuyerReference>.*?<\/cbc:BuyerReference>/,
      '<cac:OrderReference><cbc:ID>PO-7</cbc:ID></cac:OrderReference>',
    ],
    [id('R004'), ['#compliant#urn:fdc', '#conformant#urn:fdc']],
    [
      `${id('R005')}+${id('R054')}`,
      ['</cbc:DocumentCurrencyCode>', '</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>'],
    ],
    [id('R007'), ['billing:01:1.0', 'billing:1']],
    [id('R008'), ['<cbc:Note>', '<cbc:AccountingCost/><cbc:Note>']],
    [id('P0100'), ['<cbc:InvoiceTypeCode>380<', '<cbc:InvoiceTypeCode>751<']],
    [id('R010'), /<cbc:EndpointID schemeID="0204">.*?<\/cbc:EndpointID>/],
    [id('R020'), /<cbc:EndpointID schemeID="0088">.*?<\/cbc:EndpointID>/],
    [id('R040'), ['<cbc:MultiplierFactorNumeric>10<', '<cbc:MultiplierFactorNumeric>11<']],
    [id('R041'), /<cbc:BaseAmount.*?<\/cbc:BaseAmount>/],
    [id('R042'), /<cbc:MultiplierFactorNumeric>.*?<\/cbc:MultiplierFactorNumeric>/],
    // What says neither is no allowance and no charge, so the sums miss it.
    [`BR-CO-11+${id('R043')}+BR-S-08`, ['<cbc:ChargeIndicator>false<', '<cbc:ChargeIndicator>no<']],
    [
      id('R044'),
      [
        '</cbc:BaseQuantity><cac:AllowanceCharge><cbc:ChargeIndicator>false<',
        '</cbc:BaseQuantity><cac:AllowanceCharge><cbc:ChargeIndicator>true<',
      ],
    ],
    [id('R046'), ['53.00', '54.00']],
    [id('R051'), ['PriceAmount currencyID="EUR"', 'PriceAmount currencyID="USD"']],
    [
      `BR-53+${id('R054')}`,
      ['</cbc:DocumentCurrencyCode>', '</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>'],
    ],
    [
      `${id('R100')}+UBL-SR-52`,
      [
        '<cac:InvoicePeriod><cbc:StartDate>2024-02-05',
        '<cac:DocumentReference><cbc:ID>1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference><cac:DocumentReference><cbc:ID>2</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference><cac:InvoicePeriod><cbc:StartDate>2024-02-05',
      ],
    ],
    [
      id('R101'),
      [
        '<cac:InvoicePeriod><cbc:StartDate>2024-02-05',
        '<cac:DocumentReference><cbc:ID>1</cbc:ID><cbc:DocumentTypeCode>916</cbc:DocumentTypeCode></cac:DocumentReference><cac:InvoicePeriod><cbc:StartDate>2024-02-05',
      ],
    ],
    [
      id('R055'),
      ['</cbc:DocumentCurrencyCode>', '</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>'],
      [
        '<cac:TaxTotal>',
        '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">-210.12</cbc:TaxAmount></cac:TaxTotal><cac:TaxTotal>',
      ],
    ],
    [
      id('R061'),
      ['>58<', '>59<'],
      [
        /<cac:PayeeFinancialAccount>.*?<\/cac:PayeeFinancialAccount>/,
        '<cac:PaymentMandate><cac:PayerFinancialAccount><cbc:ID>DE75512108001245126199</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>',
      ],
    ],
    [id('R110'), ['2024-02-05', '2024-01-05']],
    [id('R111'), ['2024-02-09', '2024-03-09']],
    [id('R120'), ['PriceAmount currencyID="EUR">51.00', 'PriceAmount currencyID="EUR">52.00'], ['53.00', '54.00']],
    [`${id('R120')}+${id('R121')}`, ['unitCode="C62">1<', 'unitCode="C62">-1<']],
    [id('R130'), ['unitCode="C62">1<', 'unitCode="KGM">1<']],
    [id('P0112'), ['>380<', '>384<']],
  ];
  test.each(named(rows))('$rules', ({ row }) => check(peppol, row));

  test.each([
    { rule: 'P0104', reason: 'G', wrongly: 'E' },
    { rule: 'P0105', reason: 'O', wrongly: 'E' },
    { rule: 'P0106', reason: 'IC', wrongly: 'E' },
    { rule: 'P0107', reason: 'AE', wrongly: 'E' },
    { rule: 'P0108', reason: 'D', wrongly: 'AE' },
    { rule: 'P0109', reason: 'F', wrongly: 'AE' },
    { rule: 'P0110', reason: 'I', wrongly: 'AE' },
    { rule: 'P0111', reason: 'J', wrongly: 'AE' },
  ])('$rule: the reason VATEX-EU-$reason belongs to its category', ({ rule, reason, wrongly }) => {
    check(base(wrongly, PEPPOL_BIS), [id(rule), [/VATEX-EU-\w+/, `VATEX-EU-${reason}`]]);
  });
});

describe('the table of rules', () => {
  test('has each rule once, but for those that hold for several groups', () => {
    const ids = [...STANDARD, ...GERMAN, ...GERMAN_EXTENSION, ...PEPPOL, PEPPOL_CURRENCY].map((rule) => rule.id);
    const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
    expect([...twice].sort()).toEqual(['PEPPOL-EN16931-R040', 'PEPPOL-EN16931-R041', 'PEPPOL-EN16931-R042']);
    expect(ids.length).toBeGreaterThan(280);
  });

  test('says of every rule, in a sentence, what holds in a right invoice', () => {
    for (const rule of STANDARD) expect(rule.says).toMatch(/^[A-Z].*\.$/);
  });
});
