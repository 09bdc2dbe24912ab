import { describe, expect, it } from 'vitest';
import type { Stage, Visit } from '../testing/stage.ts';
import { screenPaths } from './screen-paths.ts';
import { seriousViolations } from './violations.ts';

/** A customer with a contact and an onboarding with a task: their screens, with their headings. */
async function pagesOfCustomer({ t }: Stage, visit: Visit, mode: 'live' | 'test'): Promise<Record<string, string>> {
  const caller = t.as(visit.key('onboarding', mode));
  const name = 'Northwind Traders of the North-western Territories';
  const { body: customer } = await caller.post('/api/v1/customers', {
    name,
    slug: 'northwind',
    domain: 'north.example',
  });
  await caller.post(`/api/v1/customers/${customer.id}/contacts`, { name: 'Anna Berg', email: 'anna@north.example' });
  const { body: onboarding } = await caller.post('/api/v1/onboardings', { customer_id: customer.id, name: 'Roll-out' });
  await caller.post(`/api/v1/onboardings/${onboarding.id}/tasks`, { title: 'Send the contract' });
  return { '/customers/northwind': name, [`/onboardings/${onboarding.display_id}`]: 'Roll-out' };
}

/** Goes through all screens as a person does, without loading the page anew. */
async function eachScreen(
  stage: Stage,
  visit: Visit,
  mode: 'live' | 'test',
  look: (path: string) => Promise<void>,
): Promise<void> {
  const { page, go } = visit;
  const made = await pagesOfCustomer(stage, visit, mode);
  await go('/admin/api-keys', mode);
  for (const [path, heading] of Object.entries({ ...screenPaths, ...made })) {
    const joint = path.includes('?') ? '&' : '?';
    await page.evaluate((url) => window.history.pushState({}, '', url), `${path}${joint}mode=${mode}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    // Until nothing says that it is loading.
    await expect.poll(() => page.getByLabel(/^Loading/).count(), { timeout: 20_000 }).toBe(0);
    await look(path);
  }
}

const timeout = 120_000;

export function tellOfAccess(stage: () => Stage): void {
  describe('access', () => {
    it.each([
      { scheme: 'light', mode: 'live' },
      { scheme: 'dark', mode: 'test' },
    ] as const)(
      'axe-core finds no serious violation on any screen ($mode, in both colour schemes)',
      async ({ scheme, mode }) => {
        const visit = await stage().enter({ dark: scheme === 'dark' });
        await stage().t.as(visit.key('randomness', mode)).get('/api/ints?count=1');
        await stage().t.platform.flush();
        const found: Record<string, string[]> = {};
        await eachScreen(stage(), visit, mode, async (path) => {
          const violations = await seriousViolations(visit.page);
          // The other scheme is the same page in other colours.
          await visit.page.emulateMedia({ colorScheme: scheme === 'dark' ? 'light' : 'dark' });
          violations.push(...(await seriousViolations(visit.page, ['color-contrast'])));
          await visit.page.emulateMedia({ colorScheme: scheme });
          if (violations.length > 0) found[path] = violations;
        });
        expect(found).toEqual({});
        await visit.context.close();
      },
      timeout,
    );

    it(
      'every screen fits 400 pixels',
      async () => {
        const visit = await stage().enter({ width: 400 });
        const { page, context, go } = visit;
        await eachScreen(stage(), visit, 'test', async (path) => {
          expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(400);
        });
        await go('/', 'test');
        await page.getByRole('button', { name: 'Open the menu' }).click();
        await page.getByRole('link', { name: 'API keys' }).click();
        await page.getByRole('heading', { name: 'API keys' }).waitFor();
        await context.close();
      },
      timeout,
    );
  });
}
