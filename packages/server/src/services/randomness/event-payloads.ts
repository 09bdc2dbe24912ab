import { type EventPayload, Type } from '../../core/service.ts';

const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const countOrNull = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description });

/** What events say (specification 7.4). */
export const eventPayloads = {
  'outcome.created': {
    // Each generator adds what it was asked for, such as `sides`.
    schema: Type.Object(
      {
        endpoint: Type.String({ minLength: 1, description: 'The path that drew it.' }),
        outcomeId: textOrNull('`clientSeed:cursor:nonce`.'),
        serverSeedHash: Type.String({ minLength: 1, description: 'The hash of the seed that it was drawn from.' }),
        values: Type.Unknown({ description: 'What was drawn; `null` for a password.' }),
        createdAt: textOrNull('When it was drawn.'),
        clientSeed: textOrNull("The caller's half of the chance."),
        nonce: countOrNull('Which draw of its chain it is.'),
        cursor: countOrNull('Where in the stream it begins.'),
        count: countOrNull('How many values.'),
        mode: Type.Union([Type.Literal('live'), Type.Literal('test')], { description: 'The mode of the key.' }),
        shortId: Type.String({ description: 'Names its page.' }),
        permalink: Type.String({ description: 'Its page.' }),
      },
      {
        title: 'OutcomeCreated',
        description: 'A draw that was recorded, with what its generator was asked for.',
        additionalProperties: true,
      },
    ),
    sample: {
      endpoint: '/api/ints',
      outcomeId: 'loot:0:0',
      serverSeedHash: '9f2c4b8de13a70c5f6e8d41b2a9073fc5de6184b7a0c92e3f1d5b86a4c70e29d',
      values: [4],
      createdAt: '2026-01-01T00:00:00.000Z',
      clientSeed: 'loot',
      nonce: 0,
      cursor: 0,
      count: 1,
      min: 1,
      max: 6,
      mode: 'test',
      shortId: 'kTq7Xw2PzR',
      permalink: 'https://api.example.com/o/kTq7Xw2PzR',
    },
  },
} as const satisfies Readonly<Record<string, EventPayload>>;
