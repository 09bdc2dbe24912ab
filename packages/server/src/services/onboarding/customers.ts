import { Type } from 'typebox';
import { type Ctx, error, operation } from './contract.ts';
import { type CustomerRow, viewCustomer } from './customer-row.ts';
import { findCustomer, listCustomerRows, lockCustomer, updateCustomer } from './customers-repository.ts';
import { deletedView } from './deleted.ts';
import { filteredPage, readSpan } from './filters.ts';
import { writePage } from './page.ts';
import { record } from './record.ts';
import { readRef } from './ref.ts';
import { customerSchema, deletedSchema, listOf, oneOf, refInput, statuses } from './schemas.ts';
import { withVersion } from './version.ts';

export const getCustomer = operation({
  id: 'onboarding.customers.get',
  summary: 'Read a customer',
  tag: 'Customers',
  method: 'GET',
  path: '/customers/:id',
  scope: '*',
  input: Type.Object({ id: refInput('customer') }),
  output: customerSchema,
  shares: true,
  errors: ['customer_not_found'],
  run: async (ctx, { id }) => withVersion(viewCustomer(await knownCustomer(ctx, id))),
});

export const listCustomers = operation({
  id: 'onboarding.customers.list',
  summary: 'List customers, newest first',
  description:
    'Customers of both modes. Filters combine. A slug is no id; `slug` finds the customer that has it. `q` finds customers by words of their name, slug and domain, of the names and addresses of their contacts and of the notes of their onboardings, whatever the case and the accents. All of them have to be there as whole words; a last one of up to four letters may be the beginning of one, as it is while somebody types. Where no customer has them so, the last one is a beginning, or else each.',
  useWhen: 'to find a customer by name, domain, status, metadata or time',
  tag: 'Customers',
  method: 'GET',
  path: '/customers',
  scope: '*',
  input: Type.Object({
    ...filteredPage,
    status: Type.Optional(oneOf(statuses, 'Only customers of this status.')),
    slug: Type.Optional(Type.String({ description: 'Only the customer with this slug.' })),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '[\\p{L}\\p{N}]',
        description: 'Only customers with these words.',
        examples: ['northwind anna'],
      }),
    ),
  }),
  output: listOf(customerSchema),
  shares: ({ q, metadata }) => q === undefined && metadata === undefined,
  errors: ['invalid_string', 'invalid_enum_value', 'too_small', 'too_big'],
  read: ({ limit, status = null, slug = null, q = null, ...asked }) => ({
    limit,
    filters: { status, slug, words: q },
    span: readSpan(asked),
  }),
  run: async (ctx, { limit, filters, span }) => {
    const rows = await listCustomerRows(ctx.db, filters, span, limit + 1);
    return writePage(rows, limit, ({ created_at, id }) => ({ at: created_at, id }), viewCustomer);
  },
});

export const deleteCustomer = operation({
  id: 'onboarding.customers.delete',
  summary: 'Delete a customer',
  description:
    'It is gone from reads and gives its slug back; the row is kept. Its contacts and onboardings stay, and leave the lists with it. Deleting it again answers the same.',
  useWhen:
    'when a customer was made by mistake; a relation that has ended gets the status `churned` or `archived` instead',
  tag: 'Customers',
  method: 'DELETE',
  path: '/customers/:id',
  scope: '*',
  input: Type.Object({ id: refInput('customer') }),
  output: deletedSchema,
  writes: true,
  errors: ['customer_not_found'],
  run: async (ctx, { id }) => {
    const row = await lockCustomer(ctx.db, readRef(id));
    if (row === undefined) throw noCustomer();
    if (row.deleted_at === null) {
      await updateCustomer(ctx.db, { ...row, deleted_at: new Date(ctx.now()) });
      record(ctx, { eventType: 'customer.deleted', customerId: row.id, displayId: row.display_id });
    }
    return deletedView(row);
  },
});

/** The customer that a path names. @throws `customer_not_found` */
export async function knownCustomer(ctx: Ctx, ref: string): Promise<CustomerRow> {
  const row = await findCustomer(ctx.db, readRef(ref));
  if (row === undefined) throw noCustomer();
  return row;
}

/** @param param the field of a body that names it */
export function noCustomer(param?: string) {
  return error(
    'customer_not_found',
    'There is no such customer; send its id or display_id, or look it up with ?slug=.',
    param === undefined ? {} : { param },
  );
}
