import { languageCodes, plain } from './lexicon.ts';

const regions =
  'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO RS SE SI SK SM TR UA US CA AU NZ CN JP IN HK SG'.split(
    ' ',
  );

const names = new Map<string, string>([
  ['uk', 'GB'],
  ['england', 'GB'],
  ['scotland', 'GB'],
  ['wales', 'GB'],
  ['great britain', 'GB'],
  ['usa', 'US'],
  ['holland', 'NL'],
  ['czech republic', 'CZ'],
]);
for (const language of languageCodes) {
  const display = new Intl.DisplayNames([language], { type: 'region' });
  for (const region of regions) names.set(plain(display.of(region) ?? region), region);
}
for (const region of regions) {
  const display = new Intl.DisplayNames([region.toLowerCase()], { type: 'region' });
  names.set(plain(display.of(region) ?? region), region);
}

/** The country that a line of an address names in any of the languages or its own, or by its letters. */
export function countryOf(line: string): string | null {
  const code = line.trim();
  if (/^[A-Z]{2}$/.test(code)) return regions.includes(code) ? code : null;
  return names.get(plain(line)) ?? null;
}
