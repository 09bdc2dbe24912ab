import { Type } from 'typebox';
import { reference, refuseUnstorable, uploadedFile } from '../../core/service.ts';
import { readAccount } from './account.ts';
import { apiOperation } from './api.ts';
import { requireClient } from './client-context.ts';
import { findContact } from './contacts-repository.ts';
import { type Ctx, error } from './contract.ts';
import { checkForm, clientHeader, clientHeaders, idOf, invalidFields, unknownReference } from './fields.ts';
import { hintNames, readHints } from './hints.ts';
import { ingest } from './ingest.ts';
import type { Given } from './jobs-repository.ts';

const spelledHints = Object.fromEntries(
  hintNames.flatMap((name) => [
    [`hints.${name}`, Type.Optional(Type.String({ maxLength: 100, description: `The hint \`${name}\`.` }))],
    [`hints[${name}]`, Type.Optional(Type.String({ maxLength: 100, description: `The same as \`hints.${name}\`.` }))],
  ]),
);

const queuedSchema = Type.Object({
  jobId: idOf('job', 'Read it until it is completed or failed.'),
  status: Type.Literal('processing', { description: 'What it is now.' }),
});

export const uploadInvoice = apiOperation({
  id: 'invoices.upload',
  summary: 'Upload a document',
  description:
    'Takes a PDF, a picture or an XML invoice and answers at once; a job reads it. In test mode nothing of it is read: `hints.testScenario` says what becomes of it, the canned invoice by default.',
  tag: 'Invoices',
  method: 'POST',
  path: '/invoices',
  scope: 'invoice:write',
  headers: clientHeaders,
  files: { maxBytes: (settings) => settings.maxFileBytes, tooLarge: 'file.too_large' },
  input: Type.Object({
    ...clientHeader,
    file: Type.Optional(uploadedFile({ description: 'The document.' })),
    hints: Type.Optional(Type.String({ maxLength: 10_000, description: 'All hints as one JSON object.' })),
    ...spelledHints,
    clientId: Type.Optional(reference('cl', { description: 'The same as `X-Client-Id`.' })),
    sellerContactId: Type.Optional(reference('con', { description: 'Who sent it, if you know.' })),
    buyerContactId: Type.Optional(reference('con', { description: 'Who received it, if you know.' })),
    externalId: Type.Optional(Type.String({ maxLength: 100, description: 'Your own id of it.' })),
    tags: Type.Optional(
      Type.Array(Type.String({ maxLength: 2_000 }), {
        description: 'Up to 20, repeated, separated by commas, or JSON.',
      }),
    ),
    metadata: Type.Optional(Type.String({ maxLength: 40_000, description: 'A JSON object of texts.' })),
  }),
  output: queuedSchema,
  status: 202,
  writes: true,
  idempotent: true,
  location: (made) => `/external/v1/jobs/${(made as unknown as { jobId: string }).jobId}`,
  errors: [
    'file.missing',
    'file.empty',
    'file.too_large',
    'file.unsupported_type',
    'file.encrypted',
    'file.corrupt',
    'file.too_many_pages',
    'client.context_required',
    'client.not_found',
    'client.not_in_team',
    'client.scope_mismatch',
    'client.archived',
    'validation.client_mode_mismatch',
    'validation.test_scenario_in_live_mode',
    'quota.credits_exhausted',
    'queue.depth_exceeded',
    'plan.api_access_disabled',
  ],
  run: async (ctx, input) => {
    const { file, clientId, sellerContactId, buyerContactId } = input;
    checkForm('cl', 'X-Client-Id', input['X-Client-Id']);
    checkForm('cl', 'clientId', clientId);
    checkForm('con', 'sellerContactId', sellerContactId);
    checkForm('con', 'buyerContactId', buyerContactId);
    const client = await requireClient(ctx, input);
    const hints = readHints(input);
    if (file === undefined) {
      throw error('file.missing', 'Send the document as the part "file", as curl -F file=@invoice.pdf does.', {
        param: 'file',
      });
    }
    await requireContacts(ctx, client.id, { sellerContactId, buyerContactId });
    const given: Given = {
      ...(sellerContactId === undefined ? {} : { sellerContactId }),
      ...(buyerContactId === undefined ? {} : { buyerContactId }),
      ...(input.externalId === undefined ? {} : { externalId: input.externalId }),
      tags: readTags(input.tags ?? []),
      metadata: readMetadata(input.metadata),
    };
    const source = ctx.caller.type === 'person' ? 'dashboard' : 'api';
    return ingest(ctx, await readAccount(ctx), { clientId: client.id, file, hints, given, source });
  },
});

/** Holds the contacts that a request refers to against what the client can see. */
export async function requireContacts(
  ctx: Ctx,
  clientId: string,
  contacts: Readonly<Record<string, string | null | undefined>>,
): Promise<void> {
  for (const [field, id] of Object.entries(contacts)) {
    if (id == null) continue;
    if ((await findContact(ctx.db, id, clientId)) === undefined) throw unknownReference(field, id);
  }
}

function readTags(sent: readonly string[]): string[] {
  const tags = sent.flatMap((text) => (text.trimStart().startsWith('[') ? listOf(text) : text.split(',')));
  const plain = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
  if (plain.length <= 20 && plain.every((tag) => tag.length <= 40)) return plain;
  throw badField('tags', 'must be at most 20 tags of 40 characters');
}

function listOf(text: string): string[] {
  const value = parsed('tags', text);
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string')) return value;
  throw badField('tags', 'must be a JSON list of texts');
}

function readMetadata(text: string | undefined): Record<string, string> {
  if (text === undefined || text === '') return {};
  const value = parsed('metadata', text);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isObject ? Object.entries(value) : [];
  const holds = entries.every(([key, item]) => key.length <= 40 && typeof item === 'string' && item.length <= 500);
  if (isObject && entries.length <= 50 && holds) return value as Record<string, string>;
  throw badField('metadata', 'must be a JSON object of at most 50 texts of 500 characters');
}

function parsed(field: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badField(field, 'is not valid JSON');
  }
  refuseUnstorable(value, field);
  return value;
}

function badField(field: string, message: string) {
  return invalidFields([{ field, code: 'validation.invalid_body', message }]);
}
