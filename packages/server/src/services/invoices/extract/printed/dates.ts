import { byLanguage, type Language, languageCodes, languages, plain } from './lexicon.ts';

export type DayOrder = 'dmy' | 'mdy';

/** A date that was found in a text. */
export interface PrintedDate {
  readonly iso: string;
  readonly at: number;
  readonly length: number;
  /** Whether day and month could be the other way round. */
  readonly ambiguous: boolean;
}

/** Finds the first date in a text. */
export function findDate(text: string, order: DayOrder, language: Language): PrintedDate | null {
  let best: PrintedDate | null = null;
  for (const find of [isoDate, numericDate, lithuanianDate, wordDate]) {
    const found = find(text, order, language);
    if (found !== null && (best === null || found.at < best.at)) best = found;
  }
  return best;
}

/** Decides by dates that only one order makes possible; without any, by the language and the currency. */
export function detectDayOrder(texts: readonly string[], language: Language, currency: string | null): DayOrder {
  let dmy = 0;
  let mdy = 0;
  for (const text of texts) {
    for (const [, first, , second] of text.matchAll(numeric)) {
      if (Number(first) > 12 && Number(second) <= 12) dmy += 1;
      if (Number(second) > 12 && Number(first) <= 12) mdy += 1;
    }
  }
  if (dmy !== mdy) return dmy > mdy ? 'dmy' : 'mdy';
  return language === 'en' && currency === 'USD' ? 'mdy' : 'dmy';
}

const numeric = /(?<![\d.,/-])(\d{1,2})(\.\s?|\/|-)(\d{1,2})(?:\.\s?|\/|-)(\d{4}|\d{2})(?![\d/-]|[.,]\d)/g;

function isoDate(text: string): PrintedDate | null {
  for (const match of text.matchAll(/(?<![\d.,/-])(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?![\d/-]|[.,]\d)/g)) {
    const iso = calendarDate(match[1], match[3], match[4]);
    if (iso !== null) return { iso, at: match.index, length: match[0].length, ambiguous: false };
  }
  return null;
}

function numericDate(text: string, order: DayOrder): PrintedDate | null {
  for (const match of text.matchAll(numeric)) {
    const [whole, first, mark, second, year] = match;
    // A point never stands between month and day in the American order.
    const american = order === 'mdy' && !mark?.startsWith('.');
    const straight = american ? calendarDate(year, first, second) : calendarDate(year, second, first);
    const turned = mark?.startsWith('.')
      ? null
      : american
        ? calendarDate(year, second, first)
        : calendarDate(year, first, second);
    const iso = straight ?? turned;
    if (iso !== null) {
      const ambiguous = straight !== null && turned !== null && first !== second;
      return { iso, at: match.index, length: whole.length, ambiguous };
    }
  }
  return null;
}

/** `2024 m. sausio 5 d.` */
function lithuanianDate(text: string): PrintedDate | null {
  const match = /(?<!\d)(\d{4})\s*m\.?\s+(\p{L}+)\.?\s+(?:mėn\.?\s+)?(\d{1,2})\s*d?\b\.?/u.exec(text);
  const month = match === null ? undefined : months.lt.get(plain(match[2] ?? ''));
  const iso = match === null || month === undefined ? null : calendarDate(match[1], month, match[3]);
  return match === null || iso === null ? null : { iso, at: match.index, length: match[0].length, ambiguous: false };
}

const dayFirst =
  /(?<![\d.,])(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?[\s-]+(?:of\s+|de\s+|d['’])?(\p{L}{3,12})\.?,?[\s-]+(?:de\s+|del\s+)?(\d{4}|\d{2})(?!\d)/gu;
const monthFirst = /(?<!\p{L})(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)/gu;

/** `5. Januar 2024`, `5 de enero de 2024`, `January 5, 2024`. */
function wordDate(text: string, _order: DayOrder, language: Language): PrintedDate | null {
  for (const match of text.matchAll(dayFirst)) {
    const iso = calendarDate(match[3], monthOf(match[2], language), match[1]);
    if (iso !== null) return { iso, at: match.index, length: match[0].length, ambiguous: false };
  }
  for (const match of text.matchAll(monthFirst)) {
    const iso = calendarDate(match[3], monthOf(match[1], language), match[2]);
    if (iso !== null) return { iso, at: match.index, length: match[0].length, ambiguous: false };
  }
  return null;
}

function monthOf(word: string | undefined, language: Language): string | undefined {
  const name = plain(word ?? '');
  for (const code of [language, ...languageCodes]) {
    const month = months[code].get(name);
    if (month !== undefined) return month;
  }
  return undefined;
}

function calendarDate(year = '', month = '', day = ''): string | null {
  const whole = year.length === 2 ? `20${year}` : year;
  const iso = `${whole}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const instant = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== iso) return null;
  return whole >= '1990' && whole <= '2099' ? iso : null;
}

const months = byLanguage(
  (code) =>
    new Map(
      languages[code].months.flatMap((names, index) => names.split('|').map((name) => [name, String(index + 1)])),
    ),
);
