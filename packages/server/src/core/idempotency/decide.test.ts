import { describe, expect, it } from 'vitest';
import { decideIdempotency, type StoredAnswer } from './decide.ts';

const same = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const stored = (fingerprint: Buffer, status: number | null): StoredAnswer => ({
  fingerprint,
  status,
  contentType: 'application/json',
  body: '{}',
  requestId: null,
});

describe('a request with an idempotency key', () => {
  it.each([
    ['runs when nothing is stored', null, { type: 'run' }],
    [
      'is replayed when the same request was answered',
      stored(same, 201),
      { type: 'replay', answer: stored(same, 201) },
    ],
    ['waits when the same request is running', stored(same, null), { type: 'in_progress' }],
    ['is refused when another request was answered', stored(other, 201), { type: 'conflict' }],
    ['is refused when another request is running', stored(other, null), { type: 'conflict' }],
    ['is refused when what is stored is of another length', stored(Buffer.alloc(0), 201), { type: 'conflict' }],
  ])('%s', (_, found, decision) => {
    expect(decideIdempotency(found, same)).toEqual(decision);
  });
});
