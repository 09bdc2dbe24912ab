import { delimiter } from 'node:path';
import type { Identity } from './strategy.ts';

export interface Command {
  file: string;
  args: string[];
  options: { uid?: number; gid?: number; env: NodeJS.ProcessEnv };
}

/** The command line that runs a program under an identity, ending with this process where `setpriv` can arrange it. */
export function commandAs(
  identity: Identity,
  program: readonly [string, ...string[]],
  { endsWithParent = false } = {},
): Command {
  // The death signal is lost when credentials change, so setpriv comes after whatever changes them.
  const inner: readonly [string, ...string[]] = endsWithParent
    ? ['setpriv', '--pdeathsig', 'INT', ...program]
    : program;
  const env = childEnvironment(process.env);
  if (identity.type === 'namespace') {
    const mapping = ['--user', `--map-user=${identity.uid}`, `--map-group=${identity.gid}`];
    return { file: 'unshare', args: [...mapping, '--', ...inner], options: { env } };
  }
  const [file, ...args] = inner;
  if (identity.type === 'account') return { file, args, options: { env, uid: identity.uid, gid: identity.gid } };
  return { file, args, options: { env } };
}

/** What a child needs to find programs, and none of our secrets or of the user's PG* variables. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const standard = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(delimiter);
  const kept = Object.entries(environment).filter(([name]) => /^(systemroot|temp|tmp|tmpdir)$/i.test(name));
  return { ...Object.fromEntries(kept), PATH: environment.PATH ?? standard, LC_ALL: 'C', TZ: 'UTC' };
}
