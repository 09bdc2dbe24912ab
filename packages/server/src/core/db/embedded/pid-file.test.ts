import { expect, test } from 'vitest';
import { decidePidFile, type Occupant, type PidFileMeaning, readPidFile } from './pid-file.ts';

const lines = (state: string) => `41\n/data\n1763711317\n5432\n/tmp/s\n\n  8263723    32791\n${state}   \n`;

test.each([
  { text: lines('ready'), file: { pid: 41, ready: true } },
  { text: lines('starting'), file: { pid: 41, ready: false } },
  { text: '41\n/data\n', file: { pid: 41, ready: false } },
  { text: '', file: undefined },
  { text: 'no number\n', file: undefined },
  { text: '-41\n', file: undefined },
])('reads $text', ({ text, file }) => {
  expect(readPidFile(text)).toEqual(file);
});

test.each<{ occupant: Occupant; meaning: PidFileMeaning }>([
  { occupant: 'gone', meaning: { type: 'stale', pid: 41 } },
  { occupant: 'unrelated', meaning: { type: 'stale', pid: 41 } },
  { occupant: 'this_cluster', meaning: { type: 'orphan', pid: 41 } },
  { occupant: 'unknown', meaning: { type: 'undecided', pid: 41 } },
])('a pid file whose process is $occupant', ({ occupant, meaning }) => {
  expect(decidePidFile({ pid: 41, ready: true }, occupant)).toEqual(meaning);
});

test('no pid file means a free folder', () => {
  expect(decidePidFile(undefined, 'gone')).toEqual({ type: 'free' });
});
