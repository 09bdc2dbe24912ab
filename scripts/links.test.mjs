import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { findBrokenLinks } from './links.mjs';

/** What the checker says of a page beside a page with headings. */
function problemsOf(text) {
  const root = mkdtempSync(join(tmpdir(), 'interlock-links-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['docs/concepts', 'examples', 'packages']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, 'docs/concepts/keys.md'),
    '# Keys\n\n## What a key `looks` like\n\n```sh\n# no heading\n```\n',
  );
  writeFileSync(join(root, 'docs/page.md'), text);
  return findBrokenLinks(root);
}

test.each([
  ['a page', '[keys](concepts/keys.md)'],
  ['a heading', '[keys](concepts/keys.md#what-a-key-looks-like)'],
  ['a heading of its own', '# Here\n\n[up](#here)'],
  ['a folder', '[concepts](concepts)'],
  ['another site', '[spec](https://example.com/nothing)'],
  ['a page of the server', '[API](/docs/api/scheduler) [document](/openapi/scheduler.json)'],
  ['code', '`[x](nothing.md)`\n\n```md\n[x](nothing.md)\n```'],
])('a link to %s is fine', (_, text) => {
  expect(problemsOf(text)).toEqual([]);
});

test.each([
  ['a file that is missing', '\n[x](nothing.md)', 'docs/page.md:2: nothing.md: there is no docs/nothing.md'],
  ['a heading that is missing', '[x](concepts/keys.md#colour)', 'there is no such heading in docs/concepts/keys.md'],
  ['a line of code', '[x](concepts/keys.md#no-heading)', 'there is no such heading'],
  ['what lies outside', '[x](../../etc/passwd)', 'it leads out of the repository'],
  ['what the server does not answer', '[x](/docs/guides)', 'the server answers nothing there'],
  ['a picture that is missing', '![x](picture.png)', 'there is no docs/picture.png'],
  ['a definition that is missing', '[x]: nothing.md', 'there is no docs/nothing.md'],
])('a link to %s is found', (_, text, problem) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
});

test('the documents of this repository have no broken links', () => {
  expect(findBrokenLinks(fileURLToPath(new URL('..', import.meta.url)))).toEqual([]);
});
