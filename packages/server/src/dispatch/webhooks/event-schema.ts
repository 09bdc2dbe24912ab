import { type TObject, type TProperties, type TSchema, Type } from 'typebox';

/** What the body of an event's webhooks is, around what the event says. */
export type EventSchema = (event: {
  readonly type: string;
  readonly data: TSchema;
  /** What events are about, in the singular, where the service says so. */
  readonly subject?: string;
}) => TObject;

export const provableSchema: EventSchema = ({ type, data }) =>
  Type.Object({ id, event: typeOf(type), timestamp: instant('When it was written down.'), data: described(data) });

export const parseoSchema: EventSchema = ({ type, data, subject = 'subject' }) =>
  Type.Object({
    id,
    type: typeOf(type),
    apiVersion: Type.Literal('2026-04-01', { description: 'The version of the API whose shapes `data` has.' }),
    createdAt: instant('When it was written down.'),
    occurredAt: instant('When it happened.'),
    mode: Type.Union([Type.Literal('live'), Type.Literal('test')], { description: 'The mode in which it happened.' }),
    clientId: Type.Union([Type.String(), Type.Null()], { description: `The ${subject} that it is about.` }),
    data: described(data),
  });

export const pivotalSchema: EventSchema = ({ type, data }) =>
  Type.Object({
    id,
    type: typeOf(type),
    created_at: instant('When it happened.'),
    org_id: Type.String({ description: 'The workspace in which it happened.' }),
    livemode: Type.Boolean({ description: 'Whether it happened in live mode.' }),
    api_version: Type.Literal('v1', { description: 'The version of the API whose shapes `data` has.' }),
    data: described(withFormerValues(data)),
  });

export const standardSchema: EventSchema = ({ type, data }) =>
  Type.Object({ type: typeOf(type), timestamp: instant('When it happened.'), data: described(data) });

const id = Type.String({ description: 'Names the event: the same in every attempt and at every endpoint.' });

function typeOf(type: string): TSchema {
  return Type.Literal(type, { description: 'What happened.' });
}

function instant(description: string): TSchema {
  return Type.String({ format: 'date-time', description });
}

/** A schema with a title of its own says itself what it is. */
function described(data: TSchema): TSchema {
  const { title } = data as { readonly title?: string };
  return title === undefined ? { description: 'What the event says.', ...data } : data;
}

/** Where nothing changed the body says so. */
function withFormerValues(data: TSchema): TSchema {
  if (!Type.IsObject(data)) return data;
  const { properties, ...options } = data as TObject & { readonly properties: TProperties };
  return Type.Object(
    {
      ...properties,
      previous_attributes: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
        description: 'The former values of what changed; `null` where nothing did.',
      }),
    },
    'additionalProperties' in options ? { additionalProperties: options.additionalProperties as boolean } : {},
  );
}
