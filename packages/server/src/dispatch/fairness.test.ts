import { describe, expect, it } from 'vitest';
import type { Mode } from '../core/mode.ts';
import { createFairQueue, type FairQueueOptions, type Released } from './fairness.ts';

interface Entry {
  readonly workspace: string;
  readonly number: number;
}

function queueOf(options: Partial<FairQueueOptions> = {}) {
  const queue = createFairQueue<Entry>({ slots: 8, perWorkspace: 8, ...options });
  return {
    queue,
    add(mode: Mode, workspace: string, count: number) {
      for (let number = 1; number <= count; number++) queue.add(mode, workspace, { workspace, number });
    },
    /** Releases until nothing may go. */
    takeAll(): Released<Entry>[] {
      const all: Released<Entry>[] = [];
      for (let one = queue.next(); one !== null; one = queue.next()) all.push(one);
      return all;
    },
  };
}

const names = (released: readonly Released<Entry>[]) => released.map(({ entry }) => entry.workspace + entry.number);

describe('workspaces with deliveries due', () => {
  it('take turns, each in its own order', () => {
    const { add, takeAll } = queueOf();
    add('live', 'a', 5);
    add('live', 'b', 2);
    add('live', 'c', 1);
    expect(names(takeAll())).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4', 'a5']);
  });

  it('take turns still when one of them arrives late', () => {
    const { queue, add, takeAll } = queueOf({ slots: 2 });
    add('live', 'a', 100);
    const [first] = takeAll();
    add('live', 'b', 1);
    first?.done();
    expect(queue.next()?.entry.workspace).toBe('a');
    const released = queueOf({ slots: 100 });
    released.add('live', 'a', 50);
    released.queue.next();
    released.add('live', 'b', 1);
    expect(names(released.takeAll()).indexOf('b1')).toBeLessThanOrEqual(1);
  });

  it('have so many in flight and no more', () => {
    const { queue, add, takeAll } = queueOf({ perWorkspace: 2 });
    add('live', 'a', 5);
    add('live', 'b', 1);
    const released = takeAll();
    expect(names(released)).toEqual(['a1', 'b1', 'a2']);
    expect(queue).toMatchObject({ waiting: 3, inFlight: 3 });
    released[1]?.done();
    expect(takeAll()).toEqual([]);
    released[0]?.done();
    expect(names(takeAll())).toEqual(['a3']);
  });

  it('give a slot back once, however often it is given back', () => {
    const { queue, add, takeAll } = queueOf({ slots: 1 });
    add('live', 'a', 3);
    const [first] = takeAll();
    first?.done();
    first?.done();
    expect(queue.inFlight).toBe(0);
    expect(takeAll()).toHaveLength(1);
  });

  it('are all emptied when the node stops, and go on afterwards', () => {
    const { queue, add, takeAll } = queueOf({ slots: 1 });
    add('live', 'a', 3);
    add('test', 'a', 1);
    add('live', 'b', 1);
    const [running] = takeAll();
    expect(queue.drain()).toHaveLength(4);
    expect(queue).toMatchObject({ waiting: 0, inFlight: 1 });
    add('live', 'a', 1);
    add('live', 'b', 1);
    expect(takeAll()).toEqual([]);
    running?.done();
    expect(takeAll()).toHaveLength(1);
  });
});

describe('live and test', () => {
  it('live goes first', () => {
    const { add, takeAll } = queueOf();
    add('test', 'a', 1);
    add('live', 'a', 2);
    expect(names(takeAll())).toEqual(['a1', 'a2', 'a1']);
  });

  it('test leaves three quarters of the slots to live', () => {
    const { queue, add, takeAll } = queueOf();
    add('test', 'a', 50);
    expect(takeAll()).toHaveLength(2);
    add('live', 'b', 50);
    expect(names(takeAll())).toEqual(['b1', 'b2', 'b3', 'b4', 'b5', 'b6']);
    expect(queue.inFlight).toBe(8);
  });

  it('live may take every slot', () => {
    const { add, takeAll } = queueOf();
    add('test', 'a', 1);
    add('live', 'b', 50);
    expect(new Set(takeAll().map(({ entry }) => entry.workspace))).toEqual(new Set(['b']));
  });

  it('test has a slot on a node with one', () => {
    const { add, takeAll } = queueOf({ slots: 1 });
    add('test', 'a', 1);
    expect(takeAll()).toHaveLength(1);
  });
});

describe('a backlog of 100,000 of one workspace', () => {
  it("does not delay another's, and costs no more a step than a short one", () => {
    const { queue, add } = queueOf({ slots: 200, perWorkspace: 100 });
    add('live', 'huge', 100_000);
    const order: string[] = [];
    const running: Released<Entry>[] = [];
    for (let step = 0; step < 100_050; step++) {
      if (step === 50_000) for (let i = 0; i < 10; i++) add('live', `small ${i}`, 5);
      const one = queue.next();
      if (one === null) break;
      order.push(one.entry.workspace);
      running.push(one);
      if (running.length >= 90) running.shift()?.done();
    }
    expect(order).toHaveLength(100_050);
    const lastOfSmall = order.findLastIndex((name) => name.startsWith('small'));
    expect(lastOfSmall).toBeLessThanOrEqual(50_000 + 5 * 11);
    expect(queue.waiting).toBe(0);
  });

  it('all of it at once is taken and given back in linear time', () => {
    const { queue, add } = queueOf({ slots: 200_000, perWorkspace: 200_000 });
    add('live', 'huge', 100_000);
    add('live', 'small', 3);
    const first = Array.from({ length: 6 }, () => queue.next()?.entry.workspace);
    expect(first.filter((name) => name === 'small')).toHaveLength(3);
    expect(queue.drain()).toHaveLength(100_003 - 6);
  });
});
