import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe-core finds on a page, of what it calls serious or critical; by some of its rules, or by all. */
export async function seriousViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Past the page's policy, through the debugger: the policy itself is held by other stories.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  await settled(page);
  return page.evaluate(async (only) => {
    const options = only === undefined ? {} : { runOnly: [...only] };
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(options);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  }, rules);
}

/** Colours that are still on their way to others would be taken for those of the page. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume)));
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map(({ finished }) => finished.catch(() => undefined)));
  });
}
