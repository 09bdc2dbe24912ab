import { describe, expect, test } from 'vitest';
import { listStrategies, type Strategy, type StrategyFacts } from './strategy.ts';

const account = { uid: 65534, gid: 65534 };
const ordinary: StrategyFacts = { platform: 'linux', uid: 1000, named: true, account, initialised: false };
const root: StrategyFacts = { ...ordinary, uid: 0 };

const inShort = ({ identity, binaries, data }: Strategy) => `${identity.type} ${binaries} ${data}`;

const asRoot = [
  'account installed by_path',
  'namespace installed by_path',
  'account installed by_working_directory',
  'account copied by_path',
  'account copied by_working_directory',
];
describe('the ways to run PostgreSQL', () => {
  test.each<{ who: string; facts: StrategyFacts; ways: string[] }>([
    {
      who: 'an ordinary user: as itself',
      facts: ordinary,
      ways: [
        'self installed by_path',
        'self copied by_path',
        'namespace installed by_path',
        'namespace copied by_path',
      ],
    },
    {
      who: 'a user without a name, whom initdb refuses: in a namespace',
      facts: { ...ordinary, named: false },
      ways: ['namespace installed by_path', 'namespace copied by_path'],
    },
    {
      who: 'a user without a name, once initialised: as itself again',
      facts: { ...ordinary, named: false, initialised: true },
      ways: [
        'self installed by_path',
        'self copied by_path',
        'namespace installed by_path',
        'namespace copied by_path',
      ],
    },
    { who: 'root: what copies nothing first', facts: root, ways: asRoot },
    { who: 'root where no other account exists', facts: { ...root, account: undefined }, ways: [] },
    {
      who: 'root on macOS, which has neither namespaces nor /proc',
      facts: { ...root, platform: 'darwin' },
      ways: ['account installed by_path', 'account copied by_path'],
    },
    {
      who: 'Windows',
      facts: { platform: 'win32', uid: undefined, named: true, account: undefined, initialised: false },
      ways: ['self installed by_path', 'self copied by_path'],
    },
  ])('$who', ({ facts, ways }) => {
    expect(listStrategies(facts).map(inShort)).toEqual(ways);
  });
});
