import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Item {
  text: string;
  link: string;
}

interface Group {
  text: string;
  collapsed?: boolean;
  items: Item[];
}

/** The folders in the order in which they are read; in each, first these pages, then the others by name. */
const groups = [
  {
    folder: 'concepts',
    text: 'Concepts',
    first: [
      'modes',
      'keys',
      'two-gates',
      'effects',
      'idempotency',
      'limits',
      'errors',
      'webhooks',
      'dispatch',
      'audit',
    ],
  },
  { folder: 'services', text: 'Services', first: ['onboarding', 'invoices', 'scheduler', 'randomness'] },
  {
    folder: 'guides',
    text: 'Guides',
    first: [
      'build-a-service',
      'add-modes-to-your-api',
      'client',
      'webhooks-locally',
      'ci-smoke-tests',
      'go-live',
      'production',
      'mcp',
      'verify-a-draw',
    ],
  },
  { folder: 'reference', text: 'Reference', first: ['modes', 'errors', 'configuration', 'cli', 'metrics'] },
  { folder: 'decisions', text: 'Decisions', first: [] as string[], collapsed: true },
];

/** The pages as they lie in the folders, by their titles. */
export function sidebarOf(docs: string): Group[] {
  const found = groups.map(({ folder, first, ...group }) => {
    const names = readdirSync(join(docs, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => name.slice(0, -'.md'.length));
    const ordered = [
      ...first.filter((name) => names.includes(name)),
      ...names.filter((name) => !first.includes(name)).sort(),
    ];
    return {
      ...group,
      items: ordered.map((name) => ({ text: titleOf(join(docs, folder, `${name}.md`)), link: `/${folder}/${name}` })),
    };
  });
  return [
    { text: 'Start', items: [{ text: titleOf(join(docs, 'index.md')), link: '/index' }] },
    ...found.filter(({ items }) => items.length > 0),
  ];
}

function titleOf(file: string): string {
  const title = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (title === undefined) throw new Error(`${file} has no title`);
  return title.replaceAll('`', '');
}
