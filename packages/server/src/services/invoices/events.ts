import { Type } from 'typebox';
import { apiOperation } from './api.ts';
import { boundTo, filteredClient, findContext, requireClient } from './client-context.ts';
import { type Ctx, contract, error } from './contract.ts';
import { type EffectRow, findEffect, listEffectRows } from './events-repository.ts';
import {
  clientFilter,
  clientHeader,
  clientHeaders,
  listOf,
  readInstant,
  ref,
  seen,
  timestamp,
  words,
} from './fields.ts';
import { viewInvoice } from './invoice-view.ts';
import { findInvoice } from './invoices-repository.ts';
import { pageInput, readPlace, writePage } from './page.ts';

export const eventTypes = Object.keys(contract.webhooks.events) as (keyof typeof contract.webhooks.events)[];

const eventSchema = Type.Object(
  {
    id: Type.String({ description: 'Names the event.' }),
    type: Type.String({ description: 'What happened.' }),
    apiVersion: Type.String({ description: 'The version of the interface.' }),
    createdAt: timestamp('When it was written down.'),
    occurredAt: timestamp('When it happened.'),
    mode: words(['live', 'test'], 'Its mode.'),
    clientId: seen('Whom it is about.'),
    data: Type.Unknown({ description: '`invoice`, or `job` where there is none.' }),
  },
  { title: 'Event', description: 'Something that happened, as its webhooks tell it.' },
);

export const listEvents = apiOperation({
  id: 'invoices.events.list',
  summary: 'List events, newest first',
  tag: 'Webhooks',
  method: 'GET',
  path: '/events',
  scope: 'webhook:read',
  headers: clientHeaders,
  input: Type.Object({
    ...clientHeader,
    ...clientFilter,
    ...pageInput,
    type: Type.Optional(words(eventTypes, 'Only of this type.')),
    createdFrom: Type.Optional(Type.String({ description: 'Only since.' })),
    createdTo: Type.Optional(Type.String({ description: 'Only before.' })),
  }),
  output: listOf(eventSchema),
  errors: [
    'pagination.invalid_cursor',
    'client.not_found',
    'validation.client_mode_mismatch',
    'plan.api_access_disabled',
  ],
  run: async (ctx, { limit, cursor, 'X-Client-Id': header, clientId, ...filters }) => {
    const client = await findContext(ctx, filteredClient(ctx, { 'X-Client-Id': header, clientId }));
    const list = ['events', client?.id ?? null, filters];
    const place = readPlace(ctx, list, cursor);
    const rows = await listEffectRows(
      ctx.db,
      {
        subject: client?.id ?? null,
        type: (filters.type as string | undefined) ?? null,
        from: readInstant('createdFrom', filters.createdFrom) ?? oldest(ctx),
        to: readInstant('createdTo', filters.createdTo),
      },
      place === null ? null : { at: new Date(place.at), id: place.id },
      limit + 1,
    );
    return writePage(ctx, list, rows, limit, {
      view: (row) => viewEvent(ctx, row),
      place: (row) => ({ at: row.created_at.toISOString(), id: row.id }),
    });
  },
});

export const getEvent = apiOperation({
  id: 'invoices.events.get',
  summary: 'Read an event',
  tag: 'Webhooks',
  method: 'GET',
  path: '/events/:id',
  scope: 'webhook:read',
  input: Type.Object({ id: Type.String({ description: 'The event.' }) }),
  output: eventSchema,
  errors: ['event.not_found', 'plan.api_access_disabled'],
  run: async (ctx, { id }) => {
    const prefix = `evt_${ctx.mode}_`;
    const row = id.startsWith(prefix) ? await findEffect(ctx.db, `eff_${id.slice(prefix.length)}`) : undefined;
    const bound = boundTo(ctx);
    if (row === undefined || row.created_at < oldest(ctx) || (bound !== null && row.subject !== bound)) {
      throw error('event.not_found', 'No event with this ID is visible to this key; they are kept for 30 days.');
    }
    return viewEvent(ctx, row);
  },
});

export const triggerEvent = apiOperation({
  id: 'invoices.test_mode.events',
  summary: 'Emit an event of test mode',
  description:
    'About an invoice of a client, or a made-up one; endpoints of test mode hear it as they would a real one.',
  tag: 'Test mode',
  method: 'POST',
  path: '/admin/test-mode/events',
  scope: 'testmode:reset',
  modes: ['test'],
  headers: clientHeaders,
  input: Type.Object({
    ...clientHeader,
    type: words(eventTypes, 'What is to have happened.'),
    invoiceId: ref('inv', 'The invoice; a made-up one by default.'),
  }),
  output: Type.Object({
    type: Type.String({ description: 'What was emitted.' }),
    clientId: seen('About whom.'),
    data: Type.Unknown({ description: 'What was said.' }),
  }),
  status: 202,
  writes: true,
  idempotent: true,
  errors: [
    'invoice.not_found',
    'client.context_required',
    'client.not_found',
    'client.not_in_team',
    'client.scope_mismatch',
    'validation.client_mode_mismatch',
    'plan.api_access_disabled',
  ],
  run: async (ctx, { type, invoiceId, 'X-Client-Id': header }) => {
    const client = await requireClient(ctx, { 'X-Client-Id': header });
    const row = invoiceId == null ? null : await findInvoice(ctx.db, invoiceId, client.id);
    if (row === undefined) throw error('invoice.not_found', 'No invoice with this ID is visible to this key.');
    const data = row === null ? madeUpData(ctx, client.id) : { invoice: viewInvoice(ctx.mode, row) };
    const name = eventTypes.find((one) => one === String(type)) ?? 'invoice.processed';
    ctx.emit(name, data, client.id);
    return { type: name, clientId: client.id, data };
  },
});

/** What an event says that is about no invoice there is. */
export function madeUpData(ctx: Ctx, clientId: string | null) {
  return { invoice: { id: ctx.newId('inv'), mode: ctx.mode, clientId, synthetic: true } };
}

const keptDays = 30;

function oldest(ctx: Pick<Ctx, 'now'>): Date {
  return new Date(ctx.now() - keptDays * 86_400_000);
}

function viewEvent(ctx: Pick<Ctx, 'mode'>, row: EffectRow) {
  const at = row.created_at.toISOString();
  return {
    id: `evt_${ctx.mode}_${row.id.slice('eff_'.length)}`,
    type: row.name,
    apiVersion: '2026-04-01',
    createdAt: at,
    occurredAt: at,
    mode: ctx.mode,
    clientId: row.subject,
    data: row.payload,
  };
}
