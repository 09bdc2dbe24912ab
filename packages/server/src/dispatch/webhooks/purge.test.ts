import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { purgeExpired } from '../../core/maintenance.ts';
import type { FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import { createWebhookWorld, deliveriesOf, newOwner, receivers } from './webhooks.fixture.ts';

let world: FixtureWorld;
const open = receivers();
beforeAll(async () => {
  world = await createWebhookWorld();
  world.t.platform.startLoops();
});
afterEach(() => open.closeAll());
afterAll(() => world.close());

it('keeps the log of deliveries for 30 days, and a body for as long as anything needs it', async () => {
  const ann = await newOwner(world.t);
  const [receiver, failing] = await Promise.all([open.start(), open.start()]);
  failing.answer = (_, response) => {
    response.statusCode = 500;
    response.end();
  };
  const endpoint = await ann.listen(receiver);
  const slow = await ann.listen(failing);
  await ann.addNote('live', 'both');
  await receiver.count(1);
  await expect.poll(async () => (await deliveriesOf(ann, endpoint))[0]?.status).toBe('succeeded');
  await expect
    .poll(async () => Number((await deliveriesOf(ann, slow))[0]?.attempts), { timeout: 5_000 })
    .toBeGreaterThan(3);
  const { workspaceId } = ann;
  // As if its next attempt were far away, so that it is still to be sent when the rest is old.
  const held = `update live.deliveries set due_at = now() + interval '60 days', claimable = false, lease_owner = null,
    finalized_at = null, status = 'retrying' where workspace_id = $1 and target_id = $2`;
  await asOwner(world.owner, held, [workspaceId, slow.id]);
  const rows = async () =>
    (
      await asOwner<{ deliveries: number; messages: number; attempts: number }>(
        world.owner,
        `select (select count(*)::int from live.deliveries where workspace_id = $1) as deliveries,
           (select count(*)::int from live.messages where workspace_id = $1) as messages,
           (select count(*)::int from live.attempts where workspace_id = $1 and delivery_id in
             (select id from live.deliveries where target_id = $2)) as attempts`,
        [workspaceId, endpoint.id],
      )
    )[0];
  const purge = (days: number) => purgeExpired(world.t.platform.database, world.t.clock.now() + days * 86_400_000, 365);
  await purge(29);
  expect(await rows()).toEqual({ deliveries: 2, messages: 1, attempts: 1 });
  await purge(31);
  expect(await rows()).toEqual({ deliveries: 1, messages: 1, attempts: 0 });
  await asOwner(
    world.owner,
    `update live.deliveries set due_at = null, finalized_at = now(), status = 'dead_letter' where workspace_id = $1`,
    [workspaceId],
  );
  await purge(31);
  expect(await rows()).toEqual({ deliveries: 0, messages: 0, attempts: 0 });
});
