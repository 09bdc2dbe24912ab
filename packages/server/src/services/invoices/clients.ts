import { Type } from 'typebox';
import { apiOperation } from './api.ts';
import { changesBetween, note } from './audit-trail.ts';
import { boundTo, findInPath, refuseBound } from './client-context.ts';
import {
  type ClientRow,
  findTwin,
  hasInvoices,
  holdName,
  insertClient,
  listClientRows,
  listFilesOf,
  lockClient,
  removeClient,
  updateClient,
} from './clients-repository.ts';
import { type Ctx, error } from './contract.ts';
import { idOf, invalidFields, listOf, metadataSchema, nullable, seen, text, timestamp, words } from './fields.ts';
import { addressOf, newMailbox } from './mailbox-address.ts';
import { pageInput, readPlace, writePage } from './page.ts';

const statuses = ['active', 'archived'] as const;

const clientSchema = Type.Object(
  {
    id: idOf('cl', 'Names the client.'),
    mode: words(['live', 'test'], 'The mode it belongs to.'),
    name: Type.String({ description: 'Its name.' }),
    companyCode: seen('Registration number.'),
    vatCode: seen('VAT number, upper case without spaces.'),
    country: seen('ISO 3166-1 alpha-2.'),
    email: seen('Its address.'),
    externalId: seen('Your own id of it, unique in its mode.'),
    defaultCurrency: seen('ISO 4217, for documents that show none.'),
    ingest: Type.Object(
      { mailbox: nullable(Type.String(), 'Its inbound address in this mode; `null` where the server takes no mail.') },
      { description: 'Other ways in.' },
    ),
    status: words(statuses, 'Archived clients take no uploads.'),
    metadata: metadataSchema,
    createdAt: timestamp('When it was made.'),
    updatedAt: timestamp('When it was last changed.'),
  },
  { title: 'Client', description: 'Whose invoices are read: a company of the team.' },
);

const editable = {
  companyCode: text(50, 'Registration number.'),
  vatCode: text(30, 'VAT number of at most 20 characters; spaces go, letters become upper case.'),
  country: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{2}$' }), 'ISO 3166-1 alpha-2.')),
  email: Type.Optional(nullable(Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' }), 'Its address.')),
  externalId: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }), 'Your own id of it.')),
  defaultCurrency: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{3}$' }), 'ISO 4217.')),
  status: Type.Optional(words(statuses, 'Archived clients take no uploads.')),
  metadata: Type.Optional(metadataSchema),
};
const name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'Its name.' });

interface ClientChange {
  readonly name?: string;
  readonly companyCode?: string | null;
  readonly vatCode?: string | null;
  readonly country?: string | null;
  readonly email?: string | null;
  readonly externalId?: string | null;
  readonly defaultCurrency?: string | null;
  readonly status?: 'active' | 'archived';
  readonly metadata?: Readonly<Record<string, string>>;
}

export const createClient = apiOperation({
  id: 'invoices.clients.create',
  summary: 'Create a client',
  tag: 'Clients',
  method: 'POST',
  path: '/clients',
  scope: 'client:write',
  input: Type.Object({ name, ...editable }),
  output: clientSchema,
  status: 201,
  writes: true,
  idempotent: true,
  location: ({ id }) => `/external/v1/clients/${id}`,
  errors: ['client.duplicate', 'client.scope_mismatch', 'plan.api_access_disabled'],
  run: async (ctx, input) => {
    refuseBound(ctx);
    const now = new Date(ctx.now());
    const row = applied(blank(ctx.newId('cl'), now), input as ClientChange, now);
    await refuseTwin(ctx, row);
    await insertClient(ctx.db, row);
    note(ctx, { action: 'client.create', resource: { type: 'client', id: row.id }, clientId: row.id });
    return viewClient(ctx, row);
  },
});

export const listClients = apiOperation({
  id: 'invoices.clients.list',
  summary: 'List clients, newest first',
  tag: 'Clients',
  method: 'GET',
  path: '/clients',
  scope: 'client:read',
  input: Type.Object({
    ...pageInput,
    status: Type.Optional(words(statuses, 'Only clients of this status.')),
    externalId: Type.Optional(Type.String({ maxLength: 100, description: 'Only the client of this id of yours.' })),
    q: Type.Optional(Type.String({ maxLength: 200, description: 'Only clients whose name contains this.' })),
  }),
  output: listOf(clientSchema),
  errors: ['pagination.invalid_cursor', 'plan.api_access_disabled'],
  run: async (ctx, { limit, cursor, ...filters }) => {
    const list = ['clients', boundTo(ctx), filters];
    const after = readPlace(ctx, list, cursor);
    const rows = await listClientRows(
      ctx.db,
      {
        id: boundTo(ctx),
        status: (filters.status as string | undefined) ?? null,
        externalId: filters.externalId ?? null,
        q: likeOf(filters.q),
      },
      after === null ? null : { at: new Date(after.at), id: after.id },
      limit + 1,
    );
    return writePage(ctx, list, rows, limit, {
      view: (row) => viewClient(ctx, row),
      place: (row) => ({ at: row.created_at.toISOString(), id: row.id }),
    });
  },
});

const inPath = { id: Type.String({ description: 'The client.' }) };

export const getClient = apiOperation({
  id: 'invoices.clients.get',
  summary: 'Read a client',
  tag: 'Clients',
  method: 'GET',
  path: '/clients/:id',
  scope: 'client:read',
  input: Type.Object(inPath),
  output: clientSchema,
  errors: ['client.not_found', 'plan.api_access_disabled'],
  run: async (ctx, { id }) => viewClient(ctx, await findInPath(ctx, id)),
});

export const patchClient = apiOperation({
  id: 'invoices.clients.patch',
  summary: 'Change a client',
  tag: 'Clients',
  method: 'PATCH',
  path: '/clients/:id',
  scope: 'client:write',
  input: Type.Object({ ...inPath, name: Type.Optional(name), ...editable }),
  output: clientSchema,
  writes: true,
  errors: ['client.not_found', 'client.duplicate', 'client.scope_mismatch', 'plan.api_access_disabled'],
  run: async (ctx, { id, ...input }) => {
    refuseBound(ctx);
    const before = await lockClient(ctx.db, id);
    if (before === undefined) throw noClient(id);
    const row = applied(before, input as ClientChange, new Date(ctx.now()));
    await refuseTwin(ctx, row);
    await updateClient(ctx.db, row);
    const changes = changesBetween(viewClient(ctx, before), viewClient(ctx, row));
    note(ctx, { action: 'client.update', resource: { type: 'client', id }, clientId: id, changes });
    return viewClient(ctx, row);
  },
});

export const rotateMailbox = apiOperation({
  id: 'invoices.clients.rotate_mailbox',
  summary: 'Give a client a new mailbox',
  description: 'The address it had takes no mail any more.',
  tag: 'Clients',
  method: 'POST',
  path: '/clients/:id/rotate-mailbox',
  scope: 'client:write',
  input: Type.Object(inPath),
  output: clientSchema,
  writes: true,
  idempotent: true,
  errors: ['client.not_found', 'client.scope_mismatch', 'plan.api_access_disabled'],
  run: async (ctx, { id }) => {
    refuseBound(ctx);
    const before = await lockClient(ctx.db, id);
    if (before === undefined) throw noClient(id);
    const row = { ...before, mailbox: newMailbox(), updated_at: new Date(ctx.now()) };
    await updateClient(ctx.db, row);
    note(ctx, { action: 'client.rotate_mailbox', resource: { type: 'client', id }, clientId: id });
    return viewClient(ctx, row);
  },
});

export const deleteClient = apiOperation({
  id: 'invoices.clients.delete',
  summary: 'Delete a client',
  tag: 'Clients',
  method: 'DELETE',
  path: '/clients/:id',
  scope: 'client:write',
  input: Type.Object({
    ...inPath,
    cascade: Type.Boolean({ default: false, description: 'Deletes its invoices, jobs and files with it.' }),
  }),
  output: Type.Undefined(),
  status: 204,
  writes: true,
  errors: [
    'client.not_found',
    'client.in_use',
    'client.bound_to_key',
    'client.scope_mismatch',
    'plan.api_access_disabled',
  ],
  run: async (ctx, { id, cascade }) => {
    refuseBound(ctx);
    if ((await lockClient(ctx.db, id)) === undefined) throw noClient(id);
    const keys = await ctx.keys.list({ service: 'invoices', mode: ctx.mode });
    const bound = keys.find((key) => key.boundTo === id && key.revokedAt === null);
    if (bound !== undefined) {
      throw error('client.bound_to_key', `The key "${bound.name}" is bound to this client; revoke it first.`);
    }
    if (!cascade && (await hasInvoices(ctx.db, id))) {
      throw error('client.in_use', 'The client has invoices; delete them first, or send ?cascade=true.');
    }
    for (const file of await listFilesOf(ctx.db, id)) ctx.files.removeAfterCommit(file);
    await removeClient(ctx.db, id);
    note(ctx, { action: 'client.delete', resource: { type: 'client', id }, clientId: id });
    return undefined;
  },
});

/** A client as callers see it. */
function viewClient(ctx: Ctx, row: ClientRow) {
  return {
    id: row.id,
    mode: ctx.mode,
    name: row.name,
    companyCode: row.company_code,
    vatCode: row.vat_code,
    country: row.country,
    email: row.email,
    externalId: row.external_id,
    defaultCurrency: row.default_currency,
    ingest: { mailbox: addressOf(ctx, row) },
    status: row.status,
    metadata: row.metadata,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** What a text is searched by, with the marks of the pattern language taken literally. */
export function likeOf(q: string | undefined): string | null {
  return q === undefined || q === '' ? null : q.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`);
}

function applied(before: ClientRow, change: ClientChange, now: Date): ClientRow {
  const changed = <T>(value: T | undefined, kept: T): T => (value === undefined ? kept : value);
  const vatCode = change.vatCode?.replaceAll(/\s/g, '').toUpperCase() ?? change.vatCode;
  if (vatCode != null && vatCode.length > 20) {
    const message = 'must not have more than 20 characters besides spaces';
    throw invalidFields([{ field: 'vatCode', code: 'validation.invalid_body', message }]);
  }
  return {
    ...before,
    name: changed(change.name?.trim(), before.name),
    company_code: changed(change.companyCode, before.company_code),
    vat_code: changed(vatCode, before.vat_code),
    country: changed(change.country, before.country),
    email: changed(change.email, before.email),
    external_id: changed(change.externalId, before.external_id),
    default_currency: changed(change.defaultCurrency, before.default_currency),
    status: changed(change.status, before.status),
    metadata: changed(change.metadata, before.metadata),
    updated_at: now,
  };
}

function blank(id: string, now: Date): ClientRow {
  return {
    id,
    name: '',
    company_code: null,
    vat_code: null,
    country: null,
    email: null,
    external_id: null,
    default_currency: null,
    status: 'active',
    metadata: {},
    mailbox: newMailbox(),
    created_at: now,
    updated_at: now,
  };
}

async function refuseTwin(ctx: Ctx, row: ClientRow): Promise<void> {
  if (row.external_id === null) return;
  await holdName(ctx.db, 'client', ctx.workspaceId, row.external_id);
  const existingId = await findTwin(ctx.db, row.external_id, row.id);
  if (existingId === null) return;
  throw error('client.duplicate', `The client ${existingId} has this externalId already.`, {
    param: 'externalId',
    extra: { existingId },
  });
}

function noClient(id: string) {
  return error('client.not_found', `No client "${id.slice(0, 60)}" is visible to this key.`);
}
