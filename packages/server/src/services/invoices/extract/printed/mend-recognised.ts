import { Decimal } from 'decimal.js';
import type { DecimalMark } from './numbers.ts';

/**
 * An amount such as `1.251,22` with its marks as they are printed. Recognition takes point, comma and colon for each other;
 * groups of three digits with two behind them are nothing else.
 */
export function mendedMarks(text: string, mark: DecimalMark): string {
  return text.replace(
    /(?<![\d.,:;])(\d{1,3}(?:[.,:;]\d{3})+)[.,:;](\d\d)(?![\d.,:;])/,
    (_, whole: string, decimals: string) => `${whole.replace(/\D/g, '')}${mark}${decimals}`,
  );
}

/**
 * What recognition made of a rate such as `21 %`: it sees `%` as `96`, `06` or `05` and closes the gap before it, so that
 * `2196` stands where no rate can be. The rate in front is taken where there is one that some country has, and `null`
 * where there is none: a rate beyond a hundred is no rate.
 */
export function mendedRate(printed: Decimal): Decimal | null {
  if (printed.abs().lte(100)) return printed;
  const digits = printed.abs().toFixed().replace(/\.0+$/, '');
  for (const sign of signs) {
    const rate = digits.endsWith(sign) ? digits.slice(0, -sign.length) : '';
    if (rates.has(rate)) return new Decimal(rate);
  }
  return null;
}

/** Longest first: `2096` is 20 %, `21096` is 21 %. */
const signs = ['096', '006', '005', '090', '095', '96', '06', '05', '90', '95', '9'];

/** Rates of VAT that are charged somewhere in Europe. */
const rates: ReadonlySet<string> = new Set(
  '2.1 3 4 5 5.5 6 7 7.7 8 8.1 9 9.5 10 11 12 13 13.5 14 15 16 17 18 19 20 21 22 23 24 25 25.5 27'.split(' '),
);

/**
 * The number with check digits that was recognised as another: a letter for the digit that looks like it, or both for one of
 * them. `null` where none or several of those hold.
 */
export function mendedByCheck(recognised: string, holds: (text: string) => boolean): string | null {
  const found = new Set<string>();
  const places = [...recognised.matchAll(/[OQDILSBGZ]/g)].map(({ index }) => index).filter((at) => at >= 2);
  for (const at of places) {
    const [before, behind] = [recognised.slice(0, at), recognised.slice(at + 1)];
    const digit = lookalikes[recognised[at] ?? ''] ?? '';
    for (const text of [before + digit + behind, before + behind]) {
      if (holds(text)) found.add(text);
    }
  }
  const allDigits =
    recognised.slice(0, 2) + recognised.slice(2).replace(/[OQDILSBGZ]/g, (each) => lookalikes[each] ?? '');
  if (holds(allDigits)) found.add(allDigits);
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

const lookalikes: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  L: '1',
  S: '5',
  B: '8',
  G: '6',
  Z: '2',
};

export interface Product {
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** What is taken off the product, from 0 to 1. */
  readonly discount: Decimal;
  readonly net: Decimal;
}

/**
 * Which one of a line's numbers was recognised wrongly, where the others say what it must be and it differs from that by
 * one character. `null` where nothing or more than one would mend the line: then each stays what it was recognised as.
 */
export function mendProduct(
  line: Product,
  digits: number,
): { part: 'quantity' | 'price' | 'net'; value: Decimal } | null {
  const share = new Decimal(1).minus(line.discount);
  if (line.quantity.isZero() || line.price.isZero() || line.net.isZero() || share.isZero()) return null;
  const nets = netsOf(line, digits);
  if (nets.some((net) => net.minus(line.net).abs().lte(new Decimal(10).pow(-digits).times(0.51)))) return null;
  const makesNet = (changed: Partial<Product>) => holds({ ...line, ...changed }, digits);
  const candidates = [
    ...nets.map((value) => ({ part: 'net' as const, value })),
    {
      part: 'quantity' as const,
      value: shortest(line.net.div(line.price.times(share)), 3, (quantity) => makesNet({ quantity })),
    },
    {
      part: 'price' as const,
      value: shortest(line.net.div(line.quantity.times(share)), 4, (price) => makesNet({ price })),
    },
  ].flatMap(({ part, value }) => (value !== null && oneCharacterApart(value, line[part]) ? [{ part, value }] : []));
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function holds(line: Product, digits: number): boolean {
  const product = line.quantity.times(line.price).times(new Decimal(1).minus(line.discount));
  return product.minus(line.net).abs().lte(new Decimal(10).pow(-digits).times(0.51));
}

/** What a line may come to: a discount that is an amount of its own was rounded before it was taken off. */
function netsOf({ quantity, price, discount }: Product, digits: number): Decimal[] {
  const product = quantity.times(price);
  const nets = [product.minus(product.times(discount)), product.minus(product.times(discount).toDecimalPlaces(digits))];
  const rounded = nets.map((net) => net.toDecimalPlaces(digits));
  return rounded.filter((net, at) => at === 0 || !net.equals(rounded[0] ?? net));
}

/** The fewest decimals with which a quotient still makes the product. */
function shortest(value: Decimal, most: number, fits: (value: Decimal) => boolean): Decimal | null {
  for (let decimals = 0; decimals <= most; decimals++) {
    const rounded = value.toDecimalPlaces(decimals);
    if (fits(rounded)) return rounded;
  }
  return null;
}

/** One digit for another, one too many or one too few, or the decimal mark lost. */
function oneCharacterApart(a: Decimal, b: Decimal): boolean {
  if (b.isInteger() && [10, 100].some((shift) => a.times(shift).equals(b))) return true;
  const decimals = Math.max(a.decimalPlaces(), b.decimalPlaces());
  const [long, short] = [a.toFixed(decimals), b.toFixed(decimals)].sort((x, y) => y.length - x.length) as [
    string,
    string,
  ];
  if (long.length === short.length) return [...long].filter((character, at) => character !== short[at]).length === 1;
  if (long.length - short.length !== 1) return false;
  const at = [...short].findIndex((character, index) => character !== long[index]);
  return at < 0 || long.slice(at + 1) === short.slice(at);
}
