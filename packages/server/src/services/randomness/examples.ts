import type { Ctx } from './contract.ts';
import { drawFixture } from './draw-test.ts';
import { readDraw } from './parameters.ts';
import type { Endpoint } from './request.ts';

const inputs = {
  floats: { clientSeed: 'ci-fixture-loot', count: 2 },
  ints: { clientSeed: 'ci-fixture-loot', count: 3, min: 1, max: 100 },
  shuffle: { clientSeed: 'ci-fixture-loot', items: 'clubs,diamonds,hearts,spades' },
  pick: { clientSeed: 'test-user-1', items: 'common,rare,legendary', weights: '70,25,5' },
  bytes: { clientSeed: 'ci-fixture-loot', count: 16, encoding: 'hex' },
  dice: { clientSeed: 'ci-fixture-loot', notation: '3d6' },
  gaussian: { clientSeed: 'ci-fixture-loot', count: 2, distribution: 'normal', mean: 0, stddev: 1 },
  uuid: { clientSeed: 'ci-fixture-loot', count: 1 },
} as const satisfies Record<Endpoint, Readonly<Record<string, unknown>>>;

/** A call of a generator and its answer, drawn in test mode by an account whose installation has a public secret. */
export function exampleOf(endpoint: Endpoint): { input: Readonly<Record<string, unknown>>; output: unknown } {
  const input = inputs[endpoint];
  const reading = readDraw(endpoint, input);
  if (!reading.ok) throw new Error(`the example of ${endpoint} is refused: ${reading.message}`);
  const draw = { clientSeed: input.clientSeed, request: reading.request, toolMeta: undefined };
  return { input, output: drawFixture(exampleContext(), draw) };
}

/** All that a test draw looks at, which is what makes the cast safe: a test draw has no rows and no chance. */
function exampleContext(): Ctx {
  const looksAt: Partial<Ctx> = {
    mode: 'test',
    workspaceId: 'ws_example',
    caller: {
      type: 'key',
      keyId: 'key_example',
      keyName: 'example',
      keyPrefix: 'pk_test_abcd',
      scopes: new Set(),
      boundTo: null,
    },
    entropy: { kind: 'derived', secret: Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)) },
    publicUrl: 'http://127.0.0.1:4000',
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    emit: () => {},
  };
  return looksAt as Ctx;
}
