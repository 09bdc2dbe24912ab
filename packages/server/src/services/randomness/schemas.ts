import { type TProperties, Type } from 'typebox';
import type { Endpoint } from './request.ts';

/** A client seed where one is required; its bytes and characters are checked by `readClientSeed`. */
export const clientSeedSchema = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'Your half of the chance: 1 to 256 bytes of UTF-8 without control characters, used as received.',
});

export const hashSchema = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the server seed: the commitment to it.',
});

export const seedSchema = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'A revealed server seed. It is used as this text, never decoded from hexadecimal.',
});

export const millisSchema = Type.Integer({ minimum: 0, description: 'Unix milliseconds.' });

/** A nonce or a cursor. */
export const sequenceSchema = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'A place on a chain: its nonce counts draws, its cursor bytes.',
});

export const modeSchema = Type.Union([Type.Literal('live'), Type.Literal('test')], {
  description: '`test` only for a test key.',
});

export const shortIdSchema = Type.String({
  pattern: '^[0-9A-Za-z]{4,32}$',
  description: 'The public id of an outcome.',
});

const clientSeed = Type.Optional(
  Type.String({
    default: 'test',
    minLength: 1,
    maxLength: 256,
    description: 'Your half of the chance: 1 to 256 bytes of UTF-8 without control characters, used as received.',
  }),
);

const toolMeta = Type.Optional(
  Type.Union([Type.String({ maxLength: 512 }), Type.Record(Type.String(), Type.Unknown())], {
    description: 'Display settings kept beside the outcome: a JSON object, or its text, of at most 512 characters.',
  }),
);

const items = Type.Union([Type.String(), Type.Array(Type.Unknown(), { minItems: 1, maxItems: 1000 })], {
  description:
    '1 to 1000 entries: a JSON array of any values of at most 256 bytes each, a list separated by commas, or the parameter once for each entry.',
});

const weights = Type.Optional(
  Type.Union(
    [
      Type.String(),
      Type.Array(Type.Union([Type.Number(), Type.String()]), { minItems: 1, maxItems: 1000 }),
      Type.Null(),
    ],
    {
      description:
        'One for each item, in any form that items may have: decimals of 0 or more with at most 12 digits after the point. They need not sum to 100; an item of weight 0 is never picked.',
    },
  ),
);

const count = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: 1, description: 'How many values to draw.' }),
);

/** What each generator takes, as a query or as a JSON body. */
export const generatorInputs = {
  floats: input({ count }),
  ints: input({
    count,
    min: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 1, description: 'The least value.' }),
    ),
    max: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 100,
        description: 'The greatest value; the range holds at most 2^32 integers.',
      }),
    ),
    unique: Type.Optional(Type.Boolean({ default: false, description: 'Draw without repeating a value.' })),
    toolMeta,
  }),
  shuffle: input({ items, toolMeta }),
  pick: input({ items, weights }),
  bytes: input({
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024, default: 32, description: 'How many bytes.' })),
    encoding: Type.Optional(
      Type.Union([Type.Literal('hex'), Type.Literal('base64')], {
        default: 'hex',
        description: 'How they are written.',
      }),
    ),
  }),
  dice: input({
    notation: Type.String({
      pattern: '^(\\d+)?[dD]\\d+((\\s*[+-]\\s*|\\s+)\\d+)?$',
      maxLength: 64,
      description: '1 to 100 dice of 2 to 1,000,000 sides and a modifier: `3d6`, `d20`, `2d8-1`, `3d6+2`.',
    }),
  }),
  // Bounds that hold for one distribution only are checked once the distribution is known.
  gaussian: input({
    count,
    distribution: Type.Optional(
      Type.Union([Type.Literal('normal'), Type.Literal('exponential'), Type.Literal('poisson')], {
        default: 'normal',
        description: 'Parameters of another distribution are ignored.',
      }),
    ),
    mean: Type.Optional(Type.Number({ default: 0, description: 'Of the normal distribution; magnitude up to 1e12.' })),
    stddev: Type.Optional(Type.Number({ default: 1, description: 'Of the normal distribution; above 0, up to 1e12.' })),
    lambda: Type.Optional(
      Type.Number({
        default: 1,
        description: 'Of the exponential and Poisson distributions; above 0, up to 1e12, for Poisson up to 100.',
      }),
    ),
  }),
  uuid: input({ count }),
} as const satisfies Record<Endpoint, ReturnType<typeof input>>;

const common = {
  clientSeed: Type.String({ description: 'As used.' }),
  serverHash: hashSchema,
  nonce: Type.Integer({ minimum: 0, description: 'The counter value used for this draw.' }),
  cursor: Type.Integer({ minimum: 0, description: "Byte offset into the draw's stream, normally 0." }),
  count: Type.Integer({ minimum: 1, description: 'Number of underlying draws.' }),
  created: millisSchema,
  shortId: shortIdSchema,
  permalink: Type.String({ description: 'The page of the outcome.' }),
  mode: modeSchema,
  receipt: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'Binds every field of the record to the server seed; it can be checked once the seed is revealed.',
  }),
  algorithm: Type.Optional(Type.String({ description: 'How the values follow from the seed.' })),
  toolMeta: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'As it was sent.' })),
  outcomeId: Type.Optional(Type.String({ description: '`clientSeed:cursor:nonce`, in the frames of a stream.' })),
  commitId: Type.Optional(Type.String({ description: 'The commit that was revealed.' })),
  serverSeed: Type.Optional(seedSchema),
} satisfies TProperties;

const integers = (description: string) => Type.Array(Type.Integer(), { description });

/** What each generator answers. */
export const generatorOutputs = {
  floats: output('floats', {
    outcome: Type.Array(Type.Number({ minimum: 0, exclusiveMaximum: 1 }), { description: 'Numbers in [0, 1).' }),
  }),
  ints: output('ints', {
    outcome: integers('Integers from `min` to `max`, both included.'),
    min: Type.Integer({ description: 'The least value, as asked for.' }),
    max: Type.Integer({ description: 'The greatest value, as asked for.' }),
    unique: Type.Optional(Type.Literal(true, { description: 'Present when no value may repeat.' })),
  }),
  shuffle: output('shuffle', { outcome: Type.Array(Type.Unknown(), { description: 'The items in their new order.' }) }),
  pick: output('pick', {
    outcome: Type.Unknown({ description: 'The item picked.' }),
    index: Type.Integer({ minimum: 0, description: 'Where it stands among the items, counted from 0.' }),
    weights: Type.Union([Type.Array(Type.Number({ minimum: 0 })), Type.Null()], {
      description: 'As used; `null` when each item was as likely.',
    }),
  }),
  bytes: output('bytes', {
    outcome: Type.String({ description: 'The bytes in their encoding.' }),
    encoding: Type.Union([Type.Literal('hex'), Type.Literal('base64')], { description: 'How they are written.' }),
  }),
  dice: output('dice', {
    outcome: Type.Object(
      {
        notation: Type.String({ description: 'The canonical notation: `NdM`, `NdM+K` or `NdM-K`.' }),
        rolls: integers('What each die shows.'),
        modifier: Type.Integer({ description: 'What is added to the rolls.' }),
        total: Type.Integer({ description: 'The sum of the rolls and the modifier.' }),
      },
      { description: 'The roll.' },
    ),
    sides: Type.Integer({ minimum: 2, description: 'Sides of each die.' }),
    modifier: Type.Integer({ description: 'What is added to the rolls.' }),
  }),
  gaussian: output('gaussian', {
    outcome: Type.Array(Type.Number(), { description: 'Samples, rounded to 12 significant digits.' }),
    distribution: Type.Union([Type.Literal('normal'), Type.Literal('exponential'), Type.Literal('poisson')], {
      description: 'What was sampled.',
    }),
    mean: Type.Optional(Type.Number({ description: 'Of the normal distribution.' })),
    stddev: Type.Optional(Type.Number({ description: 'Of the normal distribution.' })),
    lambda: Type.Optional(Type.Number({ description: 'Of the other distributions.' })),
  }),
  uuid: output('uuid', { outcome: Type.Array(Type.String(), { description: 'Version 4 UUIDs.' }) }),
} as const satisfies Record<Endpoint, object>;

/** Whatever a generator answers. */
export const anyOutcomeSchema = Type.Union(Object.values(generatorOutputs), {
  title: 'Outcome',
  description: 'An outcome; `endpoint` says of which generator.',
});

/** What look-ups show of a password draw (specification 2.3): that it took place, and nothing of its result. */
const redactedSchema = Type.Object(
  {
    redacted: Type.Literal(true, { description: 'The result is withheld.' }),
    endpoint: Type.String({ description: 'The generator.' }),
    serverHash: hashSchema,
    shortId: shortIdSchema,
    permalink: Type.String({ description: 'The page of the outcome.' }),
    mode: common.mode,
    toolMeta: Type.Record(Type.String(), Type.Unknown(), { description: 'As it was sent.' }),
    ...Object.fromEntries(
      ['outcome', 'clientSeed', 'cursor', 'nonce', 'count', 'min', 'max', 'created'].map((name) => [
        name,
        Type.Null({ description: 'Withheld.' }),
      ]),
    ),
  },
  {
    additionalProperties: false,
    title: 'RedactedOutcome',
    description: 'What look-ups show of a password: that it was drawn, and nothing of it.',
  },
);

/** What a look-up answers: an outcome, or the receipt of a redacted one. */
export const publicOutcomeSchema = Type.Union([...Object.values(generatorOutputs), redactedSchema], {
  title: 'PublicOutcome',
  description: 'An outcome as it was first answered; for a password, the receipt of it.',
});

/** Fields outside this list are refused in a JSON body. */
function input<P extends TProperties>(properties: P) {
  return Type.Object({ clientSeed, ...properties }, { additionalProperties: false });
}

function output<E extends Endpoint, P extends TProperties>(endpoint: E, properties: P) {
  return Type.Object(
    { ...properties, endpoint: Type.Literal(endpoint, { description: 'The generator.' }), ...common },
    {
      title: `${endpoint.charAt(0).toUpperCase()}${endpoint.slice(1)}Outcome`,
      description: `What \`${endpoint}\` drew, with all that it takes to check it.`,
    },
  );
}
