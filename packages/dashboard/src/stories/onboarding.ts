import { describe, expect, it } from 'vitest';
import type { Stage } from '../testing/stage.ts';

export function tellOfOnboarding(stage: () => Stage): void {
  describe('onboarding', () => {
    it('shares customers between the modes, marks what test mode did, and folds test rows', async () => {
      const { page, context, go, key } = await stage().enter();
      const live = await stage().t.as(key('onboarding', 'live')).post('/api/v1/customers', { name: 'Acme' });
      expect(live.status, live.text).toBe(201);
      await go('/customers', 'test');
      await page.getByRole('button', { name: 'New customer' }).click();
      await page.getByRole('dialog').getByLabel(/^Name/).fill('Probe');
      await page.getByRole('button', { name: 'Create in test mode' }).click();
      const list = page.getByRole('table', { name: 'Customers' });
      await list.getByRole('link', { name: 'Probe' }).waitFor();
      await page.getByText('Live', { exact: true }).first().click();
      await list.getByRole('link', { name: 'Probe' }).waitFor();
      await list.getByRole('link', { name: 'Acme' }).waitFor();

      await page.getByRole('switch', { name: 'Collapse test rows' }).check();
      await list.getByRole('button', { name: '1 test records' }).waitFor();
      expect(await list.getByRole('link', { name: 'Probe' }).count()).toBe(0);
      await list.getByRole('button', { name: '1 test records' }).click();
      await list.getByRole('link', { name: 'Probe' }).click();
      await page.getByRole('heading', { name: 'Probe' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/customers/probe');
      const feed = page.getByRole('table', { name: 'Activity' });
      await feed.getByText('customer.created').waitFor();
      await feed.getByText('⚠ test').waitFor();
      await go(`/customers/${live.body.display_id}-acme`);
      await page.getByRole('heading', { name: 'Acme' }).waitFor();
      await context.close();
    });

    it('shows a Slack message of test mode as suppressed, with the payload that would have left', async () => {
      const { page, context, go, key } = await stage().enter();
      for (const mode of ['test', 'live'] as const) {
        const caller = stage().t.as(key('onboarding', mode));
        const customer = await caller.post('/api/v1/customers', {
          name: `Acme ${mode}`,
          slack_channel_id: 'C024BE91L',
        });
        expect(customer.status, customer.text).toBe(201);
        const opened = await caller.post('/api/v1/onboardings', { customer_id: customer.body.id, name: 'Roll-out' });
        expect(opened.status, opened.text).toBe(201);
      }
      await go('/effects?service=onboarding&state=suppressed', 'test');
      const effects = page.getByRole('table', { name: 'Effects in test mode' });
      await effects.getByRole('row').filter({ hasText: 'slack.message' }).getByRole('button').first().click();
      const drawer = page.getByRole('dialog', { name: 'Effect' });
      await drawer.getByText('this is the payload that would have left').waitFor();
      expect(await drawer.getByRole('region', { name: 'the payload' }).textContent()).toContain('Acme test');
      await go('/effects?service=onboarding&state=suppressed', 'live');
      await page.getByText('Nothing was to leave').waitFor();
      await context.close();
    });

    it('moves a card of the board by mouse and by keyboard, and keeps the keyboard on it', async () => {
      const { page, context, go, key } = await stage().enter();
      const caller = stage().t.as(key('onboarding', 'live'));
      const customer = await caller.post('/api/v1/customers', { name: 'Acme' });
      const card = await caller.post('/api/v1/onboardings', { customer_id: customer.body.id, name: 'Roll-out' });
      const phase = async () => (await caller.get(`/api/v1/onboardings/${card.body.id}`)).body.phase;
      await go('/onboardings', 'test');
      const column = (name: string) => page.getByRole('group', { name: new RegExp(`^${name} \\(`) });
      await column('Before getting started').getByText('Roll-out').waitFor();
      await column('Before getting started').getByText('Roll-out').dragTo(column('Review'));
      await column('Review').getByText('Roll-out').waitFor();
      expect(await phase()).toBe('review');
      const select = page.getByLabel('Phase of Roll-out');
      await select.focus();
      await page.keyboard.press('ArrowDown');
      await column('Program buildout').getByText('Roll-out').waitFor();
      await expect.poll(() => select.evaluate((element) => element === document.activeElement)).toBe(true);
      expect(await phase()).toBe('program_buildout');
      await context.close();
    });

    it('imports customers from CSV after a look at what is wrong, then cleans up those of tests', async () => {
      const { page, context, go } = await stage().enter();
      await go('/customers', 'test');
      await page.getByRole('button', { name: 'Import CSV' }).click();
      const dialog = page.getByRole('dialog');
      const csv =
        'name,slug,status,metadata\nAlpha,alpha,active,\nBeta,beta,wrong,\nProbe,probe,active,"{""test"":true}"\n';
      await dialog
        .locator('input[type=file]')
        .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
      await dialog.getByRole('button', { name: 'Check the file' }).click();
      await dialog.getByText('The file names 3 customers, 1 of which are wrong. Nothing is stored yet.').waitFor();
      await dialog.getByText(/^Line 3, status/).waitFor();
      await dialog.getByRole('button', { name: 'Import in test mode' }).click();
      await dialog.getByText('2 customers made, 0 changed, 0 as they were, 1 not taken.').waitFor();
      await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
      const list = page.getByRole('table', { name: 'Customers' });
      await list.getByRole('link', { name: 'Probe' }).waitFor();

      await page.getByLabel('Search').fill('alp');
      await page.getByLabel('Search').press('Enter');
      await expect.poll(() => list.getByRole('link').allTextContents()).toEqual(['Alpha']);
      await page.getByLabel('Search').fill('');
      await page.getByLabel('Search').press('Enter');
      await list.getByRole('link', { name: 'Probe' }).waitFor();

      await page.getByRole('button', { name: 'Clean up test records' }).click();
      await dialog.getByText('1 customers, 0 contacts and 0 onboardings').waitFor();
      expect(await dialog.getByRole('button', { name: 'Clean up test records' }).isDisabled()).toBe(true);
      await dialog.getByLabel('Type “test records” to confirm').fill('test records');
      await dialog.getByRole('button', { name: 'Clean up test records' }).click();
      await page.getByText('The test records are deleted.').waitFor();
      await expect.poll(() => list.getByRole('link', { name: 'Probe' }).count()).toBe(0);
      await list.getByRole('link', { name: 'Alpha' }).waitFor();
      await context.close();
    });
  });
}
