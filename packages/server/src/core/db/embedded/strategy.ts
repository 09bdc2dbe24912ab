/** How PostgreSQL, which refuses to run as root, gets an identity that it accepts. */
export type Identity =
  | { type: 'self' }
  | { type: 'account'; uid: number; gid: number }
  | { type: 'namespace'; uid: number; gid: number };

export interface Strategy {
  identity: Identity;
  /** `copied`: into the run's scratch folder, because the installed ones cannot be reached or lack their links. */
  binaries: 'installed' | 'copied';
  /** `by_working_directory`: the folder is entered before privileges drop and then named `/proc/self/cwd`. */
  data: 'by_path' | 'by_working_directory';
}

export interface StrategyFacts {
  platform: NodeJS.Platform;
  /** Undefined where there are no numeric users (Windows). */
  uid: number | undefined;
  /** Whether the running user has a name; initdb insists on one. */
  named: boolean;
  /** An existing account without privileges, to run as or to appear as. */
  account: { uid: number; gid: number } | undefined;
  /** Whether the database was made before, so that initdb is not needed. */
  initialised: boolean;
}

/** Every way worth trying, best first; the caller takes the first that works. */
export function listStrategies(facts: StrategyFacts): Strategy[] {
  const { uid, account } = facts;
  const linux = facts.platform === 'linux';
  const namespace: Identity[] = linux && account ? [{ type: 'namespace', ...account }] : [];

  if (uid !== 0) {
    const mayBeItself = facts.named || facts.initialised || uid === undefined;
    const identities: Identity[] = [...(mayBeItself ? [{ type: 'self' } as const] : []), ...namespace];
    return identities.flatMap((identity) => [
      { identity, binaries: 'installed', data: 'by_path' },
      { identity, binaries: 'copied', data: 'by_path' },
    ]);
  }

  const other: Identity[] = account ? [{ type: 'account', ...account }] : [];
  return [
    ...other.map((identity) => ({ identity, binaries: 'installed', data: 'by_path' }) as const),
    ...namespace.map((identity) => ({ identity, binaries: 'installed', data: 'by_path' }) as const),
    ...other.flatMap((identity) => [
      ...(linux ? [{ identity, binaries: 'installed', data: 'by_working_directory' } as const] : []),
      { identity, binaries: 'copied', data: 'by_path' } as const,
      ...(linux ? [{ identity, binaries: 'copied', data: 'by_working_directory' } as const] : []),
    ]),
  ];
}

/** The words for a message. */
export function describeStrategy({ identity, binaries, data }: Strategy): string {
  const who = {
    self: 'as this user',
    account: `as uid ${identity.type === 'self' ? '' : identity.uid}`,
    namespace: 'in a user namespace',
  }[identity.type];
  return [
    who,
    ...(binaries === 'copied' ? ['from a copy of its binaries'] : []),
    ...(data === 'by_working_directory' ? ['entering its folder before it drops privileges'] : []),
  ].join(', ');
}
