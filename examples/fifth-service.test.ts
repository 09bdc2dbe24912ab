import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../packages/dashboard/src/testing/stage.ts';
import { services } from '../packages/server/src/services/index.ts';
import { createFreshDatabase, type FreshDatabase } from '../packages/server/src/testing/fresh-database.ts';
import { service as shortlinks } from './shortlinks/service.ts';

/*
 * What the one file of `examples/shortlinks` gets without further code, besides what its guide shows: tools for agents,
 * and a place in the dashboard.
 */
let db: FreshDatabase;
let stage: Stage;
beforeAll(async () => {
  db = await createFreshDatabase();
  stage = await openStage({ owner: db.owner, env: db.env, services: [...services, shortlinks] });
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await db?.drop();
  expect(stage?.complaints ?? []).toEqual([]);
});

test('agents have its operations as tools, in the mode of their key', async () => {
  const { t, url } = stage;
  const workspaceId = await t.workspace();
  const { key } = await t.key(workspaceId, { service: 'shortlinks', mode: 'test' });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/_mcp/server`), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  try {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'shortlinks_links_create',
        'shortlinks_links_visit',
        'shortlinks_links_get',
        'shortlinks_links_list',
      ]),
    );
    const made = await client.callTool({
      name: 'shortlinks_links_create',
      arguments: { code: 'spring', url: 'https://example.com/spring' },
    });
    expect(made.structuredContent).toMatchObject({ mode: 'test', status: 201, body: { code: 'spring', visits: 0 } });
  } finally {
    await client.close();
  }
});

test('people see its lists in the dashboard, mode by mode, and open a row', async () => {
  const { person, page, context, go } = await stage.enter();
  const key = async (mode: 'live' | 'test') =>
    (await stage.t.key(person.workspaceId, { service: 'shortlinks', mode })).key;
  const keys = { live: await key('live'), test: await key('test') };
  for (const [mode, code] of [
    ['live', 'summer-sale'],
    ['test', 'probe-link'],
  ] as const) {
    const made = await stage.t.as(keys[mode]).post('/links/v1/links', { url: 'https://example.com/', code });
    expect(made.status, made.text).toBe(201);
  }
  await go('/', 'test');
  await page.getByRole('link', { name: 'Short links' }).click();
  await page.getByRole('heading', { name: 'Short links' }).waitFor();
  const list = (mode: string) => page.getByRole('table', { name: `Your links by code, in ${mode} mode` });
  await list('test').getByRole('button', { name: 'probe-link' }).waitFor();
  expect(await list('test').getByText('summer-sale').count()).toBe(0);
  await page.getByText('Live', { exact: true }).first().click();
  await list('live').getByRole('button', { name: 'summer-sale' }).click();
  const row = page.getByRole('dialog', { name: 'Your links by code' });
  expect(await row.getByRole('region', { name: 'the row' }).textContent()).toContain('"visits": 0');
  await context.close();
});
