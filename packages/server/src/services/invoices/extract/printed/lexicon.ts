import { composedColumn, composedLabel, composedTotal } from './compose.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';
import { german } from './words/german.ts';
import { italian } from './words/italian.ts';
import type { Column, Label, LanguageWords, Title, Total } from './words/language-words.ts';
import { lithuanian } from './words/lithuanian.ts';
import { spanish } from './words/spanish.ts';

export type Language = 'de' | 'en' | 'fr' | 'it' | 'es' | 'lt';

export const languages: Readonly<Record<Language, LanguageWords>> = {
  de: german,
  en: english,
  fr: french,
  it: italian,
  es: spanish,
  lt: lithuanian,
};

/** One value for each language. */
export function byLanguage<T>(make: (code: Language) => T): Readonly<Record<Language, T>> {
  return { de: make('de'), en: make('en'), fr: make('fr'), it: make('it'), es: make('es'), lt: make('lt') };
}

export const languageCodes: readonly Language[] = ['de', 'en', 'fr', 'it', 'es', 'lt'];

/** Small letters without accents; what is no letter, digit, `%` or `#` is one space. */
export function plain(text: string): string {
  const before = plained.get(text);
  if (before !== undefined) return before;
  const found = (/^[\x20-\x7e]*$/.test(text) ? text : withoutAccents(text))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}%#]+/gu, ' ')
    .trim();
  // Texts of many documents would fill the memory of a thread that lives long.
  if (plained.size > 20_000) plained.clear();
  if (text.length < 100) plained.set(text, found);
  return found;
}

const plained = new Map<string, string>();

function withoutAccents(text: string): string {
  return text.replace(/ß/g, 'ss').replace(/[º°ª]/g, '').normalize('NFKD').replace(/\p{M}/gu, '');
}

/** What phrases mean, in the language of the document first and then in the others. */
export interface Lexicon {
  label(phrase: string): Label | undefined;
  column(phrase: string): Column | undefined;
  total(phrase: string): Total | undefined;
  title(phrase: string): Title | undefined;
}

/** The phrase with the most words has so many. */
export const longestPhrase = 7;

export function lexiconOf(language: Language): Lexicon {
  const order = [language, ...(['en', ...languageCodes] as const).filter((each) => each !== language)];
  const reader = <T extends string>(tables: Readonly<Record<Language, ReadonlyMap<string, T>>>) => {
    return (phrase: string): T | undefined => {
      const own = tables[language].get(phrase);
      // Short words of another language are too often words of this one.
      if (own !== undefined || phrase.length < 4) return own;
      for (const other of order) {
        const meaning = tables[other].get(phrase);
        if (meaning !== undefined) return meaning;
      }
      return undefined;
    };
  };
  const [label, column, total, title] = [reader(labels), reader(columns), reader(totals), reader(titles)];
  return {
    label: remembered((phrase) => label(phrase) ?? composedLabel(phrase)),
    column: remembered(
      (phrase) =>
        column(phrase) ??
        withoutCurrency(phrase, column) ??
        (isTwo(phrase, column) ? undefined : composedColumn(phrase)),
    ),
    total: remembered((phrase) => total(phrase) ?? withoutCurrency(phrase, total) ?? composedTotal(phrase)),
    title: remembered((phrase) => title(phrase) ?? germanTitle(phrase)),
  };
}

/** The same words are looked up again and again, as parts of longer phrases: for as long as a document is read. */
function remembered<T>(meaning: (phrase: string) => T): (phrase: string) => T {
  const known = new Map<string, T>();
  return (phrase) => {
    const before = known.get(phrase);
    if (before !== undefined || known.has(phrase)) return before as T;
    const found = meaning(phrase);
    known.set(phrase, found);
    return found;
  };
}

/** Two columns that stand close together, `Quantità  Prezzo netto`, are not one that is named at length. */
function isTwo(phrase: string, meaning: (phrase: string) => unknown): boolean {
  const words = phrase.split(' ');
  return words.some((_, at) => {
    const [first, second] = [words.slice(0, at).join(' '), words.slice(at).join(' ')];
    return first.length > 2 && second.length > 2 && meaning(first) !== undefined && meaning(second) !== undefined;
  });
}

/** `Ansatz CHF`, `Total in EUR`: what an amount is in says nothing of what it is. */
function withoutCurrency<T>(phrase: string, meaning: (phrase: string) => T | undefined): T | undefined {
  const bare = phrase.replace(/(?: (?:in|en))? (?:eur|euro|euros|chf|gbp|usd|pln|czk|sek|dkk|nok|fr)$/, '');
  return bare === phrase ? undefined : meaning(bare);
}

/** German names an invoice by what it is for, in one word: `Baurechnung`, `Beitragsrechnung`. */
function germanTitle(phrase: string): Title | undefined {
  if (!/^\p{L}{3,}rechnung$/u.test(phrase)) return undefined;
  if (/^(?:storno|korrektur|gutschrift|berichtigungs)/.test(phrase)) return 'credit_note';
  return /^(?:anzahlung|abschlag|akonto|vorau|vorkasse)/.test(phrase) ? 'prepayment' : 'invoice';
}

/** The language whose words are on the pages most, and how many hits it had. */
export function detectLanguage(texts: readonly string[], hint?: string): { language: Language; certain: boolean } {
  const scores = new Map<Language, number>(languageCodes.map((code) => [code, 0]));
  const count = (code: Language, by: number) => scores.set(code, (scores.get(code) ?? 0) + by);
  for (const text of texts) {
    const phrase = plain(text);
    const words = phrase.split(' ');
    for (const code of languageCodes) {
      for (const word of words) if (commonWords[code].has(word)) count(code, 1);
      const known = labels[code].has(phrase) || totals[code].has(phrase) || columns[code].has(phrase);
      if (known && phrase.length > 3) count(code, 3);
      if (titles[code].has(phrase)) count(code, 4);
    }
  }
  const hinted = languageCodes.find((code) => hint?.toLowerCase().startsWith(code));
  if (hinted !== undefined) count(hinted, 2);
  const [first, second] = [...scores].sort((a, b) => b[1] - a[1]);
  if (first === undefined || first[1] === 0) return { language: hinted ?? 'en', certain: false };
  return { language: first[0], certain: first[1] >= (second?.[1] ?? 0) * 1.2 + 2 };
}

function tableOf<T extends string>(of: (words: LanguageWords) => Readonly<Partial<Record<T, string>>>) {
  return byLanguage((code) => {
    const table = new Map<string, T>();
    for (const [meaning, phrases] of Object.entries(of(languages[code])) as [T, string][]) {
      for (const phrase of phrases.split('|')) if (!table.has(plain(phrase))) table.set(plain(phrase), meaning);
    }
    return table;
  });
}

const labels = tableOf<Label>((words) => words.labels);
const columns = tableOf<Column>((words) => words.columns);
const totals = tableOf<Total>((words) => words.totals);
const titles = tableOf<Title>((words) => words.titles);
const terms: ReadonlySet<string> = new Set(
  [labels, columns, totals, titles].flatMap((tables) => languageCodes.flatMap((code) => [...tables[code].keys()])),
);

/** Whether invoices use the phrase in some language. */
export function isTerm(phrase: string): boolean {
  return terms.has(phrase);
}

/** A single word that is long enough not to be two others by chance. */
export function isLongTerm(word: string): boolean {
  return word.length > 7 && terms.has(word);
}

const commonWords = byLanguage((code) => new Set(languages[code].common.split(' ')));
