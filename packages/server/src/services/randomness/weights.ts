/** Most digits after the point that a weight may have. */
const maxDecimals = 12;

/**
 * Writes a weight as a plain decimal without needless zeros (specification 4.4).
 *
 * A text goes through the double nearest to it, as the same text in a JSON body does, so both spellings give the same
 * weight, and the numbers that an outcome shows are exactly the weights it was drawn with.
 */
export function normaliseWeight(value: unknown): Decimal {
  if (typeof value !== 'number' && typeof value !== 'string') return { problem: 'is not a number' };
  const exact = expand(String(value).trim());
  return 'problem' in exact ? exact : expand(String(Number(exact.decimal)));
}

/** A plain decimal, or the end of a sentence that says why there is none. */
type Decimal = { readonly decimal: string } | { readonly problem: string };

/**
 * The weights as whole numbers in the same proportion, and their sum; `null` when the sum is not within 1 … 2^53 − 1.
 *
 * @param decimals as `normaliseWeight` writes them
 */
export function scaleWeights(
  decimals: readonly string[],
): { readonly whole: readonly number[]; readonly sum: number } | null {
  const places = Math.max(0, ...decimals.map(placesOf));
  const whole = decimals.map((decimal) => Number(decimal.replace('.', '') + '0'.repeat(places - placesOf(decimal))));
  const sum = whole.reduce((total, weight) => total + weight, 0);
  return sum >= 1 && sum <= Number.MAX_SAFE_INTEGER ? { whole, sum } : null;
}

/** The first index whose weights up to and including it exceed `u`. */
export function indexAt(whole: readonly number[], u: number): number {
  let reached = 0;
  for (const [index, weight] of whole.entries()) {
    reached += weight;
    if (reached > u) return index;
  }
  throw new RangeError(`${u} is not below the sum of the weights`);
}

function placesOf(decimal: string): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

const maxWholeDigits = 16;

/** Counts places before it writes a digit, so that `1e999999999` costs nothing. */
function expand(text: string): Decimal {
  const match = /^(-)?(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return { problem: 'is not a decimal number such as 2.5' };
  const [, minus, whole = '', afterWhole = '', bare = '', exponent = '0'] = match;
  const fraction = afterWhole + bare;
  const significant = stripZeros(whole + fraction);
  if (significant.digits === '') return { decimal: '0' };
  if (minus !== undefined) return { problem: 'is negative; use 0 or more' };
  // The value is digits · 10^power.
  const power = Number(exponent) - fraction.length + significant.trailing;
  if (power < -maxDecimals) return { problem: `has more than ${maxDecimals} digits after the point; round it` };
  const length = significant.digits.length;
  if (length + power > maxWholeDigits) return { problem: 'is too large; scale the weights down' };
  if (power >= 0) return { decimal: significant.digits + '0'.repeat(power) };
  const padded = significant.digits.padStart(1 - power, '0');
  return { decimal: `${padded.slice(0, power)}.${padded.slice(power)}` };
}

function stripZeros(digits: string): { digits: string; trailing: number } {
  let start = 0;
  let end = digits.length;
  while (start < end && digits.charCodeAt(start) === 48) start++;
  while (end > start && digits.charCodeAt(end - 1) === 48) end--;
  return { digits: digits.slice(start, end), trailing: digits.length - end };
}
