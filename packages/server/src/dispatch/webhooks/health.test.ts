import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuditLog } from '../../core/audit/audit.ts';
import type { FixtureWorld } from '../../testing/fixture-platform.ts';
import { dialectOf } from './dialects.ts';
import { createHealthKeeper, type HealthOptions, settleWebhook } from './health.ts';
import { recordChanges } from './record-change.ts';
import { createWebhookWorld, type Endpoint, newOwner, type Owner, receivers } from './webhooks.fixture.ts';

/* The days that a rule counts pass by the clock of the test. */

const day = 86_400_000;
const failed = { type: 'failed', status: 500, final: false } as const;
const dead = { type: 'failed', status: null, final: true } as const;
const ok = { type: 'succeeded' } as const;

let world: FixtureWorld;
const open = receivers();
const disabled: string[] = [];
beforeAll(async () => {
  world = await createWebhookWorld();
});
afterEach(() => open.closeAll());
afterAll(() => world.close());

function options(): HealthOptions {
  const { database, services, config } = world.t.platform;
  return {
    database,
    clock: world.t.clock,
    publisherOf(service) {
      const contract = services.find((candidate) => candidate.contract.name === service)?.contract;
      const dialect = contract === undefined ? null : dialectOf(contract, config.services[service] ?? {});
      return contract === undefined || dialect === null ? undefined : { contract, dialect };
    },
    record: recordChanges(createAuditLog(database)),
    disabled: ({ endpointId }) => disabled.push(endpointId),
    onTrouble(error) {
      throw error;
    },
  };
}

async function endpointOf(service: string): Promise<{ ann: Owner; endpoint: Endpoint }> {
  const ann = await newOwner(world.t);
  return { ann, endpoint: await ann.listen(await open.start(), { service }) };
}
const addressOf = (ann: Owner, { id }: Endpoint) =>
  ({ mode: 'live', workspaceId: ann.workspaceId, endpointId: id }) as const;

describe('an endpoint that only fails', () => {
  it('is disabled after the days of its service’s rule, with a notice that its owner sees', async () => {
    const { ann, endpoint } = await endpointOf('randomness');
    const address = addressOf(ann, endpoint);
    const start = world.t.clock.now();
    await settleWebhook(options(), address, [[failed, start]]);
    await settleWebhook(options(), address, [[dead, start + 3 * day - 1]]);
    expect((await ann.get(endpoint.path)).body).toMatchObject({
      enabled: true,
      disabled: null,
      health: { failingSince: start, deadLetters: 1 },
    });
    await settleWebhook(options(), address, [[failed, start + 3 * day]]);
    expect((await ann.get(endpoint.path)).body).toMatchObject({
      enabled: false,
      disabled: { reason: 'consecutive_failures', message: expect.stringMatching(/Mend it, then enable it again/) },
    });
    expect(disabled).toContain(endpoint.id);
    expect((await ann.get('/audit?mode=live&code=consecutive_failures')).body.entries).toHaveLength(1);

    // What was under way changes nothing; enabling begins anew.
    await settleWebhook(options(), address, [[ok, start + 3 * day]]);
    expect((await ann.get(endpoint.path)).body.enabled).toBe(false);
    const again = (await ann.send('POST', `${endpoint.path}/enable`)).body;
    expect(again).toMatchObject({ enabled: true, disabled: null, health: { failingSince: null, deadLetters: 0 } });
  });

  it('is well again after one success', async () => {
    const { ann, endpoint } = await endpointOf('randomness');
    const start = world.t.clock.now();
    const outcomes = [
      [failed, start],
      [ok, start + 2 * day],
      [failed, start + 4 * day],
    ] as const;
    expect(await settleWebhook(options(), addressOf(ann, endpoint), outcomes)).toEqual({ isWell: false });
    expect((await ann.get(endpoint.path)).body).toMatchObject({
      enabled: true,
      health: { failingSince: start + 4 * day },
    });
  });

  it('of another service lives by the rule of that: 20 dead letters and 72 hours', async () => {
    const { ann, endpoint } = await endpointOf('notes');
    const later = world.t.clock.now() + 3 * day;
    const letters = (count: number) => Array.from({ length: count }, () => [dead, later] as const);
    await settleWebhook(options(), addressOf(ann, endpoint), letters(19));
    expect((await ann.get(endpoint.path)).body.enabled).toBe(true);
    await settleWebhook(options(), addressOf(ann, endpoint), letters(1));
    expect((await ann.get(endpoint.path)).body.enabled).toBe(false);
  });
});

describe('the keeper of health', () => {
  it('writes of an endpoint that is well once in a while, and of a failure at once', async () => {
    const { ann, endpoint } = await endpointOf('randomness');
    const address = addressOf(ann, endpoint);
    let written = 0;
    const counting = options();
    const { transaction } = counting.database;
    const keeper = createHealthKeeper({
      ...counting,
      database: {
        transaction: (mode, workspaceId) => {
          written++;
          return transaction(mode, workspaceId);
        },
      },
    });
    for (let i = 0; i < 100; i++) keeper.ended(address, ok);
    await keeper.flush();
    for (let i = 0; i < 100; i++) keeper.ended(address, ok);
    await keeper.flush();
    expect(written).toBeLessThanOrEqual(2);
    keeper.ended(address, failed);
    await keeper.flush();
    expect((await ann.get(endpoint.path)).body.health.failingSince).not.toBeNull();
    keeper.ended(address, ok);
    await keeper.flush();
    expect((await ann.get(endpoint.path)).body.health.failingSince).toBeNull();
  });

  it('knows nothing of an endpoint that is gone', async () => {
    const { ann, endpoint } = await endpointOf('randomness');
    await ann.send('DELETE', endpoint.path);
    const keeper = createHealthKeeper(options());
    keeper.ended(addressOf(ann, endpoint), { type: 'failed', status: 410, final: true });
    await keeper.flush();
    expect(disabled).not.toContain(endpoint.id);
  });
});
