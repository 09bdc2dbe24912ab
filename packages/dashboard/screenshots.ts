/** npm run screenshots: every screen in both colour schemes, into packages/dashboard/screenshots, which git ignores. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../server/src/core/db/embedded/embedded.ts';
import { makeInvoiceTruth } from '../server/src/services/invoices/testing/invoice-truth.ts';
import { layouts, printInvoice } from '../server/src/services/invoices/testing/print-invoice.ts';
import type { Caller } from '../server/src/testing/harness.ts';
import { screenPaths } from './src/stories/screen-paths.ts';
import { openStage } from './src/testing/stage.ts';

const folder = join(import.meta.dirname, 'screenshots');
const directory = await mkdtemp(join(tmpdir(), 'interlock-screenshots-'));
const postgres = await startEmbeddedPostgres({ directory });
const stage = await openStage({ owner: postgres.connection });
await mkdir(folder, { recursive: true });
for (const dark of [false, true]) {
  const { page, go, key, context } = await stage.enter({ dark, width: 1100, height: 700 });
  for (const mode of ['live', 'test'] as const) {
    const draw = stage.t.as(key('randomness', mode));
    for (let count = 1; count <= 9; count++) await draw.get(`/api/ints?count=${count}`);
    for (let count = 1; count <= 2; count++) await draw.get('/api/ints?count=none');
    const schedule = stage.t.as(key('scheduler', mode));
    const recurring = { endpoint: 'https://example.com/hooks', cron: '30 9 * * 1-5', timezone: 'Europe/Paris' };
    await schedule.post('/v1/schedules', recurring);
    await stage.t.as(key('onboarding', mode)).post('/api/v1/customers', {
      name: mode === 'test' ? 'Probe Ltd' : 'Acme Inc',
      metadata: { test: mode === 'test' },
    });
  }
  for (const mode of ['live', 'test'] as const) await uploadInvoice(stage.t.as(key('invoices', mode)));
  await stage.t.platform.flush();
  const take = (of: typeof page, name: string, mode: string) =>
    of.screenshot({ path: join(folder, `${name}-${mode}-${dark ? 'dark' : 'light'}.png`) });
  for (const mode of ['live', 'test'] as const) {
    for (const path of Object.keys(screenPaths)) {
      await go(path, mode);
      await page.waitForLoadState('networkidle');
      await take(page, path === '/' ? 'home' : path.slice(1).replaceAll(/\W+/g, '-'), mode);
    }
    await go('/invoices', mode);
    await page.locator('.rows a').first().click();
    await page.locator('.sheet[aria-busy="false"]').first().waitFor();
    await page.getByLabel('Gross', { exact: true }).focus();
    await page.evaluate(() => window.scrollTo(0, 0));
    await take(page, 'invoice', mode);
  }
  await context.close();
}
await stage.close();
await postgres.stop();
await rm(directory, { recursive: true, force: true });
process.stdout.write(`${folder}\n`);

/** Has a printed invoice read, and waits for it. */
async function uploadInvoice(caller: Caller): Promise<void> {
  const { body: client } = await caller.post('/external/v1/clients', { name: 'Baltic Timber UAB' });
  const [layout] = layouts;
  if (layout === undefined) throw new Error('there is no layout');
  const bytes = await printInvoice(makeInvoiceTruth(7, { language: 'en', documentType: 'invoice' }), layout);
  const form = new FormData();
  form.set('file', new Blob([Buffer.from(bytes)]), 'invoice.pdf');
  const sent = new Response(form);
  const headers = { 'content-type': sent.headers.get('content-type') ?? '', 'x-client-id': client.id };
  const { body: job } = await caller.send('POST', '/external/v1/invoices', Buffer.from(await sent.arrayBuffer()), {
    headers,
  });
  for (let status = 'processing'; status === 'processing'; await setTimeout(100)) {
    ({ status } = (await caller.get(`/external/v1/jobs/${job.jobId}`)).body);
  }
}
