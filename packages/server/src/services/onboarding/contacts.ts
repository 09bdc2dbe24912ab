import { Type } from 'typebox';
import { ifMatchHeader, ifMatchInput } from '../../core/service.ts';
import { contactChangeInput, newContactInput, readContactChange, readEmailField } from './contact-input.ts';
import { type ContactRow, viewContact } from './contact-row.ts';
import {
  demoteOthers,
  findContact,
  hasContacts,
  insertContact,
  listContactRows,
  lockContact,
  updateContact,
} from './contacts-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import { knownCustomer, noCustomer } from './customers.ts';
import { lockCustomer } from './customers-repository.ts';
import { deletedView } from './deleted.ts';
import { diff } from './diff.ts';
import { filteredPage, readSpan } from './filters.ts';
import { mergeMetadata } from './metadata.ts';
import { writePage } from './page.ts';
import { record } from './record.ts';
import { readRef } from './ref.ts';
import { contactSchema, deletedSchema, listOf, refInput } from './schemas.ts';
import { violates } from './unique.ts';
import { refuseStale, withVersion } from './version.ts';

export const createContact = operation({
  id: 'onboarding.contacts.create',
  summary: 'Add a contact to a customer',
  tag: 'Contacts',
  method: 'POST',
  path: '/customers/:customerId/contacts',
  scope: '*',
  input: Type.Object({ customerId: refInput('customer'), ...newContactInput }),
  output: contactSchema,
  status: 201,
  writes: true,
  idempotent: true,
  errors: ['missing_field', 'invalid_string', 'too_small', 'too_big', 'customer_not_found', 'email_taken'],
  read: (input) => ({
    ref: readRef(input.customerId),
    said: { ...readContactChange(input), name: input.name, email: readEmailField(input.email) },
  }),
  run: async (ctx, { ref, said }) => {
    const customer = await lockCustomer(ctx.db, ref);
    if (customer === undefined || customer.deleted_at !== null) throw noCustomer();
    const is_primary = said.is_primary ?? !(await hasContacts(ctx.db, customer.id));
    const { id, at } = { id: ctx.newId('contact'), at: new Date(ctx.now()) };
    if (is_primary) await demoteOthers(ctx.db, customer.id, id, at);
    const row = await insertContact(ctx.db, {
      title: null,
      labels: [],
      metadata: {},
      ...said,
      id,
      customer_id: customer.id,
      is_primary,
      mode: ctx.mode,
      created_at: at,
    });
    if (row === undefined) throw emailTaken();
    record(ctx, {
      eventType: 'contact.added',
      customerId: customer.id,
      contactId: row.id,
      displayId: row.display_id,
      intents: [{ effect: 'contact.created', payload: { object: viewContact(row) } }],
    });
    return viewContact(row);
  },
});

export const listContacts = operation({
  id: 'onboarding.contacts.list',
  summary: 'List the contacts of a customer, newest first',
  tag: 'Contacts',
  method: 'GET',
  path: '/customers/:customerId/contacts',
  scope: '*',
  input: Type.Object({ customerId: refInput('customer'), ...filteredPage }),
  output: listOf(contactSchema),
  shares: ({ metadata }) => metadata === undefined,
  errors: ['invalid_string', 'too_small', 'too_big', 'customer_not_found'],
  read: ({ customerId, limit, ...asked }) => ({ customerId, limit, span: readSpan(asked) }),
  run: async (ctx, { customerId, limit, span }) => {
    const customer = await knownCustomer(ctx, customerId);
    const rows = await listContactRows(ctx.db, customer.id, span, limit + 1);
    return writePage(rows, limit, ({ created_at, id }) => ({ at: created_at, id }), viewContact);
  },
});

export const getContact = operation({
  id: 'onboarding.contacts.get',
  summary: 'Read a contact',
  tag: 'Contacts',
  method: 'GET',
  path: '/contacts/:id',
  scope: '*',
  input: Type.Object({ id: refInput('contact') }),
  output: contactSchema,
  shares: true,
  errors: ['contact_not_found'],
  run: async (ctx, { id }) => {
    const row = await findContact(ctx.db, readRef(id));
    if (row === undefined) throw noContact();
    return withVersion(viewContact(row));
  },
});

export const patchContact = operation({
  id: 'onboarding.contacts.update',
  summary: 'Change a contact',
  description: 'Only the fields that are sent change. A contact stays with its customer.',
  tag: 'Contacts',
  method: 'PATCH',
  path: '/contacts/:id',
  scope: '*',
  headers: ifMatchHeader,
  input: Type.Object({ id: refInput('contact'), ...ifMatchInput, ...contactChangeInput }),
  output: contactSchema,
  writes: true,
  errors: ['invalid_string', 'too_small', 'too_big', 'contact_not_found', 'email_taken', 'version_conflict'],
  read: (input) => ({ ref: readRef(input.id), version: input['If-Match'], change: readContactChange(input) }),
  run: async (ctx, { ref, version, change }) => {
    const before = await takeContact(ctx, ref);
    refuseStale(viewContact(before), version);
    const { metadata, ...plain } = change;
    const after: ContactRow = {
      ...before,
      ...plain,
      metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
      updated_at: new Date(Math.max(ctx.now(), before.updated_at.getTime() + 1)),
    };
    const changes = diff(viewContact(before), viewContact(after));
    if (changes.length === 0) return withVersion(viewContact(before));
    if (after.is_primary && !before.is_primary) {
      await demoteOthers(ctx.db, after.customer_id, after.id, after.updated_at);
    }
    try {
      await updateContact(ctx.db, after);
    } catch (thrown) {
      throw violates(thrown, 'onboarding_contacts_email') ? emailTaken() : thrown;
    }
    record(ctx, {
      eventType: 'contact.updated',
      customerId: after.customer_id,
      contactId: after.id,
      displayId: after.display_id,
      changes,
    });
    return withVersion(viewContact(after));
  },
});

export const deleteContact = operation({
  id: 'onboarding.contacts.delete',
  summary: 'Delete a contact',
  description: 'Its e-mail address is free again. Nobody becomes primary in its place.',
  tag: 'Contacts',
  method: 'DELETE',
  path: '/contacts/:id',
  scope: '*',
  input: Type.Object({ id: refInput('contact') }),
  output: deletedSchema,
  writes: true,
  errors: ['contact_not_found'],
  run: async (ctx, { id }) => {
    const row = await lockContact(ctx.db, readRef(id));
    if (row === undefined) throw noContact();
    if (row.deleted_at === null) {
      await updateContact(ctx.db, { ...row, deleted_at: new Date(ctx.now()) });
      record(ctx, {
        eventType: 'contact.removed',
        customerId: row.customer_id,
        contactId: row.id,
        displayId: row.display_id,
      });
    }
    return deletedView(row);
  },
});

async function takeContact(ctx: Ctx, ref: ReturnType<typeof readRef>): Promise<ContactRow> {
  const row = await lockContact(ctx.db, ref);
  if (row === undefined || row.deleted_at !== null) throw noContact();
  return row;
}

function noContact() {
  return error('contact_not_found', 'There is no such contact; send its id or display_id.');
}

function emailTaken() {
  return error('email_taken', 'Another contact of this customer has that e-mail address; change that one.', {
    param: 'email',
  });
}
