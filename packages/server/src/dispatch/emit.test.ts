import { expect, test } from 'vitest';
import { services } from '../services/index.ts';
import { decideDisposition } from './emit.ts';

const declared = services.flatMap(({ contract }) =>
  Object.entries(contract.modes.effects).flatMap(([effect, rule]) => [
    { service: contract.name, contract, effect, mode: 'live' as const, disposition: rule.live },
    { service: contract.name, contract, effect, mode: 'test' as const, disposition: rule.test },
  ]),
);

test.each(declared)('$service: $effect in $mode mode is as declared: $disposition', (found) => {
  expect(decideDisposition(found.contract, found.mode, found.effect)).toBe(found.disposition);
});

test('an effect that nobody declared is a bug, not a default', () => {
  for (const { contract } of services) {
    expect(() => decideDisposition(contract, 'test', 'nobody.declared')).toThrow(/does not declare/);
  }
});
