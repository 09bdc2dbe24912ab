import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { makeInvoiceTruth } from '../../../server/src/services/invoices/testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../../../server/src/services/invoices/testing/print-invoice.ts';
import { scanInvoice } from '../../../server/src/services/invoices/testing/scan-invoice.ts';
import { writeUbl } from '../../../server/src/services/invoices/testing/write-ubl.ts';
import type { Stage, Visit } from '../testing/stage.ts';
import { seriousViolations } from './violations.ts';

export function tellOfInvoices(stage: () => Stage): void {
  describe('invoices', () => {
    it('uploads a printed invoice in live mode, shows each value on its page, and corrects, confirms and exports it', async () => {
      const visit = await stage().enter();
      const { page, context } = visit;
      const truth = makeInvoiceTruth(7, { language: 'en' });
      const [layout] = layouts;
      if (layout === undefined) throw new Error('there is no layout');
      await makeClient(visit, 'live', 'Baltic Timber UAB');
      await dropFile(page, 'printed.pdf', 'application/pdf', await printInvoice(truth, layout));
      await page.getByRole('link', { name: 'Read: show the invoice' }).click({ timeout: 60_000 });
      await page.getByRole('heading', { level: 1, name: truth.number }).waitFor();

      const sheet = page.locator('.sheet[aria-busy="false"]').first();
      await sheet.waitFor({ timeout: 30_000 });
      expect(await inkOf(page)).toBeGreaterThan(500);
      const gross = page.getByLabel('Gross', { exact: true });
      await gross.focus();
      const shown = page.locator('.place[data-active]');
      await expect.poll(() => shown.getAttribute('data-path')).toBe('totals.gross');
      await expect.poll(() => inkUnder(page)).toBeGreaterThan(10);
      await page.locator('.place[data-path="invoiceNumber"]').first().click();
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
        .toBe('invoiceNumber');
      await page.evaluate(() => window.scrollTo(0, 0));
      expect(await seriousViolations(page)).toEqual([]);

      await page.getByLabel('Order number').fill('PO-77');
      await page.getByLabel('Due on').fill('soon');
      await page.getByRole('button', { name: 'Save the corrections' }).click();
      await page.getByRole('alert').getByText('dueDate must be a date').waitFor();
      await page.getByLabel('Due on').fill('2031-05-06');
      await page.getByRole('button', { name: 'Save the corrections' }).click();
      await page.getByText('The corrections are saved.').waitFor();
      expect(await page.getByLabel('Order number').inputValue()).toBe('PO-77');
      await page.getByRole('button', { name: 'Confirm', exact: true }).click();
      await page.getByText('The invoice is confirmed.').waitFor();
      await page.getByRole('button', { name: 'Export' }).click();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'JSON' }).click(),
      ]);
      const exported = JSON.parse(await readFile(await file.path(), 'utf8'));
      expect(exported).toMatchObject({
        mode: 'live',
        source: 'dashboard',
        orderNumber: 'PO-77',
        dueDate: '2031-05-06',
      });
      await context.close();
    }, 120_000);

    it('toggles the mode and sees disjoint invoices and shared customers; shows the pages of a TIFF', async () => {
      const visit = await stage().enter();
      const { page, context, go, key } = visit;
      await stage().t.as(key('onboarding', 'live')).post('/api/v1/customers', { name: 'Shared Ltd' });
      await makeClient(visit, 'test', 'Baltic Timber UAB');
      const printed = await printInvoice(makeInvoiceTruth(7, { language: 'en' }), layouts[0] as Layout);
      const scanned = await scanInvoice(printed, { seed: 3, quarters: 1, format: 'tiff' });
      await dropFile(page, 'scan.tiff', 'image/tiff', scanned);
      await page.getByRole('link', { name: 'Read: show the invoice' }).click();
      await page.locator('.sheet[aria-busy="false"]').first().waitFor();
      expect(await inkOf(page)).toBeGreaterThan(500);
      const lying = await page.locator('.sheet').first().boundingBox();
      expect((lying?.width ?? 0) / (lying?.height ?? 1)).toBeGreaterThan(1.2);
      await go('/invoices', 'test');
      const list = page.getByRole('table', { name: 'Invoices in test mode' });
      await list.getByRole('link', { name: /^TEST-/ }).waitFor();
      await page.getByText('Live', { exact: true }).first().click();
      await page.getByText('There is no client in live mode').waitFor();
      expect(await page.getByRole('link', { name: /^TEST-/ }).count()).toBe(0);
      for (const mode of ['live', 'test'] as const) {
        await go('/customers', mode);
        await page.getByRole('table', { name: 'Customers' }).getByRole('link', { name: 'Shared Ltd' }).waitFor();
      }
      await context.close();
    });

    it('shows findings, a low confidence and an XML document with the value marked in it, and corrects a line', async () => {
      const visit = await stage().enter({ width: 400 });
      const { page, context } = visit;
      await makeClient(visit, 'test', 'Baltic Timber UAB');
      await page.getByRole('combobox', { name: 'Outcome' }).click();
      await page.getByRole('option', { name: 'totals_mismatch' }).click();
      const xml = writeUbl(makeInvoiceTruth(3, { language: 'en' })).replace('?>', '?><!--\n121.00 -->');
      await dropFile(page, 'some.xml', 'application/xml', Buffer.from(xml));
      await page.getByRole('link', { name: 'Read: show the invoice' }).click();
      const findings = page.getByRole('region', { name: 'Findings' });
      await findings.getByText('Net and tax do not add up to it.').waitFor();
      await findings.getByRole('button', { name: 'Gross' }).click();
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-path'))).toBe('totals.gross');
      await page.getByText('99 % sure, text, page 1').first().waitFor();
      await page.getByRole('region', { name: 'Pages' }).getByText('cbc:ID').first().waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);

      await page.getByLabel('Description of line 1').fill('Desk');
      await page.getByRole('button', { name: 'Save the corrections' }).click();
      await page.getByText('The corrections are saved.').waitFor();
      await page.reload();
      const described = (line: number) => page.getByLabel(`Description of line ${line}`);
      await expect.poll(() => described(1).inputValue()).toBe('Desk');
      // What was not corrected is still known to be read from the page.
      const second = await described(2).inputValue();
      expect(await described(2).getAttribute('title')).toContain('sure');

      await page.getByRole('button', { name: 'Add a line' }).press('Enter');
      await page.keyboard.type('Delivery');
      const added = page.getByLabel(/^Description of line/).last();
      expect(await added.inputValue()).toBe('Delivery');
      const count = await page.getByLabel(/^Description of line/).count();
      await page.getByRole('button', { name: 'Remove line 1', exact: true }).press('Enter');
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
        .toBe('Remove line 1');
      expect(await described(1).inputValue()).toBe(second);
      await page.getByRole('button', { name: 'Save the corrections' }).click();
      await page.getByText('The corrections are saved.').first().waitFor();
      await page.reload();
      await expect.poll(() => page.getByLabel(/^Description of line/).count()).toBe(count - 1);
      expect(await described(1).inputValue()).toBe(second);
      expect(await described(1).getAttribute('title')).toContain('sure');
      expect(await described(count - 1).inputValue()).toBe('Delivery');
      await context.close();
    });

    it('clears the test data of invoices after a typed confirmation, and says what is in the way of a document', async () => {
      const visit = await stage().enter();
      const { page, context, go } = visit;
      await makeClient(visit, 'test', 'Baltic Timber UAB');
      await dropFile(page, 'picture.gif', 'image/gif', Buffer.from('GIF89a'));
      await page.getByRole('alert').getByText('Request id').waitFor();
      await go('/invoices?tab=test-data', 'test');
      await page.getByRole('button', { name: 'Count what would go' }).click();
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('1 records go for good').waitFor();
      const confirm = dialog.getByRole('button', { name: 'Reset' });
      expect(await confirm.isDisabled()).toBe(true);
      await dialog.getByLabel('Type “RESET” to confirm').fill('RESET');
      await confirm.click();
      await page.getByText('The test data is cleared.').waitFor();
      await go('/invoices', 'test');
      await page.getByText('There is no client in test mode').waitFor();
      await go('/invoices?tab=test-data', 'live');
      expect(await page.getByRole('tab', { name: 'Test data' }).count()).toBe(0);
      await context.close();
    });

    it('serves a stored file as what it is, for nothing to run', async () => {
      const visit = await stage().enter();
      const { page, context, person } = visit;
      await makeClient(visit, 'test', 'Baltic Timber UAB');
      await dropFile(page, 'some.xml', 'application/xml', Buffer.from(writeUbl(makeInvoiceTruth(5))));
      await page.getByRole('link', { name: 'Read: show the invoice' }).click();
      await page.getByRole('heading', { level: 1, name: /^Invoice/ }).waitFor();
      const { pathname, searchParams } = new URL(page.url());
      const client = searchParams.get('client') ?? '';
      const path = `/workspaces/${person.workspaceId}/test/services/invoices${pathname}/file`;
      const { status, headers } = await person.get(path, { headers: { 'x-client-id': client } });
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'application/xml',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, no-store',
      });
      expect(headers['content-disposition']).toMatch(/^attachment; /);
      const other = await stage().enter();
      expect((await other.person.get(path, { headers: { 'x-client-id': client } })).status).toBe(404);
      await other.context.close();
      await context.close();
    });

    it('makes, changes and removes clients and contacts', async () => {
      const visit = await stage().enter();
      const { page, context, go } = visit;
      await makeClient(visit, 'test', 'Baltic Timber UAB');
      await go('/invoices?tab=clients', 'test');
      await page.getByRole('button', { name: 'Baltic Timber UAB', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('VAT number').fill('LT100000000001');
      await dialog.getByRole('button', { name: 'Change in test mode' }).click();
      await page.getByRole('table', { name: 'Clients in test mode' }).getByText('LT100000000001').waitFor();
      await go('/invoices?tab=contacts', 'test');
      await page.getByRole('button', { name: 'New contact' }).click();
      await dialog.getByLabel(/^Name/).fill('Seller GmbH');
      await dialog.getByRole('checkbox', { name: 'Seller' }).check();
      await dialog.getByRole('button', { name: 'Create in test mode' }).click();
      const contacts = page.getByRole('table', { name: 'Contacts in test mode' });
      await contacts.getByText('Seller GmbH').waitFor();
      await page.getByRole('button', { name: 'Delete Seller GmbH' }).click();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await page.getByText('There is no contact in test mode').waitFor();
      await context.close();
    });
  });
}

/** Makes the first client where there is none, as the empty screen offers it. */
async function makeClient({ page, go }: Visit, mode: 'live' | 'test', name: string): Promise<void> {
  await go('/invoices', mode);
  await page.getByRole('button', { name: 'New client' }).click();
  await page.getByRole('dialog').getByLabel(/^Name/).fill(name);
  await page.getByRole('button', { name: `Create in ${mode} mode` }).click();
  await page.getByText(`Drop invoices of ${name} here`).waitFor();
}

/** Drops a file as a person drags it in from elsewhere. */
async function dropFile(page: Page, name: string, type: string, bytes: Uint8Array): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, contentType, base64]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      transfer.items.add(new File([content], fileName, { type: contentType }));
      return transfer;
    },
    [name, type, Buffer.from(bytes).toString('base64')] as const,
  );
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: data });
}

/** Dark pixels of the first page. */
function inkOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector('.sheet canvas') as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let ink = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 128) ink++;
    return ink;
  });
}

/** Dark pixels of the page below the highlighted box. */
function inkUnder(page: Page): Promise<number> {
  return page.evaluate(() => {
    const place = document.querySelector('.place[data-active]');
    const canvas = place?.parentElement?.querySelector('canvas');
    if (place == null || canvas == null) return 0;
    const [box, sheet] = [place.getBoundingClientRect(), canvas.getBoundingClientRect()];
    const scale = canvas.width / sheet.width;
    const [x, y] = [(box.left - sheet.left) * scale, (box.top - sheet.top) * scale];
    const { data } = canvas.getContext('2d')?.getImageData(x, y, box.width * scale, box.height * scale) ?? { data: [] };
    let ink = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 128) ink++;
    return ink;
  });
}
