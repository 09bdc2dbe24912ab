import type { AddressRecord, Seen } from '../extraction.ts';
import type { Word } from '../page/page-text.ts';
import { countryOf } from './countries.ts';
import { textOf } from './find-labels.ts';
import { plain } from './lexicon.ts';
import { type PrintedDocument, readingOf } from './printed-document.ts';

/** One line of an address block. */
export interface AddressLine {
  readonly words: readonly Word[];
  readonly page: number;
}

export interface ReadAddress {
  readonly name: Seen;
  readonly address: AddressRecord;
  /** How many of the lines were the address; what follows is other data of the party. */
  readonly used: number;
}

/** Reads name and address from lines that begin with the name; `null` where no line has a postal code and a city. */
export function readAddress(lines: readonly AddressLine[], document: PrintedDocument): ReadAddress | null {
  // A form of address says to whom the letter goes, and is no name.
  if (lines.length > 3 && salutation.test(textOf(lines[0]?.words ?? []))) return readAddress(lines.slice(1), document);
  const split = lines.flatMap((line, index) => segmentsOf(line).map((words) => ({ words, page: line.page, index })));
  const at = split.findIndex((segment, index) => index > 0 && postalOf(textOf(segment.words)) !== null);
  const segment = split[at];
  const postal = segment === undefined ? null : postalOf(textOf(segment.words));
  if (at < 1 || at > 6 || segment === undefined || postal === null) return null;
  const see = (value: string, from: { words: readonly Word[]; page: number } | undefined): Seen =>
    from === undefined || value === '' ? null : readingOf(value, from.words, from.page, document, 0.85);
  const whole = (from: (typeof split)[number] | undefined) => see(textOf(from?.words ?? []).replace(/,$/, ''), from);
  const first = split[0];
  const between = split.slice(1, at).filter(({ words }) => !isContact(textOf(words)));
  const streetAt = between.findIndex(({ words }) => /\d/.test(textOf(words)));
  const street = between[streetAt < 0 ? between.length - 1 : streetAt];
  const second = between.filter((each) => each !== street).at(between.indexOf(street as never) === 0 ? 0 : -1);
  const city = postal.city === '' ? split[at + 1] : undefined;
  const cityBefore = postal.city === '' && postal.alone && !city ? split[at - 1] : undefined;
  const next = split[at + 1];
  const country = next === undefined ? null : countryOf(textOf(next.words));
  const usedSegments = split.slice(0, at + (country === null ? 1 : 2));
  return {
    name: whole(first),
    used: (usedSegments.at(-1)?.index ?? 0) + 1,
    address: {
      line1: street === undefined ? null : whole(street),
      line2: second === undefined ? null : whole(second),
      city: postal.city !== '' ? see(postal.city, segment) : whole(cityBefore ?? undefined),
      postalCode: see(postal.code, segment),
      region: postal.region === null ? null : see(postal.region, segment),
      country:
        country !== null && next !== undefined
          ? see(country, next)
          : postal.country === null
            ? null
            : see(postal.country, segment),
      raw: readingOf(
        usedSegments
          .slice(1)
          .map(({ words }) => textOf(words))
          .join(', '),
        usedSegments.flatMap(({ words }) => words),
        segment.page,
        document,
        0.85,
      ),
    },
  };
}

const salutation =
  /^(?:herrn?|frau|firma|an|an die firma|familie|mr\.?|mrs\.?|ms\.?|m\.|mme|madame|monsieur|spett\.?(?:le)?|sr\.?|sra\.?|société|messrs\.?)$/i;

function isContact(text: string): boolean {
  return /@|^(?:att(?:n|ention|\.)|z\.\s?hd\.?|à l|c\.\s?a\.|zu händen|contact|kontakt)|^(?:tel|fon|phone|fax)\b/i.test(
    text.trim(),
  );
}

/** Lines that hold several parts of an address, divided by commas, dots in the middle or bars. */
function segmentsOf(line: AddressLine): (readonly Word[])[] {
  const text = textOf(line.words);
  if (postalOf(text) !== null) return [line.words];
  const bars = /\s[·•|∙–—-]\s|[·•|∙]/.test(text);
  const commas = /,/.test(text) && /\d{4,5}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}/.test(text);
  if (!bars && !commas) return [line.words];
  const segments: Word[][] = [[]];
  for (const word of line.words) {
    if (/^[·•|∙–—-]$/.test(word.text)) {
      segments.push([]);
      continue;
    }
    segments.at(-1)?.push(word);
    if (commas && word.text.endsWith(',')) {
      const list = segments.at(-1) as Word[];
      list[list.length - 1] = { ...word, text: word.text.slice(0, -1) };
      segments.push([]);
    }
  }
  return segments.filter((words) => words.length > 0);
}

interface Postal {
  readonly code: string;
  readonly city: string;
  readonly country: string | null;
  readonly region: string | null;
  readonly alone: boolean;
}

const letters = String.raw`[\p{L}][\p{L} .'’()/-]*`;
const shapes: readonly { pattern: RegExp; country: string | null; codeFirst: boolean }[] = [
  { pattern: new RegExp(String.raw`^(LT-\d{5}),?\s+(${letters})$`, 'u'), country: 'LT', codeFirst: true },
  { pattern: new RegExp(String.raw`^(${letters}?),?\s+(LT-\d{5})$`, 'u'), country: 'LT', codeFirst: false },
  {
    pattern: new RegExp(String.raw`^(?:(?:D|DE|F|FR|I|IT|E|ES|FIN|FI|EST)-)?(\d{5})\s+(${letters})$`, 'u'),
    country: null,
    codeFirst: true,
  },
  {
    pattern: new RegExp(String.raw`^(?:(?:A|AT|CH|B|BE|L|LU|DK|N|NO|SI|LV|H|HU)-)?(\d{4})\s+(${letters})$`, 'u'),
    country: null,
    codeFirst: true,
  },
  { pattern: new RegExp(String.raw`^(\d{4}\s?[A-Z]{2})\s+(${letters})$`, 'u'), country: 'NL', codeFirst: true },
  { pattern: new RegExp(String.raw`^((?:PL-)?\d{2}-\d{3})\s+(${letters})$`, 'u'), country: 'PL', codeFirst: true },
  {
    pattern: new RegExp(String.raw`^((?:CZ-|SK-|SE-|S-|GR-)?\d{3}\s\d{2})\s+(${letters})$`, 'u'),
    country: null,
    codeFirst: true,
  },
  { pattern: new RegExp(String.raw`^((?:LV|EE|EST)-\d{4,5})\s+(${letters})$`, 'u'), country: null, codeFirst: true },
  {
    pattern: new RegExp(String.raw`^(${letters}),?\s+([A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})$`, 'u'),
    country: 'GB',
    codeFirst: false,
  },
  {
    pattern: new RegExp(String.raw`^([A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}),?\s+(${letters})$`, 'u'),
    country: 'GB',
    codeFirst: true,
  },
  {
    pattern: new RegExp(String.raw`^(${letters}),?\s+([A-Z]{2}\s+\d{5}(?:-\d{4})?)$`, 'u'),
    country: 'US',
    codeFirst: false,
  },
];

export function postalOf(text: string): Postal | null {
  const line = text.trim().replace(/,$/, '');
  // `DE 80333 München`: the country in front of the code, as it is written on letters from abroad.
  const abroad = /^([A-Z]{2})\s+(?=\S*\d)/.exec(line);
  const country = abroad === null ? null : countryOf(abroad[1] ?? '');
  if (abroad !== null && country !== null) {
    const inside = postalIn(line.slice(abroad[0].length));
    if (inside !== null) return { ...inside, country: inside.country ?? country };
  }
  return postalIn(line);
}

function postalIn(line: string): Postal | null {
  for (const { pattern, country, codeFirst } of shapes) {
    const match = pattern.exec(line);
    if (match === null) continue;
    const [code = '', city = ''] = codeFirst ? [match[1], match[2]] : [match[2], match[1]];
    const named = /^(.*?)\s*[,(]\s*([\p{L} ]+)\)?$/u.exec(city);
    const inside = named === null ? null : countryOf(named[2] ?? '');
    if (stopWords.test(plain(city))) continue;
    // `20121 Milano (MI)`: the province.
    const province = inside === null ? /^(.*\S)\s*\(([A-Z]{2})\)$/.exec(city) : null;
    return {
      code,
      city: (province?.[1] ?? (inside === null ? city : (named?.[1] ?? city))).replace(/[ ,(-]+$/, ''),
      country: province === null ? (inside ?? country) : country,
      region: province?.[2] ?? null,
      alone: false,
    };
  }
  const alone = /^(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|LT-\d{5})$/.exec(line);
  return alone === null
    ? null
    : { code: line, city: '', country: line.startsWith('LT') ? 'LT' : 'GB', region: null, alone: true };
}

/** `2024 Rechnung` and `1000 EUR` look like a code and a city. */
const stopWords =
  /^(eur|euro|gbp|usd|rechnung|invoice|facture|fattura|factura|seite|page|tage|days|jours|giorni|dias|stuck|stk|pcs|kg|uab|ab|mb)\b/;
