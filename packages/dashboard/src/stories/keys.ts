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
        await dialog.getByRole('button', { name: `Create the ${mode} key` }).click();
        const key = (await page.getByRole('region', { name: 'the key' }).textContent()) ?? '';
        const answer = await stage().t.as(key.trim()).get('/api/ints?count=1');
        expect(answer.status).toBe(200);
        await stage().t.platform.flush();

        await page.reload();
        await page.getByRole('heading', { name: 'API keys' }).waitFor();
        expect(await page.getByText(key.trim()).count()).toBe(0);

        await go('/admin/logs', mode);
        const log = page.getByRole('table', { name: `Requests in ${mode} mode` });
        const row = log.getByRole('row').filter({ hasText: 'Key Deployment' });
        expect(await row.textContent()).toContain('GET /api/ints');
        expect(await row.textContent()).toContain('200');
        await go('/admin/logs', mode === 'live' ? 'test' : 'live');
        await page.getByText('No request matches').waitFor();
        await context.close();
      },
    );

    it('rotate with an overlap, then revoke: the dialog says what it does and to which mode', async () => {
      const { page, context, go } = await stage().enter();
      await go('/admin/api-keys?service=randomness', 'test');
      await page.getByRole('button', { name: 'Rotate First test key' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
      const fresh = ((await page.getByRole('region', { name: 'the key' }).textContent()) ?? '').trim();
      expect((await stage().t.as(fresh).get('/api/ints?count=1')).status).toBe(200);
      await page.getByRole('button', { name: 'Revoke First test key' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('The test key').waitFor();
      await dialog.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('table').getByText('revoked', { exact: true }).waitFor();
      expect((await stage().t.as(fresh).get('/api/ints?count=1')).status).toBe(401);
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
      await context.close();
    });
  });
}
