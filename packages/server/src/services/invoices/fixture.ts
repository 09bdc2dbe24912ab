import { Decimal } from 'decimal.js';
import type { ClientRow } from './clients-repository.ts';
import type { DocumentType, Extraction, InvoiceRecord, LineRecord, Seen, TaxCategory } from './extract/extraction.ts';
import type { Hints } from './hints.ts';
import type { Scenario } from './scenarios.ts';

/** What the fixture pipeline of test mode is given instead of a document. */
export interface FixtureInput {
  readonly scenario: Scenario;
  /** Of the file, hexadecimal: the only thing of it that the fixture depends on. */
  readonly sha256: string;
  readonly pageCount: number;
  readonly hints: Hints;
  readonly client: Pick<ClientRow, 'name' | 'company_code' | 'vat_code'>;
}

/** Reads nothing: makes the canned extraction of a scenario, the same for the same bytes (specification 8). */
export function makeFixture(input: FixtureInput): Extraction {
  switch (input.scenario) {
    case 'failed':
      return failed('test.scenario_failed', 'Processing failed because hints.testScenario=failed');
    case 'ocr_unavailable':
      return failed('ocr.provider_error', 'The text recognition answered 502 Bad Gateway.');
    case 'timeout':
      return failed('extract.timeout', 'Reading the document took longer than it may.');
    case 'not_an_invoice':
      return failed('extract.not_an_invoice', 'What is on the pages is no invoice.');
    default:
      return {
        type: 'read',
        record: recordOf(input, planOf(input.scenario)),
        findings: [],
        document: {
          contentType: 'application/pdf',
          pageCount: input.scenario === 'many_lines' ? 6 : input.pageCount,
          syntax: null,
          profile: null,
          language: 'en',
        },
      };
  }
}

/** Codes of test mode stand beside those of the reader, which knows nothing of scenarios. */
function failed(code: string, message: string): Extraction {
  return { type: 'failed', code, message } as Extraction;
}

/** What a scenario changes of the canned invoice. */
interface Plan {
  readonly confidence: number;
  readonly documentType: DocumentType;
  readonly sign: 1 | -1;
  readonly lines: readonly PlannedLine[];
  readonly showsLines: boolean;
  readonly grossOffBy: string;
  readonly currency: string;
  readonly exchangeRate: string | null;
  readonly reverseCharge: boolean;
  readonly newSeller: boolean;
  readonly blanks: readonly ('orderNumber' | 'dueDate')[];
}

interface PlannedLine {
  readonly code: string;
  readonly description: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly rate: string;
}

const canned: Plan = {
  confidence: 0.99,
  documentType: 'invoice',
  sign: 1,
  lines: [
    { code: 'FX-100', description: 'Office chair (fixture)', quantity: '2', unitPrice: '50.00', rate: '21.00' },
    { code: 'FX-200', description: 'Printed manual (fixture)', quantity: '1', unitPrice: '40.00', rate: '5.00' },
  ],
  showsLines: true,
  grossOffBy: '0',
  currency: 'EUR',
  exchangeRate: null,
  reverseCharge: false,
  newSeller: false,
  blanks: [],
};

function planOf(scenario: Scenario): Plan {
  switch (scenario) {
    case 'low_confidence':
      return { ...canned, confidence: 0.41, blanks: ['orderNumber', 'dueDate'] };
    case 'totals_mismatch':
      return { ...canned, grossOffBy: '0.50' };
    case 'credit_note':
      return { ...canned, documentType: 'credit_note', sign: -1 };
    case 'reverse_charge':
      return { ...canned, reverseCharge: true, lines: canned.lines.map((line) => ({ ...line, rate: '0.00' })) };
    case 'foreign_currency':
      return { ...canned, currency: 'USD', exchangeRate: '0.925000' };
    case 'no_line_items':
      return { ...canned, showsLines: false };
    case 'many_lines':
      return {
        ...canned,
        lines: Array.from({ length: 250 }, (_, index) => ({
          code: `FX-${1000 + index}`,
          description: `Item ${index + 1} (fixture)`,
          quantity: String((index % 9) + 1),
          unitPrice: `${(index % 20) + 1}.50`,
          rate: index % 5 === 0 ? '5.00' : '21.00',
        })),
      };
    case 'new_seller':
      return { ...canned, newSeller: true };
    default:
      return canned;
  }
}

function recordOf({ sha256, hints, client }: FixtureInput, plan: Plan): InvoiceRecord {
  const seen = <T>(value: T | null): Seen<T> =>
    value === null ? null : { value, page: 1, box: null, source: 'text', confidence: plan.confidence, verified: false };
  const money = (amount: Decimal): Seen => seen(amount.toFixed(2));
  const number = `TEST-${sha256.slice(0, 8).toUpperCase()}`;
  const category: TaxCategory = plan.reverseCharge ? 'AE' : 'S';
  const perPage = Math.ceil(plan.lines.length / (plan.lines.length > 50 ? 6 : 1));
  const lines = plan.lines.map((line, index) => {
    const net = new Decimal(line.quantity).times(line.unitPrice).times(plan.sign);
    const tax = net.times(line.rate).div(100).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const page = Math.floor(index / perPage) + 1;
    const onPage = <T>(value: T | null): Seen<T> => {
      const reading = seen(value);
      return reading === null ? null : { ...reading, page };
    };
    const record: LineRecord = {
      page,
      code: onPage(line.code),
      ean: null,
      description: onPage(line.description),
      quantity: onPage(new Decimal(line.quantity).times(plan.sign).toString()),
      unit: onPage('pcs'),
      unitCode: onPage('H87'),
      unitPrice: onPage(line.unitPrice),
      discountPercent: null,
      discountAmount: null,
      netAmount: onPage(net.toFixed(2)),
      taxRate: onPage(line.rate),
      taxCategory: onPage(category),
      taxAmount: onPage(tax.toFixed(2)),
      grossAmount: onPage(net.plus(tax).toFixed(2)),
    };
    return { record, net, rate: line.rate };
  });
  const rates = [...new Set(lines.map(({ rate }) => rate))];
  const taxes = rates.map((rate) => {
    const taxable = lines.filter((line) => line.rate === rate).reduce((sum, { net }) => sum.plus(net), new Decimal(0));
    return { rate, taxable, tax: taxable.times(rate).div(100).toDecimalPlaces(2, Decimal.ROUND_HALF_UP) };
  });
  const net = lines.reduce((sum, line) => sum.plus(line.net), new Decimal(0));
  const tax = taxes.reduce((sum, line) => sum.plus(line.tax), new Decimal(0));
  const gross = net.plus(tax).plus(plan.grossOffBy);
  const zero = new Decimal(0);
  const seller = sellerOf(plan, sha256);
  const account = {
    iban: seen(seller.iban),
    accountNumber: null,
    bic: seen('TESTLT22'),
    bankName: seen('Fixture Bank'),
    currency: seen('EUR'),
  };
  return {
    documentType: seen(hints.documentType ?? plan.documentType),
    invoiceNumber: seen(number),
    orderNumber: plan.blanks.includes('orderNumber') ? null : seen('PO-1001'),
    contractNumber: null,
    originalInvoiceNumber:
      plan.documentType === 'credit_note' ? seen(`TEST-${sha256.slice(8, 16).toUpperCase()}`) : null,
    issueDate: seen('2026-01-15'),
    supplyDate: seen('2026-01-14'),
    dueDate: plan.blanks.includes('dueDate') ? null : seen('2026-02-14'),
    currency: seen(hints.currency ?? plan.currency),
    exchangeRate: seen(plan.exchangeRate),
    seller: {
      name: seen(seller.name),
      companyCode: seen(seller.companyCode),
      vatCode: seen(seller.vatCode),
      taxCode: null,
      email: seen(seller.email),
      phone: seen('+37060000001'),
      address: {
        line1: seen('Bandymo g. 1'),
        line2: null,
        city: seen(seller.city),
        postalCode: seen(seller.postalCode),
        region: null,
        country: seen(seller.country),
        raw: seen(`Bandymo g. 1, ${seller.postalCode} ${seller.city}`),
      },
      bankAccounts: [account],
    },
    buyer: {
      name: seen(client.name),
      companyCode: seen(client.company_code),
      vatCode: seen(client.vat_code),
      taxCode: null,
      email: null,
      phone: null,
      address: null,
      bankAccounts: [],
    },
    lineItems: plan.showsLines ? lines.map(({ record }) => record) : [],
    taxes: taxes.map((line) => ({
      category: seen(category),
      rate: seen(line.rate),
      taxableAmount: money(line.taxable),
      taxAmount: money(line.tax),
      exemptionReason: plan.reverseCharge ? seen('Reverse charge') : null,
      label: seen(plan.reverseCharge ? 'Reverse charge' : `VAT ${new Decimal(line.rate).toString()}%`),
    })),
    totals: {
      net: money(net),
      discount: money(zero),
      charges: money(zero),
      tax: money(tax),
      rounding: money(zero),
      gross: money(gross),
      prepaid: money(zero),
      payable: money(gross),
    },
    payment: {
      method: seen('bank_transfer' as const),
      iban: account.iban,
      accountNumber: null,
      bic: account.bic,
      bankName: account.bankName,
      reference: seen(number),
      termsText: seen('30 days'),
      termsDays: seen(30),
      paidAt: null,
      isPaid: null,
    },
    notes: null,
  };
}

function sellerOf(plan: Plan, sha256: string) {
  const home = {
    name: 'Fixture Supplies UAB',
    companyCode: '300000001',
    vatCode: 'LT100000000001',
    email: 'billing@fixture-supplies.example',
    city: 'Vilnius',
    postalCode: 'LT-01100',
    country: 'LT',
    iban: 'LT121000011101001000',
  };
  if (plan.reverseCharge) {
    return {
      ...home,
      name: 'Fixture Handel GmbH',
      companyCode: 'HRB 100001',
      vatCode: 'DE136695976',
      email: 'rechnung@fixture-handel.example',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
    };
  }
  if (!plan.newSeller) return home;
  const digits = String(Number.parseInt(sha256.slice(0, 7), 16) % 10_000_000).padStart(7, '0');
  return {
    ...home,
    name: `Fixture Seller ${sha256.slice(0, 6).toUpperCase()} UAB`,
    companyCode: `30${digits}`,
    vatCode: null,
    email: `billing@seller-${sha256.slice(0, 6)}.example`,
    iban: null,
  };
}
