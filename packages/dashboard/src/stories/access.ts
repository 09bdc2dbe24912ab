import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../testing/stage.ts';
import { screenPaths } from './screen-paths.ts';

/** What axe-core finds on a page, of what it calls serious or critical. */
async function seriousViolations(page: Page): Promise<string[]> {
  // Past the page's policy, through the debugger: the policy itself is held by other stories.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  });
}

/** Until nothing says that it is loading. */
async function settled(page: Page): Promise<void> {
  await expect.poll(() => page.getByLabel(/^Loading/).count()).toBe(0);
}

export function tellOfAccess(stage: () => Stage): void {
  describe('access', () => {
    it.each([
      { scheme: 'light', mode: 'live' },
      { scheme: 'dark', mode: 'test' },
    ] as const)('axe-core finds no serious violation on any screen ($scheme, $mode)', async ({ scheme, mode }) => {
      const { page, context, go, key } = await stage().enter({ dark: scheme === 'dark' });
      await stage().t.as(key('randomness', mode)).get('/api/ints?count=1');
      await stage().t.platform.flush();
      const found: Record<string, string[]> = {};
      for (const path of screenPaths) {
        await go(path, mode);
        await settled(page);
        const violations = await seriousViolations(page);
        if (violations.length > 0) found[path] = violations;
      }
      expect(found).toEqual({});
      await context.close();
    });

    it('every screen fits 400 pixels', async () => {
      const { page, context, go } = await stage().enter({ width: 400 });
      for (const path of screenPaths) {
        await go(path, 'test');
        await settled(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(400);
      }
      await go('/', 'test');
      await page.getByRole('button', { name: 'Open the menu' }).click();
      await page.getByRole('link', { name: 'API keys' }).click();
      await page.getByRole('heading', { name: 'API keys' }).waitFor();
      await context.close();
    });
  });
}
