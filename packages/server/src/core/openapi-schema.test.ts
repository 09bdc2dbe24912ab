import { type TSchema, Type } from 'typebox';
import { expect, test } from 'vitest';
import { documentSchema, type JsonSchema } from './openapi-schema.ts';

const words = Type.Union([Type.Literal('a'), Type.Literal('b')], { description: 'd' });

test.each<[title: string, schema: TSchema, shown: JsonSchema]>([
  ['alternatives of constants are one list', words, { type: 'string', enum: ['a', 'b'], description: 'd' }],
  [
    'a list that may be null has null in it',
    Type.Union([words, Type.Null()]),
    { type: ['string', 'null'], enum: ['a', 'b', null], description: 'd' },
  ],
  [
    'so has a constant that may be null',
    Type.Union([Type.Literal('a'), Type.Null()], { description: 'd' }),
    { type: ['string', 'null'], enum: ['a', null], description: 'd' },
  ],
  ['a text that may be null has two types', Type.Union([Type.String(), Type.Null()]), { type: ['string', 'null'] }],
  [
    'an object that may be null stays an alternative',
    Type.Union([Type.Object({}), Type.Null()]),
    { anyOf: [{ type: 'object', properties: {} }, { type: 'null' }] },
  ],
])('%s', (_, schema, shown) => {
  expect(documentSchema(schema, new Map())).toEqual(shown);
});

test('a part with a title stands in the document once', () => {
  const named = new Map<string, JsonSchema>();
  const thing = Type.Object({ id: Type.String() }, { title: 'Thing' });
  expect(documentSchema(Type.Array(thing), named)).toEqual({
    type: 'array',
    items: { $ref: '#/components/schemas/Thing' },
  });
  expect(() => documentSchema(Type.Object({}, { title: 'Thing' }), named)).toThrow('two different schemas');
});
