import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docsSiteRoutes, openDocsSite } from './docs-site.ts';
import { createTestPlatform, type TestPlatform } from './testing/harness.ts';

// What `npm test` builds before it runs; `node scripts/run.mjs --built …` does the same for a single file.
let t: TestPlatform;
let index: string;
beforeAll(async () => {
  t = await createTestPlatform();
  index = (await t.as(null).get('/llms.txt')).text;
});
afterAll(() => t.close());

/** The Markdown addresses that `/llms.txt` lists. */
const listed = () => [...index.matchAll(/\]\((\/docs\/[^)]+\.md)\)/g)].map(([, url = '']) => url);

test('/llms.txt lists every page, and each is there as a page and as Markdown', async () => {
  expect(listed().length).toBeGreaterThan(25);
  for (const url of listed()) {
    const markdown = await t.as(null).get(url);
    expect(markdown.status, url).toBe(200);
    expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(markdown.text, url).toMatch(/^(> .+\n){4}\n# .+/);
    expect(markdown.text, url).not.toMatch(/\]\(\.\.\/\.\.\//);
    const page = await t.as(null).get(url.replace(/(\/index)?\.md$/, ''));
    expect(page.status, url).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  }
});

test('/llms-full.txt has every page in it', async () => {
  const bundle = (await t.as(null).get('/llms-full.txt')).text;
  for (const url of listed()) {
    const title = /^# (.+)$/m.exec((await t.as(null).get(url)).text)?.[1] ?? 'nothing';
    expect(bundle).toContain(`# ${title}`);
  }
  expect(bundle).not.toMatch(/\]\(\.\.\/\.\.\//);
  expect((await t.as(null).get('/docs/llms-full.txt')).text).toBe(bundle);
});

test('every address that a page names on this server answers', async () => {
  const seen = new Set<string>();
  for (const url of listed()) {
    const html = (await t.as(null).get(url.replace(/(\/index)?\.md$/, ''))).text;
    for (const [, address = ''] of html.matchAll(/(?:href|src)="(\/[^"#]*)/g)) seen.add(address);
  }
  expect(seen.size).toBeGreaterThan(60);
  for (const address of seen) expect((await t.as(null).get(address)).status, address).toBe(200);
});

test('the policy of a page lets in its own scripts and nothing from elsewhere', async () => {
  const page = await t.as(null).get('/docs/concepts/modes');
  const policy = page.headers['content-security-policy'] ?? '';
  const inline = [...page.text.matchAll(/<script(?![^>]*src=)[^>]*>([\s\S]+?)<\/script>/g)].map(
    ([, text = '']) => text,
  );
  expect(inline.length).toBeGreaterThan(0);
  for (const script of inline) expect(policy).toContain(`'sha256-${hash('sha256', script, 'base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
  const foreign = [...page.text.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="(https?:)?\/\/[^"]*"/g)];
  expect(foreign).toEqual([]);
});

test('the search of the site is its own: its index is one of its files', async () => {
  const page = (await t.as(null).get('/docs/concepts/modes')).text;
  expect(page).toContain('DocSearch-Button');
  const scripts = [...page.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+\.js)"/g)].map(([, url = '']) => url);
  const sources = await Promise.all(scripts.map(async (url) => (await t.as(null).get(url)).text));
  const box = /VPLocalSearchBox\.[\w-]+\.js/.exec(sources.join(''))?.[0];
  const source = (await t.as(null).get(`/docs/assets/chunks/${box}`)).text;
  const local = /@localSearchIndexroot\.[\w-]+\.js/.exec(sources.join('') + source)?.[0];
  expect(local).toBeDefined();
  const found = await t.as(null).get(`/docs/assets/chunks/${local}`);
  expect(found.status).toBe(200);
  expect(found.text).toContain('idempotency');
});

test.each([
  ['/docs.md', '/docs/index.md'],
  ['/docs/', null],
  ['/docs/index.html', '/docs/'],
  ['/docs/concepts/modes.html', '/docs/concepts/modes'],
  ['/docs/concepts/modes/', '/docs/concepts/modes'],
  ['/docs/api/scheduler.md', '/docs/reference/api-scheduler.md'],
  ['/docs/a%0d%0aset-cookie:%20b.html', '/docs/a%0D%0Aset-cookie%3A%20b'],
  ['/docs/%e2%82%ac%3f/', '/docs/%E2%82%AC%3F'],
])('%s leads to %s', async (url, location) => {
  const answer = await t.as(null).get(url);
  if (location === null) expect(answer.status).toBe(200);
  else expect([answer.status, answer.headers.location]).toEqual([308, location]);
});

test.each([
  '/docs/nothing',
  '/docs/nothing.md',
  '/docs/../package.json',
  '/docs/%2e%2e/%2e%2e/package.json',
  '/docs/..%2f..%2f..%2fpackage.json',
  '/docs/.built-from',
  '/docs/%00',
  '/docs/assets',
])('%s does not exist', async (url) => {
  const answer = await t.as(null).get(url);
  expect(answer.status).toBe(404);
  expect(answer.text).not.toContain('"workspaces"');
});

test('a browser that has a page is told so without getting it again; what never changes is kept for a year', async () => {
  const first = await t.as(null).get('/docs/concepts/modes');
  const again = await t
    .as(null)
    .get('/docs/concepts/modes', { headers: { 'if-none-match': first.headers.etag ?? '' } });
  expect([again.status, again.text]).toEqual([304, '']);
  const asset = /href="(\/docs\/assets\/style[^"]+)"/.exec(first.text)?.[1] ?? '';
  expect((await t.as(null).get(asset)).headers['cache-control']).toContain('immutable');
});

test('sources that pages link to are shown as text, whatever they are', async () => {
  const source = await t.as(null).get('/docs/files/examples/verify-offline.mjs');
  expect([source.status, source.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
});

test('what is not built yet says so and has the browser look again, and is shown as soon as it is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-docs-'));
  try {
    const routes = docsSiteRoutes(openDocsSite(`${folder}/`), () => 'http://127.0.0.1:4000');
    const incoming = { method: 'GET', path: '/docs', query: '', params: {}, headers: {}, address: '127.0.0.1' };
    const noBody = () => {
      throw new Error('no body');
    };
    const never = { readBody: noBody, stream: noBody, signal: AbortSignal.timeout(60_000) };
    const ask = () => routes.find(({ path }) => path === '/docs')?.handle({ ...incoming, ...never });
    const early = await ask();
    expect([early?.status, early?.headers?.['retry-after']]).toEqual([503, '3']);
    expect(early?.body).toContain('<meta http-equiv="refresh" content="3">');
    expect(early?.body).toContain('npm start');
    writeFileSync(join(folder, 'index.html'), '<h1>Interlock</h1>');
    const later = await ask();
    expect([later?.status, String(later?.body)]).toEqual([200, '<h1>Interlock</h1>']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
