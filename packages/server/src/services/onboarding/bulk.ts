import { Type } from 'typebox';
import { auditedCountsOf } from './audited-change.ts';
import { type BulkRow, type Matcher, matchers, maxBulkRows, readBulkRow } from './bulk-input.ts';
import { type BulkOutcome, failed, storeBulk } from './bulk-store.ts';
import { type Ctx, operation } from './contract.ts';
import { nullable, oneOf } from './schemas.ts';

/** A thousand customers with some people each; the limit of the other operations is for single resources. */
const maxBulkBytes = 8 * 1024 * 1024;

const count = (description: string) => Type.Integer({ minimum: 0, description });

const outcomeSchema = Type.Object(
  {
    index: Type.Integer({ minimum: 0, description: 'The place of the row in the request.' }),
    outcome: oneOf(['created', 'updated', 'unchanged', 'failed'], 'What became of the row.'),
    id: nullable(Type.String(), 'Of the customer; `null` where the row failed.'),
    display_id: nullable(Type.Integer(), 'Its short number.'),
    contacts: Type.Object(
      {
        created: count('People who were added.'),
        updated: count('People who were changed.'),
        unchanged: count('People who were as they should be.'),
      },
      { description: 'What became of its people.' },
    ),
    error: nullable(
      Type.Object({
        code: Type.String({ description: 'As the row alone would have been refused.' }),
        message: Type.String({ description: 'What to do about it.' }),
        field: nullable(Type.String(), 'The field to mend, such as `contacts[2].email`.'),
      }),
      'Why it failed.',
    ),
  },
  { title: 'Row outcome', description: 'What became of one row.' },
);

export const upsertCustomers = operation({
  id: 'onboarding.customers.upsertMany',
  summary: 'Create or change many customers with their contacts',
  description:
    'Up to 1,000 rows. A row whose `slug` (or `domain`) a customer has changes that one, any other creates one; people are found by their e-mail address within the customer. Each row is stored whole or not at all, and says what became of it; a bad one harms no other. Endpoints hear of every change; the team is told once, and nobody is welcomed by mail.',
  useWhen:
    'to bring many customers in, or to bring them up to date, in one request; each row is taken or refused by itself',
  tag: 'Customers',
  method: 'POST',
  path: '/customers/bulk',
  scope: '*',
  input: Type.Object({
    match: Type.Optional(oneOf(matchers, 'What finds the customers that are there already; `slug` by default.')),
    customers: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      minItems: 1,
      maxItems: maxBulkRows,
      description: 'Each as in `POST /customers`, with `contacts` as in `POST /customers/{id}/contacts`.',
    }),
  }),
  output: Type.Object({
    object: Type.Literal('bulk_result', { description: 'What this is.' }),
    created: count('Rows that made a customer.'),
    updated: count('Rows that changed one.'),
    unchanged: count('Rows that changed nothing.'),
    failed: count('Rows of which nothing was stored.'),
    data: Type.Array(outcomeSchema, { description: 'What became of each row, in the order of the request.' }),
  }),
  writes: true,
  idempotent: true,
  maxBodyBytes: maxBulkBytes,
  errors: ['missing_field', 'invalid_enum_value', 'too_small', 'too_big', 'slug_taken'],
  run: async (ctx, { match, customers }) => {
    const by = (match ?? 'slug') as Matcher;
    const outcomes: BulkOutcome[] = [];
    const rows: BulkRow[] = [];
    for (const [index, fields] of customers.entries()) {
      const read = readBulkRow(fields, index, by);
      if ('row' in read) rows.push(read.row);
      else outcomes.push(failed({ index }, read.fault));
    }
    if (rows.length > 0) outcomes.push(...(await storeBulk(ctx, rows, by)));
    outcomes.sort((a, b) => a.index - b.index);
    const counts = countsOf(outcomes);
    tellOf(ctx, 'customers_upserted', counts.created, counts.updated);
    return { object: 'bulk_result' as const, ...counts, data: outcomes };
  },
});

function countsOf(outcomes: readonly BulkOutcome[]) {
  const of = (word: BulkOutcome['outcome']): number => outcomes.filter(({ outcome }) => outcome === word).length;
  return { created: of('created'), updated: of('updated'), unchanged: of('unchanged'), failed: of('failed') };
}

/** Tells the log and the team; in one message, since a thousand of them would tell nobody anything. */
export function tellOf(ctx: Ctx, event: string, created: number, updated: number): void {
  ctx.changed(auditedCountsOf(event, { created: [0, created], updated: [0, updated] }));
  if (created + updated === 0) return;
  ctx.emit('slack.message', {
    kind: 'customers.imported',
    to: null,
    text: `${created} customers were added and ${updated} changed in one go`,
  });
}
