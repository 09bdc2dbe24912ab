import { expect, test } from 'vitest';
import { decideMemberChange } from './decide-member-change.ts';
import type { Role } from './roles.ts';

type Row = readonly [actor: Role, target: Role | 'self', newRole: Role | null, owners: number, expected: string];

test.each<Row>([
  ['owner', 'member', 'admin', 1, 'allow'],
  ['owner', 'member', 'owner', 1, 'allow'],
  ['owner', 'owner', 'member', 2, 'allow'],
  ['owner', 'owner', null, 2, 'allow'],
  ['owner', 'self', 'member', 1, 'conflict'],
  ['owner', 'self', null, 1, 'conflict'],
  ['owner', 'self', 'owner', 1, 'allow'],
  ['owner', 'self', null, 2, 'allow'],
  ['admin', 'member', 'admin', 1, 'allow'],
  ['admin', 'admin', 'member', 1, 'allow'],
  ['admin', 'member', null, 1, 'allow'],
  ['admin', 'member', 'owner', 1, 'role_missing'],
  ['admin', 'self', 'owner', 1, 'role_missing'],
  ['admin', 'owner', 'member', 2, 'role_missing'],
  ['admin', 'owner', null, 2, 'role_missing'],
  ['admin', 'self', null, 1, 'allow'],
  ['member', 'self', null, 1, 'allow'],
  ['member', 'self', 'admin', 1, 'role_missing'],
  ['member', 'member', null, 1, 'role_missing'],
  ['member', 'owner', null, 2, 'role_missing'],
])('%s → %s becomes %s with %i owners: %s', (actorRole, targetRole, newRole, owners, expected) => {
  const actor = { id: 'a', role: actorRole };
  const target = targetRole === 'self' ? actor : { id: 'b', role: targetRole };
  const decision = decideMemberChange({ actor, target, newRole, owners });
  expect(decision.type === 'allow' ? 'allow' : decision.code).toBe(expected);
});
