import { expect, test } from 'vitest';
import { decidePidFile, type Occupant, type PidFileMeaning, readListening, readPidFile } from './pid-file.ts';

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

test.each([
  { text: lines('ready'), listening: { pid: 41, host: '/tmp/s', port: 5432 } },
  {
    text: '41\nC:/data\n1763711317\n53201\n\n127.0.0.1\n\nready\n',
    listening: { pid: 41, host: '127.0.0.1', port: 53_201 },
  },
  { text: lines('starting'), listening: undefined },
  { text: lines('ready').replace('5432', ''), listening: undefined },
  { text: '', listening: undefined },
])('reads where $text listens', ({ text, listening }) => {
  expect(readListening(text)).toEqual(listening);
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
