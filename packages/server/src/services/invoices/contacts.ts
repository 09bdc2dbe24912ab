import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import { Type } from 'typebox';
import { reference } from '../../core/service.ts';
import { apiOperation } from './api.ts';
import { changesBetween, note } from './audit-trail.ts';
import { boundTo, findContext, requireClient } from './client-context.ts';
import { likeOf } from './clients.ts';
import { holdName } from './clients-repository.ts';
import {
  type Address,
  type BankAccount,
  type ContactRow,
  findContact,
  findTwin,
  insertContact,
  listContactRows,
  lockContact,
  removeContact,
  updateContact,
} from './contacts-repository.ts';
import { type Ctx, error } from './contract.ts';
import {
  checkForm,
  clientHeader,
  clientHeaders,
  idOf,
  invalidFields,
  listOf,
  metadataSchema,
  nullable,
  readInstant,
  refFilter,
  seen,
  text,
  timestamp,
  words,
} from './fields.ts';
import { pageInput, readPlace, writePage } from './page.ts';

const kinds = ['company', 'person'] as const;
const roles = ['seller', 'buyer'] as const;

export const addressSchema = Type.Object({
  line1: seen('Street and number.'),
  line2: seen('What else stands in the street.'),
  city: seen('Town.'),
  postalCode: seen('Postal code.'),
  region: seen('State or province.'),
  country: seen('ISO 3166-1 alpha-2.'),
  raw: seen('As it was printed.'),
});

export const bankAccountSchema = Type.Object({
  iban: seen('Without spaces.'),
  accountNumber: seen('Where there is no IBAN.'),
  bic: seen('Of the bank.'),
  bankName: seen('Of the bank.'),
  currency: seen('ISO 4217.'),
});

const contactSchema = Type.Object(
  {
    id: idOf('con', 'Names the contact.'),
    mode: words(['live', 'test'], 'The mode it belongs to.'),
    name: Type.String({ description: 'Its name.' }),
    kind: words(kinds, 'A company or a person.'),
    roles: Type.Array(words(roles, 'A side of an invoice.'), { description: 'What it has been on invoices.' }),
    clientId: nullable(Type.String(), 'The client that it belongs to; null for all.'),
    companyCode: seen('Registration number.'),
    vatCode: seen('VAT number.'),
    taxCode: seen('Another tax number.'),
    email: seen('Its address.'),
    phone: seen('Its telephone.'),
    website: seen('Its site.'),
    address: nullable(addressSchema, 'Where it is.'),
    bankAccounts: Type.Array(bankAccountSchema, { description: 'Where it is paid.' }),
    paymentTermsDays: nullable(Type.Integer(), 'Days it gives.'),
    externalId: seen('Your own id of it.'),
    source: words(['api', 'dashboard', 'extracted', 'fixture'], 'Where it came from.'),
    metadata: metadataSchema,
    createdAt: timestamp('When it was made.'),
    updatedAt: timestamp('When it was last changed.'),
  },
  { title: 'Contact', description: 'A company that a client buys from or sells to.' },
);

const addressInput = Type.Object({
  line1: text(200, 'Street and number.'),
  line2: text(200, 'What else stands in the street.'),
  city: text(100, 'Town.'),
  postalCode: text(20, 'Postal code.'),
  region: text(100, 'State or province.'),
  country: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{2}$' }), 'ISO 3166-1 alpha-2.')),
  raw: text(500, 'As it was printed.'),
});

const accountInput = Type.Object({
  iban: text(50, 'Its checksum must hold.'),
  accountNumber: text(50, 'Where there is no IBAN.'),
  bic: text(11, 'Of the bank.'),
  bankName: text(200, 'Of the bank.'),
  currency: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{3}$' }), 'ISO 4217.')),
});

const name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'Its name.' });
const editable = {
  kind: Type.Optional(words(kinds, 'A company or a person; a company by default.')),
  roles: Type.Optional(Type.Array(words(roles, 'A side of an invoice.'), { maxItems: 2, description: 'What it is.' })),
  clientId: Type.Optional(nullable(reference('cl', { description: 'The client that it belongs to; all by default.' }))),
  companyCode: text(50, 'Registration number, unique with its country.'),
  vatCode: text(30, 'VAT number.'),
  taxCode: text(50, 'Another tax number.'),
  email: text(254, 'Its address.'),
  phone: text(50, 'Its telephone.'),
  website: text(500, 'Its site.'),
  address: Type.Optional(nullable(addressInput, 'Where it is.')),
  bankAccounts: Type.Optional(Type.Array(accountInput, { maxItems: 10, description: 'Where it is paid.' })),
  paymentTermsDays: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 365 }), 'Days it gives.')),
  externalId: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }), 'Your own id of it.')),
  metadata: Type.Optional(metadataSchema),
};

interface ContactChange {
  readonly name?: string;
  readonly kind?: ContactRow['kind'];
  readonly roles?: ContactRow['roles'];
  readonly clientId?: string | null;
  readonly companyCode?: string | null;
  readonly vatCode?: string | null;
  readonly taxCode?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly website?: string | null;
  readonly address?: Partial<Address> | null;
  readonly bankAccounts?: readonly Partial<BankAccount>[];
  readonly paymentTermsDays?: number | null;
  readonly externalId?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

const contextErrors = [
  'client.not_found',
  'client.not_in_team',
  'client.scope_mismatch',
  'validation.client_mode_mismatch',
  'plan.api_access_disabled',
] as const;

export const createContact = apiOperation({
  id: 'invoices.contacts.create',
  summary: 'Create a contact',
  useWhen:
    'for a company that a client deals with and that no document has named yet; those on documents are made by themselves',
  tag: 'Contacts',
  method: 'POST',
  path: '/contacts',
  scope: 'contact:write',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, name, ...editable }),
  output: contactSchema,
  status: 201,
  writes: true,
  idempotent: true,
  location: ({ id }) => `/external/v1/contacts/${id}`,
  errors: ['contact.duplicate', ...contextErrors],
  run: async (ctx, input) => {
    checkForm('cl', 'X-Client-Id', input['X-Client-Id']);
    const client = await findContext(ctx, { 'X-Client-Id': input['X-Client-Id'] });
    const now = new Date(ctx.now());
    const change = await readChange(ctx, input as ContactChange);
    const row = applied(blank(ctx.newId('con'), client?.id ?? null, now), change, now);
    await refuseTwin(ctx, row);
    await insertContact(ctx.db, row);
    note(ctx, { action: 'contact.create', resource: { type: 'contact', id: row.id }, clientId: row.client_id });
    return viewContact(ctx, row);
  },
});

export const listContacts = apiOperation({
  id: 'invoices.contacts.list',
  summary: 'List contacts, newest first',
  tag: 'Contacts',
  method: 'GET',
  path: '/contacts',
  scope: 'contact:read',
  headers: clientHeaders,
  input: Type.Object({
    ...clientHeader,
    ...pageInput,
    q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of a name or an address.' })),
    role: Type.Optional(words(roles, 'Only contacts that have been this.')),
    vatCode: Type.Optional(Type.String({ maxLength: 30, description: 'Only of this VAT number.' })),
    companyCode: Type.Optional(Type.String({ maxLength: 50, description: 'Only of this registration number.' })),
    email: Type.Optional(Type.String({ maxLength: 254, description: 'Only of this address.' })),
    externalId: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this id of yours.' })),
    clientId: refFilter('cl', 'Only contacts of this client.'),
    updatedFrom: Type.Optional(Type.String({ description: 'Only what was changed since.' })),
  }),
  output: listOf(contactSchema),
  errors: ['pagination.invalid_cursor', ...contextErrors],
  run: async (ctx, { limit, cursor, 'X-Client-Id': header, ...filters }) => {
    const client = await findContext(ctx, { 'X-Client-Id': header });
    const list = ['contacts', client?.id ?? null, filters];
    const after = readPlace(ctx, list, cursor);
    const rows = await listContactRows(
      ctx.db,
      {
        bound: client?.id ?? null,
        clientId: filters.clientId ?? null,
        q: likeOf(filters.q),
        role: (filters.role as string | undefined) ?? null,
        vatCode: filters.vatCode ?? null,
        companyCode: filters.companyCode ?? null,
        email: filters.email ?? null,
        externalId: filters.externalId ?? null,
        updatedFrom: readInstant('updatedFrom', filters.updatedFrom),
      },
      after === null ? null : { at: new Date(after.at), id: after.id },
      limit + 1,
    );
    return writePage(ctx, list, rows, limit, {
      view: (row) => viewContact(ctx, row),
      place: (row) => ({ at: row.created_at.toISOString(), id: row.id }),
    });
  },
});

const inPath = { id: Type.String({ description: 'The contact.' }) };

export const getContact = apiOperation({
  id: 'invoices.contacts.get',
  summary: 'Read a contact',
  tag: 'Contacts',
  method: 'GET',
  path: '/contacts/:id',
  scope: 'contact:read',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, ...inPath }),
  output: contactSchema,
  errors: ['contact.not_found', ...contextErrors],
  run: async (ctx, { id, 'X-Client-Id': header }) => {
    const client = await findContext(ctx, { 'X-Client-Id': header });
    const row = await findContact(ctx.db, id, client?.id ?? null);
    if (row === undefined) throw noContact(id);
    return viewContact(ctx, row);
  },
});

export const patchContact = apiOperation({
  id: 'invoices.contacts.patch',
  summary: 'Change a contact',
  tag: 'Contacts',
  method: 'PATCH',
  path: '/contacts/:id',
  scope: 'contact:write',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, ...inPath, name: Type.Optional(name), ...editable }),
  output: contactSchema,
  writes: true,
  errors: ['contact.not_found', 'contact.duplicate', ...contextErrors],
  run: async (ctx, { id, 'X-Client-Id': header, ...input }) => {
    const client = await findContext(ctx, { 'X-Client-Id': header });
    const before = await lockContact(ctx.db, id, client?.id ?? null);
    if (before === undefined) throw noContact(id);
    const row = applied(before, await readChange(ctx, input as ContactChange), new Date(ctx.now()));
    await refuseTwin(ctx, row);
    await updateContact(ctx.db, row);
    const changes = changesBetween(viewContact(ctx, before), viewContact(ctx, row));
    note(ctx, { action: 'contact.update', resource: { type: 'contact', id }, clientId: row.client_id, changes });
    return viewContact(ctx, row);
  },
});

export const deleteContact = apiOperation({
  id: 'invoices.contacts.delete',
  summary: 'Delete a contact',
  description: 'Deletes it for good. Invoices keep what was printed on them and lose the link.',
  tag: 'Contacts',
  method: 'DELETE',
  path: '/contacts/:id',
  scope: 'contact:write',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, ...inPath }),
  output: Type.Undefined(),
  status: 204,
  writes: true,
  errors: ['contact.not_found', ...contextErrors],
  run: async (ctx, { id, 'X-Client-Id': header }) => {
    const client = await findContext(ctx, { 'X-Client-Id': header });
    const row = await lockContact(ctx.db, id, client?.id ?? null);
    if (row === undefined) throw noContact(id);
    await removeContact(ctx.db, id);
    note(ctx, { action: 'contact.delete', resource: { type: 'contact', id }, clientId: row.client_id });
    return undefined;
  },
});

/** A contact as callers see it. */
function viewContact(ctx: Pick<Ctx, 'mode'>, row: ContactRow) {
  return {
    id: row.id,
    mode: ctx.mode,
    name: row.name,
    kind: row.kind,
    roles: row.roles,
    clientId: row.client_id,
    companyCode: row.company_code,
    vatCode: row.vat_code,
    taxCode: row.tax_code,
    email: row.email,
    phone: row.phone,
    website: row.website,
    address: row.address,
    bankAccounts: row.bank_accounts,
    paymentTermsDays: row.payment_terms_days,
    externalId: row.external_id,
    source: row.source,
    metadata: row.metadata,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** What a schema cannot say, and whom the contact is to belong to. */
async function readChange(ctx: Ctx, change: ContactChange): Promise<ContactChange> {
  checkForm('cl', 'clientId', change.clientId);
  const wrong = (change.bankAccounts ?? []).flatMap(({ iban }, index) =>
    iban == null || isValidIBAN(electronicFormatIBAN(iban) ?? '')
      ? []
      : [{ field: `bankAccounts[${index}].iban`, code: 'validation.invalid_body', message: 'its checksum is wrong' }],
  );
  if (wrong.length > 0) throw invalidFields(wrong);
  const bound = boundTo(ctx);
  if (change.clientId === null && bound !== null) await requireClient(ctx, {});
  if (change.clientId != null) await requireClient(ctx, { clientId: change.clientId });
  return change;
}

function applied(before: ContactRow, change: ContactChange, now: Date): ContactRow {
  const changed = <T>(value: T | undefined, kept: T): T => (value === undefined ? kept : value);
  const address =
    change.address === undefined || change.address === null
      ? changed(change.address, before.address)
      : { ...(before.address ?? noAddress), ...change.address };
  return {
    ...before,
    name: changed(change.name?.trim(), before.name),
    kind: changed(change.kind, before.kind),
    roles: changed(change.roles === undefined ? undefined : [...new Set(change.roles)].sort(), before.roles),
    client_id: changed(change.clientId, before.client_id),
    company_code: changed(change.companyCode, before.company_code),
    vat_code: changed(change.vatCode?.replaceAll(/\s/g, '').toUpperCase() ?? change.vatCode, before.vat_code),
    tax_code: changed(change.taxCode, before.tax_code),
    email: changed(change.email, before.email),
    phone: changed(change.phone, before.phone),
    website: changed(change.website, before.website),
    address: address as Address | null,
    country: (address as Address | null)?.country ?? null,
    bank_accounts: changed(change.bankAccounts?.map(accountOf), before.bank_accounts),
    payment_terms_days: changed(change.paymentTermsDays, before.payment_terms_days),
    external_id: changed(change.externalId, before.external_id),
    metadata: changed(change.metadata, before.metadata),
    updated_at: now,
  };
}

function accountOf(account: Partial<BankAccount>): BankAccount {
  return {
    iban: account.iban == null ? null : electronicFormatIBAN(account.iban),
    accountNumber: account.accountNumber ?? null,
    bic: account.bic ?? null,
    bankName: account.bankName ?? null,
    currency: account.currency ?? null,
  };
}

export const noAddress: Address = {
  line1: null,
  line2: null,
  city: null,
  postalCode: null,
  region: null,
  country: null,
  raw: null,
};

function blank(id: string, clientId: string | null, now: Date): ContactRow {
  return {
    id,
    client_id: clientId,
    name: '',
    kind: 'company',
    roles: [],
    company_code: null,
    vat_code: null,
    tax_code: null,
    email: null,
    phone: null,
    website: null,
    country: null,
    address: null,
    bank_accounts: [],
    payment_terms_days: null,
    external_id: null,
    source: 'api',
    metadata: {},
    created_at: now,
    updated_at: now,
  };
}

async function refuseTwin(ctx: Ctx, row: ContactRow): Promise<void> {
  if (row.external_id === null && (row.company_code === null || row.country === null)) return;
  await holdName(ctx.db, 'contact', ctx.workspaceId, row.external_id ?? '');
  if (row.company_code !== null) await holdName(ctx.db, 'company', ctx.workspaceId, row.company_code);
  const existingId = await findTwin(ctx.db, row);
  if (existingId === null) return;
  throw error('contact.duplicate', `The contact ${existingId} has this company code or externalId already.`, {
    extra: { existingId },
  });
}

function noContact(id: string) {
  return error('contact.not_found', `No contact "${id.slice(0, 60)}" is visible to this key.`);
}
