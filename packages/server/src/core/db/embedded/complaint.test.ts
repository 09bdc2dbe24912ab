import { expect, test } from 'vitest';
import { complain } from './complaint.ts';

const systemError = (code: string) => Object.assign(new Error(code), { code });

test.each([
  { problem: { error: systemError('ENOSPC') }, says: 'The disk that holds /db is full' },
  { problem: { output: 'FATAL:  could not write: No space left on device' }, says: 'The disk that holds /db is full' },
  { problem: { error: systemError('EROFS') }, says: 'is read-only' },
  { problem: { error: systemError('EACCES') }, says: 'may not be used by this user' },
  {
    problem: { output: 'initdb: error: could not access directory "/db": Permission denied' },
    says: 'may not be used',
  },
  { problem: { output: 'FATAL:  database files are incompatible with server' }, says: 'another PostgreSQL version' },
  { problem: { output: 'FATAL:  could not map anonymous shared memory' }, says: 'not enough memory' },
  { problem: { output: 'FATAL:  lock file "postmaster.pid" already exists' }, says: 'Another PostgreSQL seems to run' },
  {
    problem: { output: '2026-11-21 07:00:00.000 UTC [7] FATAL:  something new' },
    says: 'The embedded PostgreSQL in /db did not start: something new (its log is /db/postgres.log).',
  },
  { problem: {}, says: 'The embedded PostgreSQL in /db did not start (its log is /db/postgres.log).' },
])('one sentence: $says', ({ problem, says }) => {
  const sentence = complain('/db', problem, '/db/postgres.log');
  expect(sentence).toContain(says);
  expect(sentence.split('\n')).toHaveLength(1);
});
