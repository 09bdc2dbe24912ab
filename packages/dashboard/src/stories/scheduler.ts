import { describe, expect, inject, it } from 'vitest';
import { asOwner } from '../../../server/src/testing/fresh-database.ts';
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

    it.each(['live', 'test'] as const)('shows the breaker of a %s endpoint that fails as open', async (mode) => {
      const receiver = await startReceiver();
      receiver.answer = (_, response) => response.writeHead(500).end('out of order');
      const { page, context, go, key } = await stage().enter();
      const caller = stage().t.as(key('scheduler', mode));
      const endpoint = await caller.post('/v1/endpoints', {
        name: 'orders',
        url: receiver.url,
        breaker_policy: { failure_threshold: 2, window: '1m', cooldown: '1h', half_open_max: 1 },
      });
      expect(endpoint.status, endpoint.text).toBe(201);
      for (let count = 1; count <= 2; count++) {
        const made = await caller.post('/v1/schedules', {
          endpoint_id: endpoint.body.id,
          delay: '1s',
          retry_policy: { max_attempts: 1 },
        });
        expect(made.status, made.text).toBe(201);
      }
      await receiver.count(2);
      const state = async () => (await caller.get(`/v1/endpoints/${endpoint.body.id}`)).body.breaker_state;
      await expect.poll(state, { timeout: 20_000 }).toBe('open');
      await go('/scheduler?tab=endpoints', mode);
      const profiles = page.getByRole('table', { name: `Endpoint profiles in ${mode} mode` });
      await profiles.getByRole('row').filter({ hasText: 'orders' }).getByText('open', { exact: true }).waitFor();

      await go('/scheduler?tab=endpoints', mode === 'live' ? 'test' : 'live');
      await page.getByText('There is no endpoint profile').waitFor();
      await receiver.close();
      await context.close();
    });

    it('shows how punctual live deliveries were, as published and with nothing left out', async () => {
      const { page, context, go, person } = await stage().enter();
      await plantFirings(person.workspaceId);
      await go('/scheduler?tab=slo');
      const figures = async (table: string) => {
        const hour = page.getByRole('table', { name: table }).getByRole('row', { name: /^1h/ });
        return hour.getByRole('cell').allTextContents();
      };
      await expect.poll(() => figures('This workspace')).toHaveLength(11);
      expect(await figures('This workspace')).toEqual([
        ...['100', '50.0 ms', '95.0 ms', '99.0 ms', '100.0 ms', 'met'],
        ...['900.0 ms', '120', '20', '0', '0'],
      ]);
      const [counted = '', , , , , , , unfiltered = ''] = await figures('Published: the whole installation');
      expect(Number(unfiltered)).toBeGreaterThanOrEqual(Number(counted));
      await go('/scheduler?tab=slo', 'test');
      await page.getByText('The SLO counts live deliveries only').waitFor();
      await page.getByRole('table', { name: 'Published: the whole installation' }).waitFor();
      expect(await page.getByRole('table', { name: 'This workspace' }).count()).toBe(0);
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

/** A hundred deliveries of some minutes ago, each a millisecond later than the one before; and 20 that a breaker held up. */
async function plantFirings(workspaceId: string): Promise<void> {
  await asOwner(
    inject('postgres'),
    `with fired as (
       insert into live.deliveries (workspace_id, id, service, kind, source_id, message_id, status, claimable, scheduled_for,
         finalized_at, idempotency_key, first_deferral)
       select $1, 'dlv_' || n, 'scheduler', 'schedule', 'sch_' || n, 'msg', 'succeeded', false, now() - interval '5 minutes',
         now(), n::text, case when n > 100 then 'breaker' end
       from generate_series(1, 120) n
       returning id, scheduled_for, substr(id, 5)::int as n
     ), sent as (
       select id, n, scheduled_for + case when n > 100 then 900 else n end * interval '1 millisecond' as at from fired
     )
     insert into live.attempts (workspace_id, delivery_id, attempt, id, kind, outcome, started_at, fired_at, node)
     select $1, id, 1, 'att_' || n, 'initial', 'succeeded', at, at, 'n' from sent`,
    [workspaceId],
  );
}
