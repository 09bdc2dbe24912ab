import type { SignableAttempt } from './signing-scheme.ts';

/** An attempt of which a test says only what it is about. */
export function attemptOf(about: Partial<Omit<SignableAttempt, 'body'>> & { body?: string | Buffer }): SignableAttempt {
  return {
    id: 'msg_1',
    attempt: 1,
    timestamp: 1_700_000_000_999,
    method: 'POST',
    path: '/hooks',
    secrets: [],
    ...about,
    body: Buffer.from(about.body ?? '{}'),
  };
}
