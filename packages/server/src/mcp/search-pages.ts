import MiniSearch from 'minisearch';

/** A page of the documentation, or a section of it. */
export interface Passage {
  readonly page: string;
  readonly title: string;
  /** The heading of the section; the title again for what stands before the first. */
  readonly heading: string;
  readonly excerpt: string;
}

export interface PageIndex {
  search(words: string, limit: number): Passage[];
}

interface Section {
  readonly id: number;
  readonly page: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

const excerptLength = 400;

/** Makes sections of pages findable by the words in them; what is typed wrong or half is found too. */
export function indexPages(pages: ReadonlyMap<string, string>): PageIndex {
  const sections = [...pages]
    .flatMap(([page, text]) => sectionsOf(page, text))
    .map((section, id) => ({ ...section, id }));
  const index = new MiniSearch<Section>({
    fields: ['title', 'heading', 'text'],
    searchOptions: { boost: { title: 3, heading: 2 }, prefix: true, fuzzy: 0.15 },
  });
  index.addAll(sections);
  return {
    search(words, limit) {
      return index
        .search(words)
        .flatMap(({ id, terms }) => {
          const section = sections[id as number];
          return section === undefined ? [] : [{ ...section, excerpt: excerptOf(section.text, terms) }];
        })
        .slice(0, limit)
        .map(({ page, title, heading, excerpt }) => ({ page, title, heading, excerpt }));
    },
  };
}

export function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? '';
}

/** A page cut at its headings; a `#` in a block of code is none. */
function sectionsOf(page: string, text: string): Omit<Section, 'id'>[] {
  const title = titleOf(text);
  const sections = [{ page, title, heading: title, text: '' }];
  let inCode = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    const heading = inCode ? undefined : /^#{2,3} (.+)$/.exec(line)?.[1];
    const last = sections.at(-1);
    if (heading !== undefined) sections.push({ page, title, heading, text: '' });
    else if (last !== undefined) last.text += `${line}\n`;
  }
  return sections;
}

/** What stands around the first of the words. */
function excerptOf(text: string, terms: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term.toLowerCase())).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - excerptLength / 4);
  const from = places.length === 0 ? 0 : start;
  return text.slice(from, from + excerptLength).trim();
}
