import { expect, test } from 'vitest';
import { decideOverlap, type OverlapDecision, type OverlapPolicy } from './overlap.ts';

const start: OverlapDecision = { type: 'start' };
const buffer: OverlapDecision = { type: 'buffer' };

test.each<[OverlapPolicy, number, number, OverlapDecision]>([
  ['allow', 0, 0, start],
  ['allow', 7, 0, start],
  ['skip', 0, 0, start],
  ['skip', 1, 0, { type: 'skip', why: 'unfinished' }],
  ['buffer_one', 0, 0, start],
  ['buffer_one', 1, 0, buffer],
  ['buffer_one', 1, 1, { type: 'skip', why: 'buffer_full' }],
  // The running one has just ended, and the one that waited for it has not been released yet.
  ['buffer_one', 0, 1, { type: 'skip', why: 'buffer_full' }],
  ['skip', 0, 1, { type: 'skip', why: 'unfinished' }],
])('%s with %i running and %i buffered', (policy, running, buffered, expected) => {
  expect(decideOverlap(policy, { running, buffered })).toEqual(expected);
});
