/** The longest time for which the secret before may go on signing. */
export const maxOverlapMs = 7 * 86_400_000;

/** One signing secret of a row of secrets that follow each other; its text is elsewhere. */
export interface SigningSecret {
  readonly id: string;
  readonly state: SecretState;
  /** Unix milliseconds, as all times here. */
  readonly createdAt: number;
  /** When it stops signing; `null` while it is the active one. */
  readonly retiresAt: number | null;
}

export type SecretState = 'active' | 'retiring' | 'revoked';

/** What becomes of a secret when a new one takes its place. */
export interface SecretChange {
  readonly id: string;
  readonly state: 'retiring' | 'revoked';
  readonly retiresAt: number;
}

export type RotationDecision =
  | { readonly type: 'rotate'; readonly changes: readonly SecretChange[] }
  | { readonly type: 'refuse'; readonly why: 'invalid_overlap' }
  | { readonly type: 'refuse'; readonly why: 'rotation_in_progress'; readonly until: number };

/**
 * What becomes of the present secrets when a new active one joins them. While an overlap runs, another rotation is
 * refused unless it is forced; then the secret before the last stops signing at once, so that never more than two do.
 */
export function decideRotation(
  secrets: readonly SigningSecret[],
  asked: { readonly overlapMs: number; readonly force: boolean },
  now: number,
): RotationDecision {
  const { overlapMs, force } = asked;
  if (!Number.isSafeInteger(overlapMs) || overlapMs < 0 || overlapMs > maxOverlapMs) {
    return { type: 'refuse', why: 'invalid_overlap' };
  }
  const retiring = secrets.filter((secret) => stateAt(secret, now) === 'retiring');
  if (retiring.length > 0 && !force) {
    const until = Math.max(...retiring.map(({ retiresAt }) => retiresAt ?? now));
    return { type: 'refuse', why: 'rotation_in_progress', until };
  }
  const changes = secrets.flatMap((secret): SecretChange[] => {
    const state = stateAt(secret, now);
    if (state === 'revoked') return [];
    return state === 'active' && overlapMs > 0
      ? [{ id: secret.id, state: 'retiring', retiresAt: now + overlapMs }]
      : [{ id: secret.id, state: 'revoked', retiresAt: now }];
  });
  return { type: 'rotate', changes };
}

/** The secrets that sign at this instant, newest first. */
export function secretsSigningAt<Secret extends SigningSecret>(secrets: readonly Secret[], now: number): Secret[] {
  return secrets
    .filter((secret) => stateAt(secret, now) !== 'revoked')
    .sort((a, b) => Number(b.state === 'active') - Number(a.state === 'active') || b.createdAt - a.createdAt);
}

/** A retiring secret is revoked once its overlap is over, whether or not anybody has written that down. */
export function stateAt({ state, retiresAt }: Omit<SigningSecret, 'id' | 'createdAt'>, now: number): SecretState {
  return state === 'retiring' && (retiresAt === null || retiresAt <= now) ? 'revoked' : state;
}
