import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { services } from './services/index.ts';
import { createTestPlatform, type TestPlatform } from './testing/harness.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(() => t.close());

const names = services.map((service) => service.contract.name);

test('the index leads to the page and the document of every service', async () => {
  for (const url of ['/docs/api', '/docs/api/']) {
    const index = await t.as(null).get(url);
    expect(index.status).toBe(200);
    expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const name of names) {
      expect(index.text).toContain(`href="/docs/api/${name}"`);
      expect(index.text).toContain(`href="/openapi/${name}.json"`);
    }
  }
});

test.each(names)('%s: the page reads the document and the script from this server', async (name) => {
  const page = await t.as(null).get(`/docs/api/${name}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain(`"url": "/openapi/${name}.json"`);
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => source);
  expect(sources).toEqual(['/docs/api/scalar.js']);
  const script = await t.as(null).get('/docs/api/scalar.js');
  expect(script.status).toBe(200);
  expect(script.headers['content-type']).toMatch(/^text\/javascript/);
  expect(script.text.length).toBeGreaterThan(1_000_000);
  expect((await t.as(null).get(`/openapi/${name}.json`)).body.openapi).toMatch(/^3\.1\./);
});

test('the document of a service that tells endpoints says what each event is', async () => {
  for (const { contract } of services) {
    const { webhooks = {} } = (await t.as(null).get(`/openapi/${contract.name}.json`)).body;
    expect(Object.keys(webhooks)).toEqual(Object.keys(contract.webhooks?.events ?? {}));
  }
});

test.each(names)('%s: the policy of the page lets in its own script and nothing from elsewhere', async (name) => {
  const page = await t.as(null).get(`/docs/api/${name}`);
  const policy = page.headers['content-security-policy'] ?? '';
  const inline = /<script type="text\/javascript">([^<]*)<\/script>/.exec(page.text)?.[1] ?? '';
  expect(policy).toContain(`script-src 'self' 'sha256-${hash('sha256', inline, 'base64')}';`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-eval|\*|scalar\.com|jsdelivr/);
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  expect(page.headers['x-request-id']).toMatch(/^req_/);
});

test('a service that does not exist has no page', async () => {
  expect((await t.as(null).get('/docs/api/nothing')).status).toBe(404);
});
