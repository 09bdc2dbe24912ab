import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../testing/fixture-platform.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';
import { decideOffset } from './clock-watch.ts';

describe('the offset of a clock', () => {
  it.each([
    ['counts nothing of what the question took', [1_000, 1_040, 1_015], 0],
    ['is what it was ahead when it asked', [1_000, 1_040, 400], 600],
    ['is negative when it was behind when it was answered', [1_000, 1_040, 3_040], -2_000],
  ] as const)('%s', (_, [before, after, other], offset) => {
    expect(decideOffset(before, after, other)).toBe(offset);
  });
});

describe('a node whose clock is off', () => {
  let world: FixtureWorld;
  let receiver: Receiver;
  beforeAll(async () => {
    world = await createFixtureWorld({ env: { INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' } });
    receiver = await startReceiver();
    world.t.platform.startLoops();
  });
  afterAll(async () => {
    await world.close();
    await receiver.close();
  });

  it('sends nothing and is not ready, until it is right again', async () => {
    const { t } = world;
    const { clockWatch } = t.platform;
    await clockWatch.measure();
    expect([clockWatch.isOff, Math.abs(clockWatch.offsetMs ?? Number.NaN)]).toEqual([false, 0]);
    expect((await t.as(null).get('/readyz')).body).toEqual({
      status: 'ready',
      database: 'ok',
      migrations: 'current',
      clock_offset_ms: 0,
    });

    t.clock.advance(60_000);
    await clockWatch.measure();
    expect(clockWatch.isOff).toBe(true);
    expect(clockWatch.offsetMs).toBeGreaterThan(55_000);
    const ready = await t.as(null).get('/readyz');
    expect([ready.status, ready.body.status]).toEqual([503, 'clock_off']);
    expect((await t.as(null).get('/metrics')).text).toMatch(/^interlock_clock_offset_seconds (59|60)/m);
    const live = t.as((await t.key(await t.workspace(), { service: 'notes', mode: 'live' })).key);
    const { status } = await live.post('/notes/v1/parcels', { url: receiver.url, delayMs: 0 });
    expect(status).toBe(201);
    // It would be sent here, if anything were.
    await t.platform.dispatcher.settleDue();
    expect(receiver.received).toEqual([]);

    t.clock.thaw();
    await clockWatch.measure();
    expect(clockWatch.isOff).toBe(false);
    expect((await t.as(null).get('/readyz')).status).toBe(200);
    t.clock.advance(60_000);
    await receiver.count(1);
    expect(t.log.filter((line) => line.includes('nothing is dispatched from here'))).toHaveLength(1);
  });
});
