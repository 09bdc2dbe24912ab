import { describe, expect, it } from 'vitest';
import { createTimeline, type Timers } from './timeline.ts';

const start = 1_800_000_000_000;

/** A clock that the test turns, whose timers ring early by as much as it says. */
function manualTimers({ earlyMs = 0 } = {}) {
  let now = start;
  let timers: { at: number; fn: () => void }[] = [];
  let set = 0;
  const next = () =>
    timers.reduce<(typeof timers)[number] | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
  return {
    timers: {
      now: () => Math.floor(now),
      setTimer(ms, fn) {
        const timer = { at: now + (ms > earlyMs ? ms - earlyMs : ms), fn };
        timers.push(timer);
        set++;
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    } satisfies Timers,
    advanceTo(offset: number) {
      const end = start + offset;
      for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) {
        const ringing = timer;
        timers = timers.filter((other) => other !== ringing);
        now = Math.max(now, ringing.at);
        ringing.fn();
      }
      now = end;
    },
    step(offset: number) {
      now = start + offset;
    },
    get armed() {
      return timers.length;
    },
    get set() {
      return set;
    },
  };
}

function timelineOf(clock: ReturnType<typeof manualTimers>, slice?: number) {
  const released: { name: string; at: number }[] = [];
  const sizes: number[] = [];
  const timeline = createTimeline<string>({
    timers: clock.timers,
    ...(slice !== undefined && { slice }),
    release: (due) => {
      sizes.push(due.length);
      for (const name of due) released.push({ name, at: clock.timers.now() - start });
    },
  });
  return { timeline, released, sizes, add: (id: string, offset: number) => timeline.add(id, start + offset, id) };
}

describe('a timeline', () => {
  it('releases each at its instant, whatever the order they came in', () => {
    const clock = manualTimers();
    const { released, add } = timelineOf(clock);
    for (const offset of [300, 100, 200, 100, 50]) add(`${offset}/${released.length}${Math.abs(offset)}`, offset);
    add('also 100', 100);
    clock.advanceTo(1_000);
    expect(released.map(({ at }) => at)).toEqual([50, 100, 100, 200, 300]);
  });

  it('keeps those of one instant in the order they came', () => {
    const clock = manualTimers();
    const { released, add } = timelineOf(clock);
    const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
    for (const name of names) add(name, 10);
    clock.advanceTo(20);
    expect(released.map(({ name }) => name)).toEqual(names);
  });

  it('is never early, though its timers are', () => {
    const clock = manualTimers({ earlyMs: 0.9 });
    const { released, add } = timelineOf(clock);
    for (let offset = 1; offset <= 500; offset += 7) add(`at ${offset}`, offset);
    clock.advanceTo(600);
    expect(released).toHaveLength(72);
    for (const { name, at } of released) expect(`at ${at}`).toBe(name);
  });

  it('wakes up earlier for an earlier one', () => {
    const clock = manualTimers();
    const { released, add } = timelineOf(clock);
    add('late', 500);
    add('soon', 20);
    clock.advanceTo(20);
    expect(released).toEqual([{ name: 'soon', at: 20 }]);
    expect(clock.armed).toBe(1);
  });

  it('releases at once what is overdue', () => {
    const clock = manualTimers();
    const { released, add } = timelineOf(clock);
    add('overdue', -5_000);
    expect(released).toEqual([]);
    clock.advanceTo(0);
    expect(released).toEqual([{ name: 'overdue', at: 0 }]);
  });

  it('does not release what was canceled', () => {
    const clock = manualTimers();
    const { timeline, released, add } = timelineOf(clock);
    add('kept', 20);
    add('canceled', 10);
    expect(timeline.cancel('canceled')).toBe(true);
    expect(timeline.cancel('canceled')).toBe(false);
    expect(timeline.cancel('never there')).toBe(false);
    expect(timeline.size).toBe(1);
    clock.advanceTo(100);
    expect(released).toEqual([{ name: 'kept', at: 20 }]);
  });

  it('moves what is added again', () => {
    const clock = manualTimers();
    const { timeline, released, add } = timelineOf(clock);
    add('moved', 10);
    add('moved', 30);
    expect(timeline.size).toBe(1);
    clock.advanceTo(100);
    expect(released).toEqual([{ name: 'moved', at: 30 }]);
  });

  it('can be emptied, in the order of the instants, and used again', () => {
    const clock = manualTimers();
    const { timeline, released, add } = timelineOf(clock);
    add('b', 20);
    add('a', 10);
    add('canceled', 5);
    timeline.cancel('canceled');
    expect(timeline.drain()).toEqual(['a', 'b']);
    expect(clock.armed).toBe(0);
    clock.advanceTo(100);
    expect(released).toEqual([]);
    add('c', 110);
    clock.advanceTo(200);
    expect(released).toEqual([{ name: 'c', at: 110 }]);
  });

  it('has one timer, however much waits', () => {
    const clock = manualTimers();
    const { add } = timelineOf(clock);
    for (let offset = 1; offset <= 1_000; offset++) add(`at ${offset}`, 1_000 + offset);
    expect(clock.armed).toBe(1);
    expect(clock.set).toBe(1);
  });

  it('releases thousands of one instant in slices', () => {
    const clock = manualTimers();
    const { sizes, add } = timelineOf(clock, 64);
    for (let index = 0; index < 5_000; index++) add(`n${index}`, 10);
    clock.advanceTo(10);
    expect(Math.max(...sizes)).toBe(64);
    expect(sizes.reduce((a, b) => a + b)).toBe(5_000);
  });

  it('notices within a second that its clock was set forward', () => {
    const clock = manualTimers();
    const { released, add } = timelineOf(clock);
    add('far', 3_600_000);
    const armed = clock.set;
    clock.advanceTo(1_000);
    expect(clock.set).toBe(armed + 1);
    clock.step(3_600_000);
    clock.advanceTo(3_600_000);
    expect(released).toEqual([{ name: 'far', at: 3_600_000 }]);
  });

  it('goes on after an error in what it calls', () => {
    const clock = manualTimers();
    const released: string[] = [];
    const timeline = createTimeline<string>({
      timers: clock.timers,
      release: (due) => {
        if (due.includes('bad')) throw new Error('bad');
        released.push(...due);
      },
    });
    timeline.add('bad', start + 10, 'bad');
    timeline.add('good', start + 20, 'good');
    expect(() => clock.advanceTo(10)).toThrow('bad');
    clock.advanceTo(20);
    expect(released).toEqual(['good']);
  });
});

describe('a timeline on the clock of the machine', () => {
  it('releases 3,000 over half a second, none early, and lets other work in between', async () => {
    let turns = 0;
    const timers: Timers = {
      now: () => Date.now(),
      setTimer(ms, fn) {
        if (ms <= 0) {
          const handle = setImmediate(fn);
          return () => clearImmediate(handle);
        }
        const handle = setTimeout(fn, ms);
        return () => clearTimeout(handle);
      },
    };
    const other = setInterval(() => turns++, 1);
    const late: number[] = [];
    await new Promise<void>((resolve) => {
      const timeline = createTimeline<number>({
        timers,
        release: (due) => {
          const now = Date.now();
          for (const dueAt of due) late.push(now - dueAt);
          if (late.length === 3_000) resolve();
        },
      });
      const begin = Date.now() + 50;
      for (let index = 0; index < 3_000; index++) {
        const dueAt = begin + Math.floor(index / 6);
        timeline.add(`n${index}`, dueAt, dueAt);
      }
    });
    clearInterval(other);
    late.sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    // Generous, because the machine of a test may be busy: alone it is 1 ms at most.
    expect(late[1_500]).toBeLessThan(10);
    expect(turns).toBeGreaterThan(50);
  });
});
