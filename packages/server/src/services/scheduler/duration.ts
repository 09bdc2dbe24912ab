/** Nanoseconds in each unit, as Go spells them; both code points of the micro sign, U+00B5 and U+03BC. */
const unitNs: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const int64Max = 2n ** 63n - 1n;

/**
 * Reads a duration in the grammar of Go's `time.ParseDuration`, `[+-]?(number[.fraction]unit)+` or a bare `0`, to
 * nanoseconds; `null` when the text is none, or does not fit 64 bits with a sign, as there.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): bigint | null {
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0n;
  const total = sumOfParts(unsigned);
  if (total === null) return null;
  if (negative) return total <= int64Max + 1n ? -total : null;
  return total <= int64Max ? total : null;
}

/**
 * Writes nanoseconds as Go's `Duration.String` does: `1h0m0s`, `1.5s`, `500ms`, `0s`.
 *
 * @see https://pkg.go.dev/time#Duration.String
 */
export function formatDuration(ns: bigint): string {
  if (ns < 0n) return `-${formatDuration(-ns)}`;
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 3)}\u00b5s`;
  if (ns < 1_000_000_000n) return `${decimal(ns, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** Whole milliseconds, rounded up, so that what waits this long is never early. */
export function durationMs(ns: bigint): number {
  const ms = ns / 1_000_000n;
  return Number(ns > ms * 1_000_000n ? ms + 1n : ms);
}

/** Nanoseconds of so many milliseconds. */
export function durationOfMs(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}

function sumOfParts(text: string): bigint | null {
  const part = /(\d*)(?:\.(\d*))?([^\d.]+)/y;
  let total = 0n;
  let end = 0;
  while (end < text.length) {
    const match = part.exec(text);
    if (match === null) return null;
    const [, whole = '', fraction = '', unit = ''] = match;
    const ns = unitNs.get(unit);
    const count = wholeNumber(whole);
    if (ns === undefined || count === null || whole + fraction === '') return null;
    total += count * ns + fractionOf(fraction, ns);
    if (total > int64Max + 1n) return null;
    end = part.lastIndex;
  }
  return end === 0 ? null : total;
}

/** Digits as a number, `null` beyond 64 bits; a text of a million digits is refused by its length. */
function wholeNumber(digits: string): bigint | null {
  const significant = digits.replace(/^0+/, '');
  return significant.length > 19 ? null : BigInt(significant || '0');
}

/** Go takes the digits that fit 63 bits and multiplies in doubles; the last nanosecond depends on doing it alike. */
function fractionOf(digits: string, ns: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > int64Max / 10n) break;
    const longer = value * 10n + BigInt(digit);
    if (longer > int64Max + 1n) break;
    value = longer;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(ns) / scale)));
}

/** `value` with its last `places` digits after a point, without zeros at the end. */
function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
