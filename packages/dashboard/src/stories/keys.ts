import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../testing/stage.ts';

export function tellOfKeys(stage: () => Stage): void {
  describe('API keys', () => {
    it.each(['live', 'test'] as const)(
      'create a %s key, call the API with it, and see the call in the log under its mode',
      async (mode) => {
        const { page, context, go } = await stage().enter();
        await go('/admin/api-keys', mode);
        await page.getByRole('button', { name: 'Create a key' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Name').fill('Deployment');
        await dialog.getByRole('checkbox', { name: /^read/ }).uncheck();
        await dialog.getByLabel('Expires').fill('2099-01-01T00:00');
        await dialog.getByLabel('IP allowlist').fill('203.0.113.0/24');
        await dialog.getByLabel('Referer allowlist').fill('nonsense');
        await dialog.getByRole('button', { name: `Create the ${mode} key` }).click();
        await dialog.getByRole('alert').getByText('Request id').waitFor();
        await dialog.getByLabel('Referer allowlist').fill('');
        await dialog.getByRole('button', { name: `Create the ${mode} key` }).click();
        const key = (await page.getByRole('region', { name: 'the key' }).textContent()) ?? '';
        const made = page.getByRole('table', { name: 'API keys' }).getByRole('row').filter({ hasText: 'Deployment' });
        expect(await made.getByRole('cell').nth(1).textContent()).toMatch(/^never/);
        const caller = stage().t.as(key.trim());
        expect((await caller.get('/api/ints?count=1', { address: '203.0.113.9' })).status).toBe(200);
        expect((await caller.get('/api/ints?count=1', { address: '198.51.100.1' })).status).toBe(403);
        expect((await caller.get('/api/account/usage', { address: '203.0.113.9' })).status).toBe(403);
        await stage().t.platform.flush();

        await page.reload();
        await page.getByRole('heading', { name: 'API keys' }).waitFor();
        expect(await page.getByText(key.trim()).count()).toBe(0);
        await expect.poll(() => made.textContent()).toMatch(/draw.*from 203\.0\.113\.0\/24.*until .*2099/);

        const [used, requests] = [made.getByRole('cell').nth(1), made.getByRole('cell').nth(2)];
        expect([await used.getByRole('time').count(), await requests.textContent()]).toEqual([2, '3']);

        await go('/admin/logs', mode);
        const log = page.getByRole('table', { name: `Requests in ${mode} mode` });
        const rows = log.getByRole('row').filter({ hasText: 'Key Deployment' });
        const taken = rows.filter({ hasText: '200' });
        expect(await taken.textContent()).toContain('GET /api/ints');
        expect(await rows.filter({ hasText: '403' }).count()).toBe(2);
        await go('/admin/logs', mode === 'live' ? 'test' : 'live');
        await page.getByText('No request matches').waitFor();
        await context.close();
      },
    );

    it('hold a key to fewer requests than the plan allows, and take that back', async () => {
      const { page, context, go } = await stage().enter();
      await go('/admin/api-keys?service=randomness', 'test');
      await page.getByRole('button', { name: 'Create a key' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('Nightly');
      // Randomness counts addresses, so there is nothing to lower.
      expect(await dialog.getByLabel('Requests a minute').count()).toBe(0);
      await dialog.getByRole('combobox', { name: 'Service' }).click();
      await page.getByRole('option', { name: 'Invoices' }).click();
      await dialog.getByLabel('Requests an hour').fill('1001');
      await dialog.getByRole('button', { name: 'Create the test key' }).click();
      await dialog.getByRole('alert').getByText('at most that').waitFor();
      await dialog.getByLabel('Requests an hour').fill('900');
      await dialog.getByLabel('Requests a minute').fill('7');
      await dialog.getByRole('button', { name: 'Create the test key' }).click();
      const key = ((await page.getByRole('region', { name: 'the key' }).textContent()) ?? '').trim();
      const limits = async () => {
        const { headers } = await stage().t.as(key).get('/external/v1/me');
        return [headers['x-ratelimit-limit'], headers['x-ratelimit-limit-hour']];
      };
      expect(await limits()).toEqual(['7', '900']);
      await go('/admin/api-keys?service=invoices', 'test');
      const row = page.getByRole('table', { name: 'API keys' }).getByRole('row').filter({ hasText: 'Nightly' });
      await expect.poll(() => row.textContent()).toMatch(/7 requests a minute.*900 requests an hour/);
      await page.getByRole('button', { name: 'Change Nightly' }).click();
      await page.getByRole('dialog').getByLabel('Requests a minute').fill('');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await expect.poll(() => row.textContent()).not.toContain('a minute');
      await expect.poll(limits).toEqual(['60', '900']);
      await context.close();
    });

    it('rotate with an overlap, then revoke: the dialog says what it does and to which mode', async () => {
      const { page, context, go, key } = await stage().enter();
      await go('/admin/api-keys?service=randomness', 'test');
      await page.getByRole('button', { name: 'Rotate First test key' }).click();
      await page.getByRole('dialog').getByLabel('The present text stops working').selectOption('3600');
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
      const fresh = ((await page.getByRole('region', { name: 'the key' }).textContent()) ?? '').trim();
      const old = key('randomness', 'test');
      for (const text of [fresh, old]) expect((await stage().t.as(text).get('/api/ints?count=1')).status).toBe(200);
      await page.getByRole('button', { name: 'Revoke First test key' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('The test key').waitFor();
      await dialog.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('table').getByText('revoked', { exact: true }).waitFor();
      for (const text of [fresh, old]) expect((await stage().t.as(text).get('/api/ints?count=1')).status).toBe(401);
      await context.close();
    });
  });

  describe('logs', () => {
    it('show the payload that a test request held back, follow new requests, and export what is shown', async () => {
      const { page, context, go, key } = await stage().enter();
      await stage().t.as(key('randomness', 'test')).get('/api/ints?count=2');
      await stage().t.platform.flush();
      await go('/admin/logs', 'test');
      await page
        .getByRole('button')
        .filter({ has: page.getByRole('time') })
        .first()
        .click();
      const drawer = page.getByRole('dialog', { name: 'Request' });
      await drawer.getByText('outcome.created', { exact: true }).waitFor();
      const payload = drawer.getByRole('region', { name: /would have sent/ });
      expect(await payload.textContent()).toContain('"shortId"');
      await page.keyboard.press('Escape');

      await page.getByLabel('Live tail').check();
      await stage().t.as(key('randomness', 'test')).get('/api/bytes?count=3');
      await page.getByRole('row').filter({ hasText: '/api/bytes' }).waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export CSV' }).click(),
      ]);
      expect(file.suggestedFilename()).toBe('audit-log.csv');

      await page.getByLabel('Live tail').uncheck();
      await page.getByLabel('Route').fill('/api/bytes');
      await page.getByLabel('Route').press('Enter');
      await expect.poll(() => page.getByRole('row').filter({ hasText: '/api/ints' }).count()).toBe(0);
      await page.getByRole('row').filter({ hasText: '/api/bytes' }).waitFor();
      expect(await page.title()).toBe('TEST · Logs · Interlock');
      const [lines] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export JSONL' }).click(),
      ]);
      const [line = '', ...others] = (await readFile(await lines.path(), 'utf8')).trim().split('\n');
      expect(JSON.parse(line)).toMatchObject({ mode: 'test', route: '/api/bytes', status: 200 });
      expect(others).toEqual([]);
      const choose = async (field: string, option: string) => {
        await page.getByRole('combobox', { name: field }).click();
        await page.getByRole('option', { name: option }).click();
      };
      const bytes = page.getByRole('row').filter({ hasText: '/api/bytes' });
      await choose('Service', 'Invoice');
      await page.getByText('No request matches').waitFor();
      await choose('Service', 'randomness');
      await bytes.waitFor();
      await page.getByLabel('From').fill('2099-01-01T00:00');
      await page.getByText('No request matches').waitFor();
      await page.getByLabel('From').fill('2001-01-01T00:00');
      await bytes.waitFor();
      await page.getByLabel('To').fill('2002-01-01T00:00');
      await page.getByText('No request matches').waitFor();
      await page.getByLabel('To').fill('');
      await bytes.waitFor();
      await choose('Effects', 'with suppressed effects');
      await bytes.waitFor();
      await choose('Status', '5xx');
      await page.getByText('No request matches').waitFor();
      const filtered = new URL(page.url()).searchParams;
      expect([filtered.get('mode'), filtered.get('route'), filtered.get('status')]).toEqual([
        'test',
        '/api/bytes',
        '5xx',
      ]);
      await context.close();
    });
  });
}
