import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.ts';

describe('requests with one key', () => {
  it('run one at a time, in the end all of them', async () => {
    const inFlight = new InFlight();
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    };
    const done = await Promise.all(Array.from({ length: 50 }, () => inFlight.alone('a', 10_000, work)));
    expect(done.every((outcome) => outcome !== null)).toBe(true);
    expect(most).toBe(1);
  });

  it('give up at once when they may not wait', async () => {
    const inFlight = new InFlight();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = inFlight.alone('a', 0, () => promise);
    expect(await inFlight.alone('a', 0, async () => 'second')).toBeNull();
    resolve('first');
    expect(await first).toEqual({ result: 'first' });
    expect(await inFlight.alone('a', 0, async () => 'third')).toEqual({ result: 'third' });
  });

  it('give up when the wait is over', async () => {
    const inFlight = new InFlight();
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = inFlight.alone('a', 0, () => promise);
    expect(await inFlight.alone('a', 5, async () => 'second')).toBeNull();
    resolve();
    await first;
  });

  it('do not hold up those with another key', async () => {
    const inFlight = new InFlight();
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = inFlight.alone('a', 0, () => promise);
    expect(await inFlight.alone('b', 0, async () => 'b')).toEqual({ result: 'b' });
    resolve();
    await first;
  });

  it('are free again when the first fails', async () => {
    const inFlight = new InFlight();
    await expect(inFlight.alone('a', 0, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await inFlight.alone('a', 0, async () => 'next')).toEqual({ result: 'next' });
  });
});
