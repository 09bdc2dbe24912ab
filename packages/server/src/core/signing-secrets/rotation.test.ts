import { describe, expect, test } from 'vitest';
import { decideRotation, maxOverlapMs, type SigningSecret, secretsSigningAt, stateAt } from './rotation.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const secret = (id: string, state: SigningSecret['state'], age: number, retiresAt: number | null = null) => ({
  id,
  state,
  createdAt: now - age,
  retiresAt,
});
const active = secret('sec_b', 'active', 1000);
const retiring = secret('sec_a', 'retiring', 2000, now + hour);
const expired = secret('sec_a', 'retiring', 2000, now);
const revoked = secret('sec_0', 'revoked', 3000, now - hour);

describe('a rotation', () => {
  test.each<[string, SigningSecret[], { overlapMs: number; force: boolean }, ReturnType<typeof decideRotation>]>([
    [
      'lets the active secret sign until the overlap is over',
      [active, revoked],
      { overlapMs: 24 * hour, force: false },
      { type: 'rotate', changes: [{ id: 'sec_b', state: 'retiring', retiresAt: now + 24 * hour }] },
    ],
    [
      'without an overlap revokes it at once',
      [active],
      { overlapMs: 0, force: false },
      { type: 'rotate', changes: [{ id: 'sec_b', state: 'revoked', retiresAt: now }] },
    ],
    [
      'may overlap for seven days',
      [active],
      { overlapMs: maxOverlapMs, force: false },
      { type: 'rotate', changes: [{ id: 'sec_b', state: 'retiring', retiresAt: now + 7 * 24 * hour }] },
    ],
    [
      'may not overlap for longer',
      [active],
      { overlapMs: maxOverlapMs + 1, force: true },
      { type: 'refuse', why: 'invalid_overlap' },
    ],
    [
      'may not overlap backwards',
      [active],
      { overlapMs: -1, force: false },
      { type: 'refuse', why: 'invalid_overlap' },
    ],
    [
      'may not overlap by no number',
      [active],
      { overlapMs: Number.NaN, force: false },
      { type: 'refuse', why: 'invalid_overlap' },
    ],
    [
      'is refused while an overlap runs',
      [active, retiring],
      { overlapMs: hour, force: false },
      { type: 'refuse', why: 'rotation_in_progress', until: now + hour },
    ],
    [
      'is refused while an overlap runs, also without one of its own',
      [retiring, active],
      { overlapMs: 0, force: false },
      { type: 'refuse', why: 'rotation_in_progress', until: now + hour },
    ],
    [
      'by force revokes the secret before the last',
      [active, retiring],
      { overlapMs: hour, force: true },
      {
        type: 'rotate',
        changes: [
          { id: 'sec_b', state: 'retiring', retiresAt: now + hour },
          { id: 'sec_a', state: 'revoked', retiresAt: now },
        ],
      },
    ],
    [
      'is free again when the overlap is over',
      [active, expired],
      { overlapMs: hour, force: false },
      { type: 'rotate', changes: [{ id: 'sec_b', state: 'retiring', retiresAt: now + hour }] },
    ],
    [
      'has nothing to change where there is no secret',
      [],
      { overlapMs: hour, force: false },
      { type: 'rotate', changes: [] },
    ],
  ])('%s', (_, secrets, asked, decision) => {
    expect(decideRotation(secrets, asked, now)).toEqual(decision);
  });
});

describe('the secrets that sign', () => {
  const ids = (secrets: SigningSecret[], at = now) => secretsSigningAt(secrets, at).map(({ id }) => id);

  test.each<[string, SigningSecret[], string[]]>([
    ['the active one', [active], ['sec_b']],
    ['the active one before the retiring one', [retiring, active], ['sec_b', 'sec_a']],
    ['none that is revoked', [revoked, active], ['sec_b']],
    ['none whose overlap is over', [expired, active], ['sec_b']],
    [
      'the active one first, also when both are equally old',
      [{ ...retiring, createdAt: active.createdAt }, active],
      ['sec_b', 'sec_a'],
    ],
    ['none when all are revoked', [revoked], []],
  ])('%s', (_, secrets, expected) => {
    expect(ids(secrets)).toEqual(expected);
  });

  test('the retiring one until the overlap is over, and not at that instant', () => {
    expect(ids([active, retiring], now + hour - 1)).toEqual(['sec_b', 'sec_a']);
    expect(ids([active, retiring], now + hour)).toEqual(['sec_b']);
  });

  test('what is handed in keeps its order and what else it carries', () => {
    const secrets = [
      { ...retiring, sealed: 'a' },
      { ...active, sealed: 'b' },
    ];
    expect(secretsSigningAt(secrets, now).map(({ sealed }) => sealed)).toEqual(['b', 'a']);
    expect(secrets.map(({ id }) => id)).toEqual(['sec_a', 'sec_b']);
  });
});

test.each([
  ['active', active, 'active'],
  ['retiring', retiring, 'retiring'],
  ['revoked when the overlap is over', expired, 'revoked'],
  ['revoked', revoked, 'revoked'],
])('the state at this instant: %s', (_, found, state) => {
  expect(stateAt(found, now)).toBe(state);
});
