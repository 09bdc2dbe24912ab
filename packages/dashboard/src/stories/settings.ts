import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../server/src/testing/receiver.ts';
import type { Stage } from '../testing/stage.ts';

export function tellOfSettings(stage: () => Stage): void {
  describe('settings', () => {
    it('connect Slack, send a test message in live mode, and hold the same one back in test mode', async () => {
      const slack = await startReceiver();
      slack.answer = (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true,"channel":"C1","ts":"1.2"}');
      const { page, context, go } = await stage().enter();
      await go('/settings?tab=integrations', 'live');
      const section = page.getByRole('region', { name: /^Slack of/ });
      await section.getByText('not connected', { exact: true }).waitFor();
      await section.getByRole('button', { name: 'Connect Slack' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('token').fill('nonsense');
      await dialog.getByLabel('baseUrl').fill(slack.url);
      await dialog.getByLabel('defaultChannel').fill('C024BE91L');
      await dialog.getByRole('button', { name: 'Save for both modes' }).click();
      await dialog.getByRole('alert').getByText('must be a token of Slack').waitFor();
      await dialog.getByLabel('token').fill('xoxb-1234567890');
      await dialog.getByRole('button', { name: 'Save for both modes' }).click();
      await section.getByText('connected', { exact: true }).waitFor();
      await section.getByText('token: …7890').waitFor();

      await section.getByRole('button', { name: 'Send a test message in live mode' }).click();
      await section.getByText('It was taken by the other side.').waitFor({ timeout: 20_000 });
      expect(slack.received).toHaveLength(1);

      await go('/settings?tab=integrations', 'test');
      await section.getByText('held back and recorded').waitFor();
      await section.getByRole('button', { name: 'Send a test message in test mode' }).click();
      await section.getByText('Held back: the message is recorded').waitFor();
      const messages = page.getByRole('table', { name: 'Messages in test mode' });
      await messages.getByRole('button', { name: /^slack/ }).click();
      expect(await page.getByRole('region', { name: 'the payload' }).textContent()).toContain('This is a test message');
      await page.keyboard.press('Escape');
      expect(slack.received).toHaveLength(1);

      await section.getByRole('button', { name: 'Disconnect Slack' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disconnect Slack' }).click();
      await section.getByText('not connected', { exact: true }).waitFor();
      await slack.close();
      await context.close();
    });

    it('rename the workspace', async () => {
      const { page, context, go } = await stage().enter();
      await go('/settings');
      const section = page.getByRole('region', { name: 'Workspace' });
      await section.getByLabel(/^Name/).fill('Renamed Ltd');
      await section.getByRole('button', { name: 'Rename' }).click();
      await page.getByRole('button', { name: /Renamed Ltd/ }).waitFor();
      await context.close();
    });
  });

  describe('webhooks and effects', () => {
    it.each(['live', 'test'] as const)(
      'add a %s endpoint, send it a test event, rotate its secret, and find what it was sent among the effects of the mode',
      async (mode) => {
        const receiver = await startReceiver();
        const { page, context, go, key } = await stage().enter();
        const other = mode === 'live' ? 'test' : 'live';
        await go('/webhooks', mode);
        await page.getByRole('button', { name: 'Add an endpoint' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('combobox', { name: 'Service' }).click();
        await page.getByRole('option', { name: 'Customer onboarding' }).click();
        await dialog.getByLabel(/^URL/).fill(`${receiver.url}/hooks`);
        await dialog.getByRole('button', { name: 'Add the endpoint' }).click();
        await page.getByRole('link', { name: `${receiver.url}/hooks` }).click();
        await page.getByRole('button', { name: 'Send a test event' }).click();
        await receiver.count(1);
        await page.getByRole('button', { name: /^Rotate/ }).click();
        await page.getByText('retiring').waitFor();

        const made = await stage().t.as(key('onboarding', mode)).post('/api/v1/customers', { name: 'Acme' });
        expect(made.status, made.text).toBe(201);
        await receiver.count(2);
        await go('/effects?service=onboarding', mode);
        const effects = page.getByRole('table', { name: `Effects in ${mode} mode` });
        await expect
          .poll(
            async () => {
              await page.reload();
              const row = effects.getByRole('row').filter({ hasText: 'customer.created' });
              return row.first().textContent();
            },
            { timeout: 20_000 },
          )
          .toContain('delivered');
        await effects.getByRole('button', { name: 'customer.created' }).click();
        const payload = page.getByRole('region', { name: 'the payload' });
        expect(await payload.textContent()).toContain('Acme');
        await page.getByRole('button', { name: 'Redeliver' }).click();
        await receiver.count(3);
        await go('/webhooks', other);
        await page.getByText(`Nothing listens in ${other} mode`).waitFor();
        await receiver.close();
        await context.close();
      },
    );
  });
}
