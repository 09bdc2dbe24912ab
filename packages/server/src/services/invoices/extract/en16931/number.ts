import { Decimal } from 'decimal.js';

/** A number as a document writes it and as it is reckoned with: the writing tells the decimals, the value the sum. */
export interface Numeric {
  readonly text: string;
  readonly value: Decimal;
}

/** 60 digits: products of the longest amounts, quantities and rates in the wild stay exact. */
export const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -40, toExpPos: 40 });

/** Reads what XML Schema calls a decimal; `null` for anything else, exponents and separators among it. */
export function readNumeric(text: string): Numeric | null {
  if (text.length > 40 || !/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text)) return null;
  return { text, value: new Exact(text) };
}

export function sumOf(numbers: Iterable<Decimal | null | undefined>): Decimal {
  let sum = new Exact(0);
  for (const number of numbers) if (number != null) sum = sum.plus(number);
  return sum;
}

/** To two decimals, halves upward to positive infinity, as `round(x * 100) div 100` of the rules' XPath does. */
export function cents(value: Decimal): Decimal {
  return value.times(100).plus(0.5).floor().div(100);
}

/** How many decimals are written. */
export function decimalsOf(numeric: Numeric): number {
  const point = numeric.text.indexOf('.');
  return point < 0 ? 0 : numeric.text.length - point - 1;
}
