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
  });
}
