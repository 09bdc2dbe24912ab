import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe-core finds on a page, of what it calls serious or critical. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // Past the page's policy, through the debugger: the policy itself is held by other stories.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  });
}
