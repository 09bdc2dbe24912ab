import type { Amount, DateTerm, Identifier } from '../en16931/model.ts';
import { type Numeric, readNumeric } from '../en16931/number.ts';
import type { Finding } from '../extraction.ts';
import { childOf, textAt, type XmlElement } from './element.ts';

/** Reads single terms out of elements and remembers what is not of its type. */
export interface TermReader {
  readonly findings: Finding[];
  text(element: XmlElement | undefined, ...path: readonly string[]): string | null;
  number(place: string, element: XmlElement | undefined, ...path: readonly string[]): Numeric | null;
  amount(place: string, element: XmlElement | undefined, ...path: readonly string[]): Amount | null;
  date(place: string, element: XmlElement | undefined, ...path: readonly string[]): DateTerm | null;
  identifier(element: XmlElement | undefined, ...path: readonly string[]): Identifier | null;
  find(finding: Finding): void;
}

/** `rule` is the name under which a text that is not of its type is reported, such as `UBL-XSD`. */
export function createTermReader(rule: string): TermReader {
  const findings: Finding[] = [];
  const wrong = (place: string, type: string, element: XmlElement) => {
    findings.push({
      rule,
      severity: 'error',
      place,
      message: `${element.name} in line ${element.line} is not ${type}.`,
      actual: element.text.slice(0, 100),
    });
  };
  const number = (place: string, element: XmlElement | undefined, path: readonly string[]): Numeric | null => {
    const at = childOf(element, ...path);
    if (at === undefined || at.text === '') return null;
    const numeric = readNumeric(at.text);
    if (numeric === null) wrong(place, 'a decimal number', at);
    return numeric;
  };
  return {
    findings,
    find: (finding) => {
      findings.push(finding);
    },
    text: textAt,
    number: (place, element, ...path) => number(place, element, path),
    amount(place, element, ...path) {
      const numeric = number(place, element, path);
      if (numeric === null) return null;
      return { ...numeric, currency: childOf(element, ...path)?.attributes.currencyID ?? null };
    },
    date(place, element, ...path) {
      const at = childOf(element, ...path);
      if (at === undefined || at.text === '') return null;
      const value = calendarDate(at.text, at.attributes.format);
      const coarse = COARSE.includes(at.attributes.format ?? '') && /^\d{6}$/.test(at.text);
      if (value === null && !coarse) wrong(place, 'a date of the calendar', at);
      return { text: at.text, value };
    },
    identifier(element, ...path) {
      const at = childOf(element, ...path);
      if (at === undefined || at.text === '') return null;
      return { value: at.text, scheme: at.attributes.schemeID ?? at.attributes.listID ?? null };
    },
  };
}

/** UN/CEFACT's forms of a month and of a week: no dates, but nothing wrong. */
const COARSE = ['610', '616'];

/** `YYYY-MM-DD`, with or without a time and a zone, or UN/CEFACT's form 102, `YYYYMMDD`. */
function calendarDate(text: string, format?: string): string | null {
  const parts =
    format === '102' || /^\d{8}$/.test(text)
      ? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
      : /^(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]+)?(?:Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return `${parts[1]}-${parts[2]}-${parts[3]}`;
}
