/**
 * Where an XML document says a value: as the whole text of an element, in one of the ways that syntaxes write amounts and
 * days; else anywhere in its text.
 */
export function findInXml(xml: string, value: string): { readonly start: number; readonly end: number } | null {
  const spellings = [...new Set([value, withoutZeros(value), value.replaceAll('-', '')])].map(escaped);
  for (const spelling of spellings) {
    const whole = new RegExp(`>\\s*(${quoted(spelling)}0*)\\s*<`, 'd').exec(xml);
    const place = whole?.indices?.[1];
    if (place !== undefined) return { start: place[0], end: place[1] };
  }
  const start = xml.indexOf(escaped(value));
  return start < 0 ? null : { start, end: start + escaped(value).length };
}

function withoutZeros(value: string): string {
  return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function quoted(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
