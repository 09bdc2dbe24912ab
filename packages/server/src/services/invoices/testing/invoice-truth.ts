import { Decimal } from 'decimal.js';
import { type Chance, createChance } from './chance.ts';
import { makeBic, makeIban, makeVatNumber, type TruthCountry } from './numbers-of-parties.ts';
import { WORDS, type Words } from './words.ts';

/**
 * An invoice that is known in full before it is written down: as XML in any syntax, or as a printed page. Texts are as a
 * document would write them; amounts are decimal texts with the digits of the currency; dates are `YYYY-MM-DD`.
 */
export interface InvoiceTruth {
  readonly seed: number;
  /** The language that a page of this invoice would be printed in. */
  readonly language: TruthLanguage;
  readonly documentType: 'invoice' | 'credit_note';
  readonly number: string;
  readonly issueDate: string;
  readonly dueDate: string | null;
  readonly deliveryDate: string | null;
  readonly currency: string;
  readonly orderNumber: string | null;
  readonly contractNumber: string | null;
  readonly originalInvoiceNumber: string | null;
  readonly buyerReference: string;
  readonly seller: TruthParty;
  readonly buyer: TruthParty;
  readonly lines: readonly TruthLine[];
  readonly allowances: readonly TruthAllowance[];
  readonly charges: readonly TruthAllowance[];
  readonly taxes: readonly TruthTax[];
  readonly totals: TruthTotals;
  readonly payment: TruthPayment;
  readonly notes: readonly string[];
}

export type TruthLanguage = 'de' | 'en' | 'fr' | 'it' | 'es' | 'lt';

export interface TruthParty {
  readonly name: string;
  readonly companyCode: string | null;
  readonly vatCode: string | null;
  readonly taxCode: string | null;
  readonly street: string;
  readonly street2: string | null;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
  readonly contact: string | null;
  readonly email: string | null;
  readonly phone: string | null;
}

export interface TruthLine {
  readonly id: string;
  readonly code: string | null;
  readonly ean: string | null;
  readonly name: string;
  readonly quantity: string;
  /** UN/ECE Recommendation 20. */
  readonly unitCode: string;
  /** The same in the words of the language, as a page prints it. */
  readonly unit: string;
  readonly unitPrice: string;
  readonly discountPercent: string | null;
  readonly discountAmount: string | null;
  readonly netAmount: string;
  readonly taxCategory: TruthCategory;
  readonly taxRate: string;
}

export type TruthCategory = 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O';

export interface TruthAllowance {
  readonly amount: string;
  readonly reason: string;
  readonly taxCategory: TruthCategory;
  readonly taxRate: string;
}

export interface TruthTax {
  readonly category: TruthCategory;
  readonly rate: string;
  readonly taxableAmount: string;
  readonly taxAmount: string;
  readonly exemptionReason: string | null;
}

export interface TruthTotals {
  readonly lines: string;
  readonly discount: string | null;
  readonly charges: string | null;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly prepaid: string | null;
  readonly rounding: string | null;
  readonly payable: string;
}

export interface TruthPayment {
  readonly iban: string;
  readonly bic: string;
  readonly bankName: string;
  readonly accountHolder: string;
  readonly reference: string;
  readonly termsText: string;
  readonly termsDays: number;
}

export interface TruthOptions {
  readonly language?: TruthLanguage;
  /** At least and at most so many lines; 1 to 12 unless said. */
  readonly lines?: readonly [number, number];
  readonly documentType?: 'invoice' | 'credit_note';
  readonly category?: TruthCategory;
}

/** Makes one invoice; the same seed and options make the same one. */
export function makeInvoiceTruth(seed: number, options: TruthOptions = {}): InvoiceTruth {
  const chance = createChance(seed);
  const language = options.language ?? chance.pick(LANGUAGES);
  const words = WORDS[language];
  const currency =
    words.country === 'GB' ? 'GBP' : chance.percent(92) ? 'EUR' : chance.pick(['USD', 'CHF', 'SEK', 'JPY']);
  const digits = currency === 'JPY' ? 0 : 2;
  const category = options.category ?? chance.pick(CATEGORIES);
  const credit = (options.documentType ?? (chance.percent(12) ? 'credit_note' : 'invoice')) === 'credit_note';
  const rates = category === 'S' ? words.rates : ['0.00'];
  const lines = Array.from({ length: chance.integer(...(options.lines ?? [1, 12])) }, (_, index) =>
    makeLine(index, words, category, rates, digits, chance),
  );
  const rate = chance.pick(lines).taxRate;
  const some = (percent: number, reasons: readonly string[], most: number): TruthAllowance[] =>
    chance.percent(percent)
      ? [
          {
            amount: money(new Decimal(chance.integer(100, most)).div(100), digits),
            reason: chance.pick(reasons),
            taxCategory: category,
            taxRate: rate,
          },
        ]
      : [];
  const smallest = Math.min(...lines.map((line) => Number(line.netAmount)));
  const allowances = smallest > 20 ? some(20, words.allowances, 1900) : [];
  const charges = some(20, words.charges, 2500);
  const taxes = taxesOf(lines, allowances, charges, category, digits, words);
  const issueDate = dateAfter('2023-01-02', chance.integer(0, 1000));
  const termsDays = chance.pick([7, 10, 14, 20, 30, 45, 60]);
  const number = makeNumber(words, issueDate, chance);
  const seller = makeParty(words.country, words, chance, true);
  const buyer = makeBuyer(category, words, chance);
  return {
    seed,
    language,
    documentType: credit ? 'credit_note' : 'invoice',
    number,
    issueDate,
    dueDate: credit ? null : dateAfter(issueDate, termsDays),
    deliveryDate: category === 'K' || chance.percent(60) ? dateAfter(issueDate, -chance.integer(0, 9)) : null,
    currency,
    orderNumber: chance.percent(60) ? `${chance.pick(['PO-', '45', 'B-', ''])}${chance.digits(6)}` : null,
    contractNumber: chance.percent(15) ? `${chance.pick(['V', 'C-', 'RV/'])}${chance.digits(5)}` : null,
    originalInvoiceNumber: credit ? makeNumber(words, dateAfter(issueDate, -20), chance) : null,
    buyerReference: `${chance.pick(['04011000', '991-', ''])}${chance.digits(5)}-${chance.digits(2)}`,
    seller,
    buyer,
    lines,
    allowances,
    charges,
    taxes,
    totals: totalsOf(lines, allowances, charges, taxes, digits, chance),
    payment: {
      iban: makeIban(words.country, chance),
      bic: makeBic(words.country, chance),
      bankName: chance.pick(words.banks),
      accountHolder: seller.name,
      reference: number,
      termsText: words.terms(termsDays),
      termsDays,
    },
    notes: chance.percent(40) ? [chance.pick(words.notes)] : [],
  };
}

const LANGUAGES: readonly TruthLanguage[] = ['de', 'en', 'fr', 'it', 'es', 'lt'];
/** Mostly standard rates, as in life. */
const CATEGORIES: readonly TruthCategory[] = ['S', 'S', 'S', 'S', 'S', 'S', 'S', 'S', 'Z', 'E', 'AE', 'K', 'G', 'O'];

function makeLine(
  index: number,
  words: Words,
  category: TruthCategory,
  rates: readonly string[],
  digits: number,
  chance: Chance,
): TruthLine {
  const item = chance.pick(words.items);
  const [unitCode, unit] = chance.pick(item.service ? words.serviceUnits : words.goodsUnits);
  const quantity = new Decimal(
    ['C62', 'H87'].includes(unitCode) ? chance.integer(1, 60) : chance.integer(5, 900) / chance.pick([1, 10, 4]),
  );
  const unitPrice = new Decimal(chance.integer(99, 49999)).div(chance.percent(15) ? 1000 : 100);
  const gross = quantity.times(unitPrice);
  const percent = chance.percent(15) ? chance.pick(['5', '10', '2.5', '20']) : null;
  const discount = percent === null ? null : gross.times(percent).div(100).toDecimalPlaces(digits);
  return {
    id: String(index + 1),
    code: chance.percent(60) ? `${chance.pick(['A', 'ART-', 'X'])}${chance.digits(5)}` : null,
    ean: !item.service && chance.percent(30) ? makeEan(chance) : null,
    name: item.name + (chance.percent(20) ? ` ${chance.pick(['Typ A', 'XL', '2.0', '10 m', '"Pro"', '& Co'])}` : ''),
    quantity: quantity.toString(),
    unitCode,
    unit,
    unitPrice: unitPrice.toString(),
    discountPercent: percent,
    discountAmount: discount === null ? null : money(discount, digits),
    netAmount: money(gross.minus(discount ?? 0), digits),
    taxCategory: category,
    taxRate: chance.pick(rates),
  };
}

function makeEan(chance: Chance): string {
  const body = `4${chance.digits(11)}`;
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return body + String((10 - (sum % 10)) % 10);
}

function makeNumber(words: Words, date: string, chance: Chance): string {
  const year = date.slice(0, 4);
  const serial = chance.digits(chance.integer(3, 6));
  return chance.pick([
    `${words.series}-${year}-${serial}`,
    `${words.series}${serial}`,
    `${year}/${serial}`,
    `${year}${serial}`,
  ]);
}

function makeParty(country: TruthCountry, words: Words, chance: Chance, seller: boolean): TruthParty {
  const place = chance.pick(words.places);
  const name = `${chance.pick(words.firms)} ${chance.pick(words.forms)}`;
  const host = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '');
  return {
    name,
    companyCode: seller || chance.percent(30) ? words.companyCode(chance) : null,
    vatCode: seller || chance.percent(50) ? makeVatNumber(country, chance) : null,
    taxCode:
      seller && country === 'DE' && chance.percent(50)
        ? `${chance.digits(3)}/${chance.digits(3)}/${chance.digits(5)}`
        : null,
    street: `${chance.pick(words.streets)} ${chance.integer(1, 180)}`,
    street2: chance.percent(10) ? chance.pick(words.street2) : null,
    city: place[1],
    postalCode: place[0],
    country,
    contact: seller || chance.percent(30) ? chance.pick(words.people) : null,
    email: seller ? `${chance.pick(['info', 'office', 'billing'])}@${host}.example` : null,
    phone: seller ? words.phone(chance) : null,
  };
}

const ABROAD: Record<TruthCountry, TruthLanguage> = { DE: 'fr', FR: 'de', IT: 'es', ES: 'it', LT: 'de', GB: 'de' };

/** Who buys free of tax across a border lives on its other side. */
function makeBuyer(category: TruthCategory, words: Words, chance: Chance): TruthParty {
  const there = category === 'G' ? 'en' : ABROAD[words.country];
  const side = category === 'K' || (category === 'G' && words.country !== 'GB') ? WORDS[there] : words;
  const party = makeParty(side.country, side, chance, false);
  const needsVat = category === 'K' || category === 'AE';
  return needsVat && party.vatCode === null ? { ...party, vatCode: makeVatNumber(side.country, chance) } : party;
}

function taxesOf(
  lines: readonly TruthLine[],
  allowances: readonly TruthAllowance[],
  charges: readonly TruthAllowance[],
  category: TruthCategory,
  digits: number,
  words: Words,
): TruthTax[] {
  const rates = [...new Set(lines.map((line) => line.taxRate))].sort((a, b) => Number(b) - Number(a));
  return rates.map((rate) => {
    const at = <T extends { taxRate: string }>(list: readonly T[]) => list.filter((each) => each.taxRate === rate);
    const taxable = sum(at(lines).map((line) => line.netAmount))
      .minus(sum(at(allowances).map((each) => each.amount)))
      .plus(sum(at(charges).map((each) => each.amount)));
    return {
      category,
      rate,
      taxableAmount: money(taxable, digits),
      taxAmount: money(taxable.times(rate).div(100), digits),
      exemptionReason: category === 'S' || category === 'Z' ? null : words.exemptions[category],
    };
  });
}

function totalsOf(
  lines: readonly TruthLine[],
  allowances: readonly TruthAllowance[],
  charges: readonly TruthAllowance[],
  taxes: readonly TruthTax[],
  digits: number,
  chance: Chance,
): TruthTotals {
  const net = sum(taxes.map((tax) => tax.taxableAmount));
  const tax = sum(taxes.map((each) => each.taxAmount));
  const gross = net.plus(tax);
  const prepaid = chance.percent(10) ? gross.times(chance.pick(['0.1', '0.25', '0.5'])).toDecimalPlaces(digits) : null;
  const all = (list: readonly TruthAllowance[]) =>
    list.length === 0 ? null : money(sum(list.map((each) => each.amount)), digits);
  return {
    lines: money(sum(lines.map((line) => line.netAmount)), digits),
    discount: all(allowances),
    charges: all(charges),
    net: money(net, digits),
    tax: money(tax, digits),
    gross: money(gross, digits),
    prepaid: prepaid === null ? null : money(prepaid, digits),
    rounding: null,
    payable: money(gross.minus(prepaid ?? 0), digits),
  };
}

function sum(amounts: readonly string[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));
}

function money(value: Decimal, digits: number): string {
  return value.toFixed(digits, Decimal.ROUND_HALF_UP);
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
