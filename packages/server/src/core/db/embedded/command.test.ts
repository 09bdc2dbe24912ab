import { expect, test } from 'vitest';
import { childEnvironment, commandAs } from './command.ts';
import type { Identity } from './strategy.ts';

const pdeathsig = ['--pdeathsig', 'INT'];

test.each<{ identity: Identity; endsWithParent: boolean; line: string[]; uid: number | undefined }>([
  { identity: { type: 'self' }, endsWithParent: false, line: ['postgres', '-D', 'x'], uid: undefined },
  {
    identity: { type: 'self' },
    endsWithParent: true,
    line: ['setpriv', ...pdeathsig, 'postgres', '-D', 'x'],
    uid: undefined,
  },
  {
    identity: { type: 'account', uid: 7, gid: 8 },
    endsWithParent: true,
    line: ['setpriv', ...pdeathsig, 'postgres', '-D', 'x'],
    uid: 7,
  },
  {
    identity: { type: 'namespace', uid: 7, gid: 8 },
    endsWithParent: true,
    line: ['unshare', '--user', '--map-user=7', '--map-group=8', '--', 'setpriv', ...pdeathsig, 'postgres', '-D', 'x'],
    uid: undefined,
  },
])('$identity.type, ending with its parent: $endsWithParent', ({ identity, endsWithParent, line, uid }) => {
  const command = commandAs(identity, ['postgres', '-D', 'x'], { endsWithParent });
  expect([command.file, ...command.args]).toEqual(line);
  expect(command.options.uid).toBe(uid);
});

test('a child gets neither our secrets nor the PG* variables of the user', () => {
  const environment = childEnvironment({ PATH: '/bin', PGDATA: '/elsewhere', INTERLOCK_SECRET: 'x', TMPDIR: '/t' });
  expect(environment).toEqual({ PATH: '/bin', TMPDIR: '/t', LC_ALL: 'C', TZ: 'UTC' });
});
