/** Follows every link of the documents to a file and a heading of this repository, and says which lead nowhere. Asks no network. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Answers of the running server that are no file. */
const served = /^\/(docs(\/api(\/[\w-]+)?)?|openapi(\/[\w-]+)?\.json|openapi\/[\w-]+\.json|llms(-full)?\.txt)$/;

/**
 * The links that lead nowhere, each as `file:line: link: what is missing`.
 *
 * @param {string} root
 * @param {readonly string[]} [documents] paths below the root; all Markdown of the repository by default
 */
export function findBrokenLinks(root, documents = documentsOf(root)) {
  const headings = new Map();
  const headingsOf = (path) => {
    if (!headings.has(path)) headings.set(path, anchorsOf(readFileSync(join(root, path), 'utf8')));
    return headings.get(path);
  };
  return documents.flatMap((document) =>
    linksOf(readFileSync(join(root, document), 'utf8')).flatMap(({ line, link }) => {
      const problem = problemOf(root, document, link, headingsOf);
      return problem === null ? [] : [`${document}:${line}: ${link}: ${problem}`];
    }),
  );
}

function problemOf(root, document, link, headingsOf) {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return null;
  const [path = '', anchor] = link.split('#', 2);
  if (path.startsWith('/')) return served.test(path) ? null : 'the server answers nothing there; link to the file';
  const target = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (target.startsWith('..')) return 'it leads out of the repository';
  if (!existsSync(join(root, target))) return `there is no ${target}`;
  if (anchor === undefined) return null;
  if (!target.endsWith('.md')) return 'only pages have headings';
  return headingsOf(target).has(anchor) ? null : `there is no such heading in ${target}`;
}

/** Links and pictures outside code, with the lines that they stand in. */
function linksOf(text) {
  let fence = null;
  return text.split('\n').flatMap((line, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? null;
    if (fence !== null) {
      if (mark?.startsWith(fence)) fence = null;
      return [];
    }
    if (mark !== null) {
      fence = mark;
      return [];
    }
    const prose = line.replaceAll(/`[^`]*`/g, (code) => ' '.repeat(code.length));
    const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
    const defined = [...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/g)];
    return [...inline, ...defined].map(([, link]) => ({ line: index + 1, link }));
  });
}

/** The anchors of a page's headings, where the site and a forge agree on them. */
function anchorsOf(text) {
  const lines = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').split('\n');
  const names = lines.flatMap((line) => {
    const heading = /^#{1,6} (.+)$/.exec(line)?.[1];
    if (heading === undefined) return [];
    const plain = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[`*]/g, '')
      .toLowerCase();
    return [plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')];
  });
  return new Set(names);
}

function documentsOf(root) {
  const below = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return below(path);
      return entry.name.endsWith('.md') ? [path] : [];
    });
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...top, ...['docs', 'examples', 'packages'].flatMap(below)].sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const broken = findBrokenLinks(fileURLToPath(new URL('..', import.meta.url)));
  if (broken.length > 0) {
    process.stdout.write(`Links that lead nowhere:\n  ${broken.join('\n  ')}\n`);
    process.exitCode = 1;
  }
}
