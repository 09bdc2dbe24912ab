import { Decimal } from 'decimal.js';

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
  const full = line.quantity.times(line.price).times(share);
  if (full.minus(line.net).abs().lte(new Decimal(10).pow(-digits).times(0.51))) return null;
  const candidates = [
    { part: 'net' as const, value: full.toDecimalPlaces(digits), was: line.net, decimals: digits },
    { part: 'quantity' as const, value: line.net.div(line.price.times(share)), was: line.quantity, decimals: 3 },
    { part: 'price' as const, value: line.net.div(line.quantity.times(share)), was: line.price, decimals: 4 },
  ].flatMap(({ part, value, was, decimals }) => {
    const exact = shortest(value, decimals, (each) => holds({ ...line, [part]: each }, share, digits));
    return exact !== null && oneCharacterApart(exact, was) ? [{ part, value: exact }] : [];
  });
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function holds(line: Product, share: Decimal, digits: number): boolean {
  const product = line.quantity.times(line.price).times(share);
  return product.minus(line.net).abs().lte(new Decimal(10).pow(-digits).times(0.51));
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
