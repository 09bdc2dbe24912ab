import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../server/src/testing/receiver.ts';
import type { Stage } from '../testing/stage.ts';

export function tellOfScheduler(stage: () => Stage): void {
  describe('the scheduler', () => {
    it.each(['live', 'test'] as const)('replays a dead letter in %s mode after counting it', async (mode) => {
      const receiver = await startReceiver();
      receiver.answer = (_, response) => response.writeHead(410).end('gone');
      const { page, context, go, key } = await stage().enter();
      const caller = stage().t.as(key('scheduler', mode));
      const made = await caller.post('/v1/schedules', { endpoint: receiver.url, delay: '1s' });
      expect(made.status, made.text).toBe(201);
      await expect
        .poll(async () => (await caller.get('/v1/deliveries?status=dead_letter')).body.data.length, { timeout: 20_000 })
        .toBe(1);
      receiver.answer = (_, response) => response.end('ok');

      await go('/scheduler?tab=dead-letters', mode);
      await page
        .getByRole('table', { name: `Dead letters in ${mode} mode` })
        .getByText('dead_letter')
        .waitFor();
      await page.getByRole('button', { name: 'Replay all: count first' }).click();
      await page.getByText(`1 deliveries in ${mode} mode would run again.`).waitFor();
      expect(receiver.received).toHaveLength(1);
      await page.getByRole('button', { name: `Replay 1 in ${mode} mode` }).click();
      await page.getByText('1 deliveries run again.').waitFor();
      await receiver.count(2);
      await go('/scheduler?tab=dead-letters', mode === 'live' ? 'test' : 'live');
      await page.getByText('Nothing was given up').waitFor();
      await receiver.close();
      await context.close();
    });

    it('previews a schedule, makes it, and lists its next runs in its mode alone', async () => {
      const { page, context, go } = await stage().enter();
      await go('/scheduler', 'test');
      await page.getByRole('button', { name: 'New schedule' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^URL/).fill('https://example.com/hook');
      await dialog.getByText('Again and again').click();
      await dialog.getByLabel(/^Cron/).fill('30 9 * * *');
      await dialog
        .getByText(/09:30:00/)
        .first()
        .waitFor();
      await dialog.getByRole('button', { name: 'Create in test mode' }).click();
      await page.getByRole('button', { name: /^sch_/ }).click();
      await page.getByRole('dialog', { name: 'Schedule' }).getByText('Next runs').waitFor();
      expect(await page.getByRole('dialog', { name: 'Schedule' }).getByRole('time').count()).toBeGreaterThan(4);
      await go('/scheduler', 'live');
      await page.getByText('There is no schedule in live mode').waitFor();
      await context.close();
    });

    it('steers the test clock, which live mode does not have', async () => {
      const { page, context, go } = await stage().enter();
      await go('/scheduler?tab=clock', 'test');
      await page.getByRole('button', { name: 'Freeze it' }).click();
      await page.getByText('frozen').waitFor();
      await page.getByRole('button', { name: 'Move it forward' }).click();
      await page.getByText('0 deliveries were released.').waitFor();
      await page.getByRole('button', { name: 'Let it run' }).click();
      await page.getByText('running').waitFor();
      await go('/scheduler', 'live');
      expect(await page.getByRole('tab', { name: 'Test clock' }).count()).toBe(0);
      await context.close();
    });
  });
}
