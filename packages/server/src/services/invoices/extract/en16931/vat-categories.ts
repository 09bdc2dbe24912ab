import type { Decimal } from 'decimal.js';
import { near } from './conditions.ts';
import type { AllowanceOrCharge, Line, SemanticInvoice, TaxBreakdown } from './model.ts';
import { cents, sumOf } from './number.ts';
import {
  ALLOWANCES,
  BREAKDOWN,
  type Breach,
  CHARGES,
  type Group,
  LINES,
  type Rule,
  rule,
  whole,
  written,
} from './rule.ts';

/** What EN 16931 demands of one category of VAT; the ten rules of each family follow from its row. */
interface Category {
  /** UNTDID 5305. */
  readonly code: string;
  /** The middle of the names of its rules. */
  readonly family: string;
  readonly name: string;
  /** `own`: a rate of its own for each part of the breakdown; `none`: no rate may be stated. */
  readonly rate: 'positive' | 'own' | 'zero' | 'none';
  /** Who has to be identified, and by what: `tax` is a VAT number or the seller's national tax number. */
  readonly seller: 'tax' | 'vat' | 'never';
  readonly buyer: 'any' | 'vat' | 'vat or register' | 'never';
  /** Whether the breakdown says why there is no VAT. */
  readonly reason: 'required' | 'forbidden';
}

const CATEGORIES: readonly Category[] = [
  { code: 'S', family: 'S', name: 'standard rate', rate: 'positive', seller: 'tax', buyer: 'any', reason: 'forbidden' },
  { code: 'Z', family: 'Z', name: 'zero rate', rate: 'zero', seller: 'tax', buyer: 'any', reason: 'forbidden' },
  { code: 'E', family: 'E', name: 'exempt', rate: 'zero', seller: 'tax', buyer: 'any', reason: 'required' },
  {
    code: 'AE',
    family: 'AE',
    name: 'reverse charge',
    rate: 'zero',
    seller: 'tax',
    buyer: 'vat or register',
    reason: 'required',
  },
  {
    code: 'K',
    family: 'IC',
    name: 'intra-community supply',
    rate: 'zero',
    seller: 'vat',
    buyer: 'vat',
    reason: 'required',
  },
  { code: 'G', family: 'G', name: 'export', rate: 'zero', seller: 'vat', buyer: 'any', reason: 'required' },
  {
    code: 'O',
    family: 'O',
    name: 'outside the scope of VAT',
    rate: 'none',
    seller: 'never',
    buyer: 'never',
    reason: 'required',
  },
  // IGIC and IPSI were the families IG and IP in earlier editions.
  {
    code: 'L',
    family: 'AF',
    name: 'IGIC of the Canary Islands',
    rate: 'own',
    seller: 'tax',
    buyer: 'any',
    reason: 'forbidden',
  },
  {
    code: 'M',
    family: 'AG',
    name: 'IPSI of Ceuta and Melilla',
    rate: 'own',
    seller: 'tax',
    buyer: 'any',
    reason: 'forbidden',
  },
];

/** BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF, BR-AG and BR-B. */
export const VAT_CATEGORIES: readonly Rule[] = [
  ...CATEGORIES.flatMap(familyOf),
  whole(
    'BR-IC-11',
    'supplyDate',
    'Of an intra-community supply it is said when it was delivered (BT-72 or BG-14).',
    (i) => !breaksDown(i, 'K') || i.delivery?.date != null || i.period?.start != null || i.period?.end != null,
  ),
  whole(
    'BR-IC-12',
    'taxes',
    'Of an intra-community supply it is said to which country it was delivered (BT-80).',
    (i) => !breaksDown(i, 'K') || i.delivery?.address?.country != null,
  ),
  whole(
    'BR-O-11',
    'taxes',
    'What is outside the scope of VAT stands alone in the breakdown (BG-23).',
    (i) => !breaksDown(i, 'O') || i.breakdown.every((tax) => tax.category === 'O'),
  ),
  alone('BR-O-12', LINES, '.taxCategory', 'the lines (BT-151)', (line) => line.tax?.category ?? null),
  alone('BR-O-13', ALLOWANCES, '', 'the allowances (BT-95)', (part) => part.tax?.category ?? null),
  alone('BR-O-14', CHARGES, '', 'the charges (BT-102)', (part) => part.tax?.category ?? null),
  whole(
    'BR-B-01',
    'taxes',
    'Split payment (category B) is for invoices within Italy.',
    (i) => !uses(i, 'B') || countriesOf(i).every((country) => country === 'IT'),
  ),
  whole(
    'BR-B-02',
    'taxes',
    'Split payment (category B) is not mixed with the standard rate (category S).',
    (i) => !uses(i, 'B') || !uses(i, 'S'),
  ),
];

function familyOf(category: Category): Rule[] {
  const { code, family, name } = category;
  const id = (number: string) => `BR-${family}-${number}`;
  return [
    rule(
      id('01'),
      `What is of the category ${code} (${name}) stands in the VAT breakdown (BG-23), and nothing else does.`,
      { lines: true },
      (i) => (isBrokenDown(i, category) ? [] : [{ place: 'taxes' }]),
    ),
    identified(id('02'), category, 'a line', (i) => i.lines.some((line) => line.tax?.category === code), true),
    identified(id('03'), category, 'an allowance', (i) => i.allowances.some((part) => part.tax?.category === code)),
    identified(id('04'), category, 'a charge', (i) => i.charges.some((part) => part.tax?.category === code)),
    rated(id('05'), category, LINES, '.taxRate', 'BT-152'),
    rated(id('06'), category, ALLOWANCES, '', 'BT-96'),
    rated(id('07'), category, CHARGES, '', 'BT-103'),
    rule(
      id('08'),
      `The taxable amount of the category ${code} (BT-116) is the sum of its lines less its allowances plus its charges${perRate(category) ? ', for each rate' : ''}.`,
      { layer: 'arithmetic', lines: true },
      (i) => ofCategory(i, code).flatMap(([tax, place]) => taxable(i, tax, category, place)),
    ),
    rule(id('09'), taxSays(category), { layer: 'arithmetic' }, (i) =>
      ofCategory(i, code).flatMap(([tax, place]) => taxed(tax, category, place)),
    ),
    rule(
      id('10'),
      category.reason === 'required'
        ? `The breakdown of the category ${code} says why there is no VAT (BT-120 or BT-121).`
        : `The breakdown of the category ${code} gives no reason for exemption (BT-120, BT-121).`,
      {},
      (i) =>
        ofCategory(i, code).flatMap(([tax, place]) => {
          const given = tax.exemptionReason !== null || tax.exemptionCode !== null;
          return given === (category.reason === 'required') ? [] : [{ place: `${place}.exemptionReason` }];
        }),
    ),
  ];
}

/** Whether each rate makes a part of the breakdown of its own. */
function perRate(category: Category): boolean {
  return category.rate === 'positive' || category.rate === 'own';
}

/** Categories without a rate of their own make exactly one part of the breakdown. */
function isBrokenDown(invoice: SemanticInvoice, category: Category): boolean {
  const parts = ofCategory(invoice, category.code).length;
  const sold = isSold(invoice, category.code);
  if (!sold) return parts === 0;
  return perRate(category) ? parts > 0 : parts === 1;
}

function isSold(invoice: SemanticInvoice, code: string): boolean {
  return [...invoice.lines, ...invoice.allowances, ...invoice.charges].some((part) => part.tax?.category === code);
}

function uses(invoice: SemanticInvoice, code: string): boolean {
  return isSold(invoice, code) || breaksDown(invoice, code);
}

function breaksDown(invoice: SemanticInvoice, code: string): boolean {
  return invoice.breakdown.some((tax) => tax.category === code);
}

function ofCategory(invoice: SemanticInvoice, code: string): [TaxBreakdown, string][] {
  return BREAKDOWN.members(invoice).flatMap(([tax, place], index) =>
    tax.category === code ? [[tax, place(index)] satisfies [TaxBreakdown, string]] : [],
  );
}

function identified(
  id: string,
  category: Category,
  what: string,
  has: (invoice: SemanticInvoice) => boolean,
  lines = false,
): Rule {
  return rule(id, identifiedSays(category, what), { lines }, (invoice) =>
    !has(invoice) || isIdentified(invoice, category)
      ? []
      : [{ place: sellerIsIdentified(invoice, category) ? 'buyer.vatCode' : 'seller.vatCode' }],
  );
}

function identifiedSays({ code, seller, buyer }: Category, what: string): string {
  if (seller === 'never')
    return `Where ${what} is of the category ${code}, nobody has a VAT identifier (BT-31, BT-48, BT-63).`;
  const own = seller === 'vat' ? 'a VAT identifier (BT-31, BT-63)' : 'a VAT or tax identifier (BT-31, BT-32, BT-63)';
  const other = {
    any: '',
    never: '',
    vat: ', and the buyer a VAT identifier (BT-48)',
    'vat or register': ', and the buyer a VAT identifier or a registration (BT-48, BT-47)',
  };
  return `Where ${what} is of the category ${code}, the seller has ${own}${other[buyer]}.`;
}

function isIdentified(invoice: SemanticInvoice, category: Category): boolean {
  return sellerIsIdentified(invoice, category) && buyerIsIdentified(invoice, category);
}

function sellerIsIdentified({ seller, taxRepresentative }: SemanticInvoice, category: Category): boolean {
  const vat = seller?.vatId != null || taxRepresentative?.vatId != null;
  if (category.seller === 'never') return !vat;
  return vat || (category.seller === 'tax' && seller?.taxId != null);
}

function buyerIsIdentified({ buyer }: SemanticInvoice, category: Category): boolean {
  if (category.buyer === 'never') return buyer?.vatId == null;
  if (category.buyer === 'any') return true;
  return buyer?.vatId != null || (category.buyer === 'vat or register' && buyer?.legalId != null);
}

function rated(
  id: string,
  category: Category,
  list: Group<Line> | Group<AllowanceOrCharge>,
  field: string,
  term: string,
): Rule {
  const says = {
    positive: 'is above zero',
    own: 'is zero or above',
    zero: 'is zero',
    none: 'is not stated',
  }[category.rate];
  const members: (
    invoice: SemanticInvoice,
  ) => readonly (readonly [Line | AllowanceOrCharge, (index: number) => string])[] = list.members;
  return rule(id, `The rate of the category ${category.code} (${term}) ${says}.`, { lines: list.lines }, (invoice) =>
    members(invoice).flatMap(([member, place], index): Breach[] => {
      if (member.tax?.category !== category.code) return [];
      const rate = member.tax.rate?.value;
      if (rateHolds(rate, category)) return [];
      return [{ place: place(index) + field, ...(rate === undefined ? {} : { actual: written(rate) }) }];
    }),
  );
}

function rateHolds(rate: Decimal | undefined, { rate: demanded }: Category): boolean {
  if (demanded === 'none') return rate === undefined;
  if (rate === undefined) return false;
  if (demanded === 'zero') return rate.isZero();
  return demanded === 'positive' ? rate.greaterThan(0) : rate.greaterThanOrEqualTo(0);
}

function taxable(invoice: SemanticInvoice, tax: TaxBreakdown, category: Category, place: string): Breach[] {
  if (tax.taxable === null) return [];
  const same = (part: { readonly tax: Line['tax'] }) =>
    part.tax?.category === category.code &&
    (!perRate(category) || (part.tax.rate?.value.equals(tax.rate?.value ?? Number.NaN) ?? tax.rate === null));
  const expected = cents(
    sumOf(invoice.lines.filter(same).map((line) => line.net?.value))
      .minus(sumOf(invoice.allowances.filter(same).map((part) => part.amount?.value)))
      .plus(sumOf(invoice.charges.filter(same).map((part) => part.amount?.value))),
  );
  if (near(tax.taxable.value, expected)) return [];
  return [{ place: `${place}.taxableAmount`, expected: written(expected), actual: written(tax.taxable.value) }];
}

function taxSays(category: Category): string {
  return perRate(category)
    ? `The VAT of the category ${category.code} (BT-117) is its taxable amount (BT-116) times its rate (BT-119), to within one unit of the currency.`
    : `The VAT of the category ${category.code} (BT-117) is zero.`;
}

function taxed(tax: TaxBreakdown, category: Category, place: string): Breach[] {
  if (tax.tax === null) return [];
  if (!perRate(category)) {
    return tax.tax.value.isZero()
      ? []
      : [{ place: `${place}.taxAmount`, expected: '0.00', actual: written(tax.tax.value) }];
  }
  if (tax.taxable === null || tax.rate === null) return [];
  const expected = cents(tax.taxable.value.times(tax.rate.value).div(100));
  if (near(tax.tax.value, expected)) return [];
  return [{ place: `${place}.taxAmount`, expected: written(expected), actual: written(tax.tax.value) }];
}

function alone<T>(
  id: string,
  list: Group<T>,
  field: string,
  what: string,
  categoryOf: (member: T) => string | null,
): Rule {
  return rule(
    id,
    `Where the breakdown is outside the scope of VAT, so are ${what}.`,
    { lines: list.lines },
    (invoice) =>
      !breaksDown(invoice, 'O')
        ? []
        : list.members(invoice).flatMap(([member, place], index) => {
            const category = categoryOf(member);
            return category === null || category === 'O' ? [] : [{ place: place(index) + field, actual: category }];
          }),
  );
}

function countriesOf(invoice: SemanticInvoice): string[] {
  const { seller, buyer, taxRepresentative, delivery } = invoice;
  const addresses = [seller?.address, buyer?.address, taxRepresentative?.address, delivery?.address];
  return addresses.flatMap((address) => address?.country ?? []);
}
