import { Decimal } from 'decimal.js';

/** Which of point and comma divides the decimals in this document. */
export type DecimalMark = '.' | ',';

/** A number as it is printed. */
export interface PrintedNumber {
  readonly value: Decimal;
  /** How many decimals are printed. */
  readonly decimals: number;
  readonly percent: boolean;
  readonly currency: string | null;
}

/** Decides by what the document prints: `1.234,56` and `0,5` leave no doubt, `1.234` says nothing. */
export function detectDecimalMark(texts: readonly string[], fallback: DecimalMark): DecimalMark {
  let comma = 0;
  let point = 0;
  for (const text of texts) {
    for (const [token] of text.matchAll(/(?<![\d.,/-])\d{1,3}(?:[.,'’ ]?\d{3})*[.,]\d{1,4}(?![\d.,/-])/g)) {
      const mark = /([.,])\d{1,4}$/.exec(token)?.[1];
      const decimals = token.length - 1 - Math.max(token.lastIndexOf('.'), token.lastIndexOf(','));
      const both = token.includes('.') && token.includes(',');
      if (!both && decimals === 3) continue;
      // Two decimals could also be a day and a month, or a version; both marks together could not.
      const weight = both ? 4 : decimals === 2 ? 1 : 0.3;
      if (mark === ',') comma += weight;
      else point += weight;
    }
  }
  if (comma === point) return fallback;
  return comma > point ? ',' : '.';
}

const currencySigns: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  $: 'USD',
  '¥': 'JPY',
  zł: 'PLN',
  Kč: 'CZK',
  Fr: 'CHF',
  'Fr.': 'CHF',
  SFr: 'CHF',
  US$: 'USD',
  Euro: 'EUR',
  Eur: 'EUR',
  eur: 'EUR',
  euro: 'EUR',
  C$: 'CAD',
  A$: 'AUD',
};

/** Those that invoices of Europe and its trading partners are made out in. */
export const currencyCodes: ReadonlySet<string> = new Set(
  'EUR GBP USD CHF SEK NOK DKK PLN CZK HUF RON BGN ISK JPY CAD AUD NZD CNY HKD SGD INR ZAR TRY UAH ILS AED SAR MXN BRL KRW THB RSD'.split(
    ' ',
  ),
);

const sign = '[-−–+]';
const money = String.raw`(?:€|£|\$|¥|US\$|C\$|A\$|zł|Kč|SFr\.?|Fr\.?|[Ee]uro?|[A-Z]{3})`;
const digits = String.raw`(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,3}(?:['’]\d{3})+|\d[\d.,]*\d|\d)`;
const pattern = new RegExp(
  String.raw`^(\()?(${sign})?\s*(${money})?\s*(${sign})?\s*(${digits}(?:[.,]\d+)?)\s*(${sign})?(\))?\s*(${money}|%)?$`,
);

/** Reads a text that is one number and nothing else but its sign, currency or `%`. */
export function readNumber(text: string, mark: DecimalMark): PrintedNumber | null {
  const match = pattern.exec(text.trim().replace(/,-+$|\.-+$/, ''));
  if (match === null) return null;
  const [, open, signA, moneyA, signB, body = '', signC, close, moneyB] = match;
  if ((open === undefined) !== (close === undefined)) return null;
  const currency = currencyOf(moneyA) ?? currencyOf(moneyB);
  if ((moneyA !== undefined || (moneyB !== undefined && moneyB !== '%')) && currency === null) return null;
  const parts = dividedBy(body, mark);
  if (parts === null) return null;
  const negative = open !== undefined || [signA, signB, signC].some((each) => each !== undefined && each !== '+');
  const value = new Decimal(`${negative ? '-' : ''}${parts.whole}${parts.decimals === '' ? '' : `.${parts.decimals}`}`);
  return { value, decimals: parts.decimals.length, percent: moneyB === '%', currency };
}

export function currencyOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (currencyCodes.has(text)) return text;
  return currencySigns[text] ?? null;
}

function dividedBy(body: string, mark: DecimalMark): { whole: string; decimals: string } | null {
  const text = body.replace(/[ \u00a0\u202f'’]/g, '');
  const marks = [...text.matchAll(/[.,]/g)];
  const last = marks.at(-1);
  if (last === undefined) return { whole: text, decimals: '' };
  const after = text.slice(last.index + 1);
  const kinds = new Set(marks.map(([each]) => each));
  const groups = text.split(/[.,]/);
  const grouped = groups.slice(1).every((group) => group.length === 3) && (groups[0]?.length ?? 0) <= 3;
  if (kinds.size === 1 && (marks.length > 1 || (grouped && last[0] !== mark && groups[0] !== '0'))) {
    return grouped ? { whole: groups.join(''), decimals: '' } : null;
  }
  const before = text.slice(0, last.index);
  const wholeGroups = before.split(/[.,]/);
  if (wholeGroups.length > 1 && !wholeGroups.slice(1).every((group) => group.length === 3)) return null;
  if (kinds.size === 2 && before.includes(last[0])) return null;
  return { whole: wholeGroups.join(''), decimals: after };
}
