import { type TProperties, type TSchema, Type } from 'typebox';
import { refusedAs } from '../../core/service.ts';

/** A value that may be `null`. */
export function nullable<Schema extends TSchema>(schema: Schema, description: string) {
  return Type.Union([schema, Type.Null()], { description });
}

/** A field of an answer that is always there, `null` where it is not set. */
export const instantOrNull = (description: string) => nullable(instantText, description);

const instantText = Type.String({ examples: ['2027-03-14T13:30:00Z'] });

export const instant = (description: string) => Type.String({ description, examples: ['2027-03-14T13:30:00Z'] });

export const modeSchema = Type.Union([Type.Literal('live'), Type.Literal('test')], {
  description: 'The mode of the key that made it.',
});

export const metadataSchema = Type.Record(Type.String(), Type.String(), {
  description:
    'Your own notes, text by text; never sent to the receiver. At most 50 keys of 40 characters, values of 500.',
});

/** An object of a request body: what it does not know is refused. */
export function strict<Properties extends TProperties>(properties: Properties, description?: string) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

/** An id in a path. */
export const idInput = (description: string) => Type.String({ description });

/** The parameters of every list (specification 3.1). */
export const pageInput = {
  limit: refusedAs(
    'invalid_limit',
    Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many to answer at most.' }),
  ),
  cursor: refusedAs(
    'invalid_cursor',
    Type.Optional(
      Type.String({ maxLength: 512, description: '`next_cursor` of the page before, with the same filters.' }),
    ),
  ),
};

/** The parameters that bound a list by when its things were made. */
export const createdWindow = {
  created_after: filter(Type.String({ description: 'Only what was made at this instant or later.' })),
  created_before: filter(Type.String({ description: 'Only what was made before this instant.' })),
};

/** A filter of a list. */
export function filter<Schema extends TSchema>(schema: Schema) {
  return refusedAs('invalid_filter', Type.Optional(schema));
}

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(words: Words, description: string) {
  return Type.Union(
    words.map((word) => Type.Literal(word)),
    { description },
  );
}

/** A page of a list. */
export function listOf(item: TSchema) {
  return Type.Object({
    object: Type.Literal('list', { description: 'What this is.' }),
    data: Type.Array(item, { description: 'The things of this page.' }),
    has_more: Type.Boolean({ description: 'Whether there is another page.' }),
    next_cursor: nullable(Type.String(), 'Asks for the page after this one; `null` on the last.'),
  });
}

/** A delay given as a number is a mistake of the whole body's writer (specification 4.2). */
const durationInput = (description: string) =>
  refusedAs('invalid_json', Type.Optional(nullable(Type.String({ examples: ['30s', '1h30m'] }), description)));

export const timingInput = {
  delay: durationInput('After this time, at least `1s`.'),
  fire_at: Type.Optional(nullable(Type.String(), 'At this instant, in RFC 3339.')),
  local_fire_at: Type.Optional(
    nullable(Type.String({ examples: ['2027-07-01T09:00:00'] }), 'When clocks in `timezone` show this.'),
  ),
  cron: Type.Optional(
    nullable(Type.String({ examples: ['30 9 * * *'] }), 'Whenever these five fields match in `timezone`.'),
  ),
  timezone: Type.Optional(nullable(Type.String({ examples: ['Europe/Paris'] }), 'An IANA name; `UTC` by default.')),
};

export const boundsInput = {
  start_at: Type.Optional(nullable(Type.String(), 'Recurring: no occurrence before this instant.')),
  end_at: Type.Optional(nullable(Type.String(), 'Recurring: no occurrence after this instant.')),
  max_fires: Type.Optional(nullable(Type.Number(), 'Recurring: so many occurrences and no more.')),
};

export const retryPolicyInput = strict(
  {
    max_attempts: Type.Optional(Type.Number({ description: 'Attempts in all, the first included: 1 to 50.' })),
    strategy: Type.Optional(Type.String({ description: '`exponential`.' })),
    base: Type.Optional(Type.String({ description: 'The wait after the first failure: 0s to 24h.' })),
    factor: Type.Optional(Type.Number({ description: 'What each wait is multiplied by: 1 to 100.' })),
    max: Type.Optional(Type.String({ description: 'The longest wait: 0s to 168h.' })),
    jitter: Type.Optional(Type.Boolean({ description: 'Echoed; retries are deterministic.' })),
  },
  'How retries are spaced; what is left out takes its default.',
);

const contentInput = {
  method: Type.Optional(nullable(Type.String(), 'GET, POST, PUT, PATCH or DELETE; POST by default.')),
  headers: Type.Optional(
    nullable(
      Type.Record(Type.String(), Type.String()),
      'Headers to send: at most 32, of 16 KB in all. Never shown again.',
    ),
  ),
  body: Type.Optional(
    nullable(Type.String(), 'Sent byte for byte: at most 262,144 bytes of UTF-8. Never shown again.'),
  ),
  content_type: Type.Optional(nullable(Type.String(), 'The `Content-Type` to send; none by default.')),
  retry_policy: Type.Optional(nullable(retryPolicyInput, 'How retries are spaced.')),
};

const misfirePolicyInput = strict(
  {
    mode: Type.Optional(Type.String({ description: '`coalesce`, `catch_up` or `skip`.' })),
    grace: Type.Optional(Type.String({ description: 'Later than this is missed: 0s to 1h.' })),
    window: Type.Optional(Type.String({ description: 'How far back missed occurrences count: 1m to 168h.' })),
    max_fires: Type.Optional(Type.Number({ description: 'How many `catch_up` makes up for: 1 to 1,000.' })),
  },
  'What becomes of occurrences that could not be sent in time.',
);

/** What a schedule says besides its time and destination. */
export const scheduleInput = {
  ...contentInput,
  ttl: Type.Optional(
    nullable(Type.String(), 'How long after its instant a delivery may still succeed: 1s to 10 years.'),
  ),
  metadata: Type.Optional(nullable(metadataSchema, 'Your own notes.')),
  idempotency_key: Type.Optional(
    nullable(
      Type.String(),
      'The `Idempotency-Key` that the receiver gets; with `_1`, `_2` … behind it when recurring.',
    ),
  ),
  misfire_policy: Type.Optional(nullable(misfirePolicyInput, 'What becomes of missed occurrences.')),
  overlap_policy: Type.Optional(
    nullable(
      Type.String(),
      'Recurring: what becomes of an occurrence while an earlier one is unfinished. `allow` sends it, `skip` cancels it, `buffer_one` keeps one waiting.',
    ),
  ),
};

export const destinationInput = {
  endpoint: Type.Optional(
    nullable(Type.String({ examples: ['https://example.com/hooks/orders'] }), 'Where to send: an https URL.'),
  ),
  endpoint_id: Type.Optional(
    nullable(Type.String({ examples: ['ep_01KX0SD8M2Q7Z4T6W9R5N3V1BC'] }), 'Where to send: an endpoint profile.'),
  ),
};

/** What creates a schedule. */
export const createInput = {
  ...destinationInput,
  ...timingInput,
  ...boundsInput,
  ...scheduleInput,
  signing_secret: Type.Optional(
    nullable(
      Type.String(),
      'Signs the deliveries of this schedule: 24 to 256 printable characters. Never shown again.',
    ),
  ),
};

const retryPolicySchema = Type.Object(
  {
    max_attempts: Type.Integer({ description: 'Attempts in all.' }),
    strategy: Type.Literal('exponential', { description: 'How waits grow.' }),
    base: Type.String({ description: 'The first wait.' }),
    factor: Type.Number({ description: 'What each wait is multiplied by.' }),
    max: Type.String({ description: 'The longest wait.' }),
    jitter: Type.Boolean({ description: 'Echoed; not applied.' }),
  },
  { title: 'RetryPolicy', description: 'How retries are spaced.' },
);

export const retryPolicyOrNull = nullable(retryPolicySchema, 'How retries are spaced; `null`: as by default.');

export const scheduleSchema = Type.Object(
  {
    id: Type.String({ description: 'Of the schedule.' }),
    object: Type.Literal('schedule', { description: 'What this is.' }),
    mode: modeSchema,
    kind: oneOf(['one_shot', 'recurring'], 'One delivery, or one for each occurrence.'),
    state: oneOf(['active', 'paused', 'canceled'], 'Whether it fires.'),
    endpoint: nullable(Type.String(), 'The URL, where it is the schedule that names it.'),
    endpoint_id: nullable(Type.String(), 'The endpoint profile.'),
    method: Type.String({ description: 'What is sent, in effect.' }),
    header_keys: Type.Array(Type.String(), { description: 'Names of the headers; values are never shown.' }),
    fire_at: instantOrNull('The instant of a one-shot.'),
    local_fire_at: nullable(Type.String(), 'The wall time, as it was given.'),
    dst_adjusted: Type.Boolean({ description: 'Whether that wall time lay in a gap or came twice.' }),
    cron: nullable(Type.String(), 'The recurrence.'),
    timezone: nullable(Type.String(), 'In which cron or wall time are read.'),
    start_at: instantOrNull('The first instant of the recurrence.'),
    end_at: instantOrNull('The last instant of the recurrence.'),
    max_fires: nullable(Type.Integer(), 'How many occurrences there are in all.'),
    next_fire_at: instantOrNull('The next occurrence that has not fired.'),
    next_runs: Type.Array(Type.String(), { description: 'That one and up to four after it.' }),
    ttl: nullable(Type.String(), 'How long after its instant a delivery may still succeed.'),
    retry_policy: retryPolicySchema,
    misfire_policy: Type.Object(
      {
        mode: Type.String({ description: 'What becomes of missed occurrences.' }),
        grace: Type.String({ description: 'Later than this is missed.' }),
        window: Type.String({ description: 'How far back they count.' }),
        max_fires: Type.Integer({ description: 'How many `catch_up` makes up for.' }),
      },
      { description: 'What becomes of missed occurrences.' },
    ),
    overlap_policy: nullable(oneOf(['allow', 'skip', 'buffer_one'], ''), 'Of a recurring schedule.'),
    content_type: nullable(Type.String(), 'What is sent as `Content-Type`.'),
    body_bytes: Type.Integer({ minimum: 0, description: 'The size of the body.' }),
    idempotency_key: nullable(Type.String(), 'What the receiver tells repetitions by.'),
    signed: Type.Boolean({ description: 'Whether it has a signing secret of its own.' }),
    metadata: metadataSchema,
    created_at: instant('When it was made.'),
    updated_at: instant('When it was last changed.'),
  },
  { title: 'Schedule', description: 'An instruction: this destination, at this time or on this recurrence.' },
);
