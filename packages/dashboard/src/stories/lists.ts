import { expect, inject, it } from 'vitest';
import { asOwner } from '../../../server/src/testing/fresh-database.ts';
import type { Stage } from '../testing/stage.ts';

const stored = 3_000;

export function tellOfLists(stage: () => Stage): void {
  it('a long list is scrolled to its end with only the rows in view on the page', async () => {
    const { page, context, go, person } = await stage().enter();
    await asOwner(
      inject('postgres'),
      `insert into live.audit_log (workspace_id, id, at, service, method, route, status, duration_us, request_id, caller, address)
       select '${person.workspaceId}', 'aud_' || n, now() - n * interval '1 second', 'scheduler', 'GET', '/stored/' || n, 200,
         900, 'stored-' || n, 'key', '127.0.0.1'
       from generate_series(1, ${stored}) n`,
    );
    await go('/admin/logs');
    const table = page.getByRole('table', { name: 'Requests in live mode' });
    await table.getByText('/stored/1', { exact: false }).first().waitFor();
    const last = table.getByText(`GET /stored/${stored}`);
    await expect
      .poll(
        async () => {
          await table.evaluate((element) => {
            element.scrollTop = element.scrollHeight;
          });
          return last.count();
        },
        { timeout: 30_000, interval: 20 },
      )
      .toBe(1);
    expect(await table.getByRole('row').count()).toBeLessThan(100);
    expect(Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(stored);
    await context.close();
  });
}
