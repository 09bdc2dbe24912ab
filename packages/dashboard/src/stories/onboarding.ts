import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { patch } from '../../../server/src/testing/service-world.ts';
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

    it.each(['live', 'test'] as const)(
      'adds people to a customer and takes an onboarding through its phases in %s mode, for both modes to see',
      async (mode) => {
        const { page, context, go, key } = await stage().enter();
        const caller = stage().t.as(key('onboarding', mode));
        const customer = (await caller.post('/api/v1/customers', { name: 'Acme' })).body;
        await go('/customers/acme', mode);
        const dialog = page.getByRole('dialog');
        const contacts = page.getByRole('region', { name: 'Contacts' });
        const add = async (name: string, email: string) => {
          await contacts.getByRole('button', { name: 'Add a contact' }).click();
          await dialog.getByLabel(/^Name/).fill(name);
          await dialog.getByLabel(/^E-mail/).fill(email);
          await dialog.getByRole('button', { name: `Add in ${mode} mode` }).click();
        };
        await add('Mira', 'mira@acme.example');
        await contacts.getByText('Primary', { exact: true }).waitFor();
        await add('Ben', 'mira@acme.example');
        await dialog.getByRole('alert').getByText('Another contact of this customer has that e-mail').waitFor();
        await dialog.getByLabel(/^E-mail/).fill('ben@acme.example');
        await dialog.getByRole('checkbox', { name: 'Primary' }).check();
        await page.keyboard.press('Enter');
        await contacts.getByRole('link', { name: 'ben@acme.example' }).waitFor();
        await contacts.getByRole('button', { name: 'Remove Mira' }).click();
        await dialog.getByRole('button', { name: 'Remove' }).click();
        await expect.poll(() => contacts.getByText('Mira').count()).toBe(0);
        const kept = (await caller.get(`/api/v1/customers/${customer.id}/contacts`)).body.data;
        expect(kept).toMatchObject([{ name: 'Ben', is_primary: true }]);

        await page.getByRole('button', { name: 'Start an onboarding' }).click();
        await dialog.getByLabel(/^Name/).fill('Roll-out');
        await dialog.getByLabel('Target launch').fill('2031-05-06');
        await dialog.getByRole('button', { name: `Start in ${mode} mode` }).click();
        await page.getByRole('heading', { level: 1, name: 'Roll-out' }).waitFor();
        await page.getByLabel('Phase').selectOption('launch');
        const audit = page.getByRole('table', { name: 'Audit' });
        await audit.getByRole('button', { name: 'onboarding.phase_moved' }).click();
        const detail = page.getByRole('dialog', { name: 'Activity' });
        await detail.getByRole('row', { name: 'phase before_getting_started launch' }).waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Add a task' }).click();
        await dialog.getByLabel(/^Title/).fill('Ship it');
        await dialog.getByRole('button', { name: `Add in ${mode} mode` }).click();
        await page.getByRole('checkbox', { name: 'Ship it' }).click();
        await audit.getByRole('button', { name: 'task.completed' }).waitFor();
        const held = audit.getByRole('row').filter({ hasText: 'onboarding.phase_moved' });
        expect(await held.textContent()).toMatch(mode === 'test' ? /⚠ test.*3/ : /live/);

        await page
          .getByText(mode === 'live' ? 'Test' : 'Live', { exact: true })
          .first()
          .click();
        await page.getByRole('checkbox', { name: 'Ship it', checked: true }).waitFor();
        await page.getByRole('link', { name: 'Acme' }).click();
        await page.getByRole('link', { name: 'Roll-out' }).waitFor();
        await contacts.getByText('Ben', { exact: true }).waitFor();
        await context.close();
      },
    );

    it('narrows the feed of a customer by actor, kind, mode and time, in the address too, and exports what is shown', async () => {
      const { page, context, go, key, person } = await stage().enter();
      const live = stage().t.as(key('onboarding', 'live'));
      const customer = (await live.post('/api/v1/customers', { name: 'Acme' })).body;
      await patch(stage().t.as(key('onboarding', 'test')), `/api/v1/customers/${customer.id}`, { plan: 'gold' });
      const path = `/workspaces/${person.workspaceId}/live/services/onboarding/customers/${customer.id}`;
      expect((await person.send('PATCH', path, { domain: 'acme.example' })).status).toBe(200);
      await go('/customers/acme');
      const feed = page.getByRole('table', { name: 'Activity' });
      const kinds = () => feed.getByRole('button').allTextContents();
      await expect.poll(kinds).toContain('customer.created');
      const choose = async (field: string, option: string) => {
        await page.getByRole('combobox', { name: field }).click();
        await page.getByRole('option', { name: option, exact: true }).click();
      };
      await choose('Actor', person.email.split('@')[0] ?? '');
      await expect.poll(kinds).toEqual(['customer.field_changed']);
      await feed.getByText('domain').waitFor();
      await page.reload();
      await expect.poll(kinds).toEqual(['customer.field_changed']);
      await choose('Actor', 'First live key');
      await feed.getByText('API: First live key').waitFor();
      await expect.poll(kinds).toEqual(['customer.created']);
      await choose('Kind', 'contact.added');
      await page.getByText('Nothing matches.').waitFor();
      await choose('Kind', 'customer.created');
      await page.getByLabel('From').fill('2099-01-01T00:00');
      await page.getByText('Nothing matches.').waitFor();
      await page.getByLabel('From').fill('2001-01-01T00:00');
      await expect.poll(kinds).toEqual(['customer.created']);
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('region', { name: 'Activity' }).getByRole('link', { name: 'Export CSV' }).click(),
      ]);
      const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
      expect(lines.slice(1)).toEqual([expect.stringMatching(/,First live key,api_key,live,customer\.created,/)]);
      await context.close();
    });

    it('changes a customer, follows it to its new address, and deletes it: the link then says what it led to', async () => {
      const { page, context, go, key } = await stage().enter();
      const caller = stage().t.as(key('onboarding', 'live'));
      await caller.post('/api/v1/customers', { name: 'Acme' });
      await go('/customers/acme', 'test');
      const card = page.getByRole('region', { name: 'Customer' });
      await card.getByRole('button', { name: 'Change' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Slug/).fill('Not a slug');
      await dialog.getByRole('button', { name: 'Change in test mode' }).click();
      await dialog.getByRole('alert').getByText('Request id').waitFor();
      await dialog.getByLabel(/^Slug/).fill('acme-2');
      await dialog.getByLabel('Plan').fill('gold');
      await dialog.getByRole('button', { name: 'Change in test mode' }).click();
      await card.getByText('gold').waitFor();
      await expect.poll(() => new URL(page.url()).pathname).toBe('/customers/acme-2');
      await card.getByRole('button', { name: 'Delete Acme' }).click();
      await dialog.getByText('neither has it any more').waitFor();
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByText('There is no customer').waitFor();
      expect(new URL(page.url()).searchParams.get('mode')).toBe('test');
      await go('/customers/acme-2', 'live');
      await page.getByRole('alert').getByText('This customer cannot be shown').waitFor();
      await page.getByRole('link', { name: 'All customers' }).click();
      await page.getByRole('heading', { level: 1, name: 'Customers' }).waitFor();
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
