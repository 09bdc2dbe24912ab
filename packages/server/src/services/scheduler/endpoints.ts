import { Type } from 'typebox';
import { readHeaders, readMethod, readUrl, type TargetRules } from './content.ts';
import { type Ctx, error, operation } from './contract.ts';
import { rulesOf } from './create.ts';
import { noEndpoint, readSigningSecret } from './draft.ts';
import {
  type BreakerFields,
  type Bucket,
  readBreakerPolicy,
  readMaxInFlight,
  readName,
  readRateLimit,
  readRetryBudget,
  readTimeout,
} from './endpoint-policies.ts';
import { type EndpointRow, endpointSchema, viewEndpoint } from './endpoint-view.ts';
import {
  findEndpoint,
  insertEndpoint,
  isNameTaken,
  listEndpointRows,
  lockEndpoint,
  setArchived,
  storeEndpoint,
  wakeDeferred,
} from './endpoints-repository.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { readPage, writePage } from './page.ts';
import { type RetryPolicyFields, readRetryPolicy } from './retry-policy.ts';
import { filter, idInput, listOf, metadataSchema, nullable, pageInput, retryPolicyInput, strict } from './schemas.ts';
import { composeSecret, insertSecret } from './secret-row.ts';

const bucketInput = strict({
  rate: Type.Optional(Type.Number({ description: 'Tokens a second.' })),
  burst: Type.Optional(Type.Number({ description: 'Tokens at once.' })),
});

const fields = {
  url: Type.Optional(nullable(Type.String(), 'Where to send: an https URL.')),
  name: Type.Optional(nullable(Type.String(), '1 to 100 characters, unique in its project and mode.')),
  method: Type.Optional(nullable(Type.String(), 'GET, POST, PUT, PATCH or DELETE; POST by default.')),
  headers: Type.Optional(
    nullable(Type.Record(Type.String(), Type.String()), 'Headers of every request, such as for authentication.'),
  ),
  timeout: Type.Optional(nullable(Type.String(), 'How long the headers of an answer may take: 1s to 1h.')),
  retry_policy: Type.Optional(nullable(retryPolicyInput, 'How retries are spaced.')),
  retry_budget: Type.Optional(nullable(bucketInput, 'How much retry traffic it may get: numbers of 0 or more.')),
  rate_limit: Type.Optional(nullable(bucketInput, 'Requests a second to it.')),
  max_in_flight: Type.Optional(nullable(Type.Number(), 'Requests to it at once: 1 to 1,000.')),
  breaker_policy: Type.Optional(
    nullable(
      strict({
        failure_threshold: Type.Optional(Type.Number({ description: 'Failures that open it: 1 to 1,000.' })),
        window: Type.Optional(Type.String({ description: 'Within which they count: 1s to 1h.' })),
        cooldown: Type.Optional(Type.String({ description: 'How long it stays open: 1s to 1h.' })),
        half_open_max: Type.Optional(Type.Number({ description: 'Probes at once: 1 to 100.' })),
      }),
      'When it is left alone for a while; the four fields come together.',
    ),
  ),
  metadata: Type.Optional(nullable(metadataSchema, 'Your own notes.')),
};

interface EndpointFields {
  readonly url?: string | null;
  readonly name?: string | null;
  readonly method?: string | null;
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly timeout?: string | null;
  readonly retry_policy?: RetryPolicyFields | null;
  readonly retry_budget?: Partial<Bucket> | null;
  readonly rate_limit?: Partial<Bucket> | null;
  readonly max_in_flight?: number | null;
  readonly breaker_policy?: BreakerFields | null;
  readonly metadata?: Metadata | null;
}

const endpointId = { id: idInput('Of the endpoint profile.') };

const fieldErrors = [
  'missing_url',
  'url_blocked',
  'invalid_name',
  'invalid_method',
  'invalid_header',
  'invalid_timeout',
  'invalid_duration',
  'invalid_retry_policy',
  'invalid_retry_budget',
  'invalid_rate_limit',
  'invalid_max_in_flight',
  'invalid_breaker_policy',
  'invalid_metadata',
  'endpoint_name_taken',
] as const;

export const createEndpoint = operation({
  id: 'scheduler.endpoints.create',
  summary: 'Create an endpoint profile',
  useWhen: 'when several schedules send to one destination and shall share its address, rate and retries',
  tag: 'Endpoints',
  method: 'POST',
  path: '/endpoints',
  scope: 'endpoints:write',
  input: strict({
    ...fields,
    signing_secret: Type.Optional(nullable(Type.String(), 'Signs what is sent to it. Never shown again.')),
  }),
  output: endpointSchema,
  status: 201,
  writes: true,
  idempotent: true,
  location: ({ id }) => `/v1/endpoints/${id}`,
  errors: [...fieldErrors, 'invalid_signing_secret'],
  run: async (ctx, { signing_secret: secretText, ...input }) => {
    const now = new Date(ctx.now());
    const blank = { ...blankEndpoint, id: ctx.newId('ep'), created_at: now };
    const row = applyFields(ctx, blank, { ...input, url: input.url ?? null }, now);
    const secret = readSigningSecret(secretText ?? null, 'signing_secret');
    await checkName(ctx, row);
    insertEndpoint(ctx.db, row);
    if (secret !== null) insertSecret(ctx.db, composeSecret(ctx, 'target', row.id, secret));
    return viewEndpoint(ctx.mode, row);
  },
});

export const listEndpoints = operation({
  id: 'scheduler.endpoints.list',
  summary: 'List endpoint profiles, newest first',
  tag: 'Endpoints',
  method: 'GET',
  path: '/endpoints',
  scope: 'endpoints:read',
  input: Type.Object({
    ...pageInput,
    archived: filter(Type.Boolean({ description: 'Only archived ones, or only others.' })),
    name: filter(Type.String({ description: 'Only the one of this name.' })),
  }),
  output: listOf(endpointSchema),
  run: async (ctx, input) => {
    const filters = { archived: input.archived ?? null, name: input.name ?? null };
    const list = ['endpoints', filters];
    const rows = await listEndpointRows(ctx.db, filters, readPage(ctx, list, input));
    return writePage(ctx, list, rows, input.limit, (row) => viewEndpoint(ctx.mode, row));
  },
});

export const getEndpoint = operation({
  id: 'scheduler.endpoints.get',
  summary: 'Read an endpoint profile',
  tag: 'Endpoints',
  method: 'GET',
  path: '/endpoints/:id',
  scope: 'endpoints:read',
  input: Type.Object(endpointId),
  output: endpointSchema,
  errors: ['endpoint_not_found'],
  run: async (ctx, { id }) => {
    const row = await findEndpoint(ctx.db, id);
    if (row === undefined) throw noEndpoint('id');
    return viewEndpoint(ctx.mode, row);
  },
});

export const patchEndpoint = operation({
  id: 'scheduler.endpoints.update',
  summary: 'Change an endpoint profile',
  description:
    'A change is a new version. Deliveries that had no first attempt go by it, of every schedule on this profile; retries stay with the version of their first attempt. What a limit made wait asks anew when that changes, and a new `breaker_policy` begins with a closed breaker. `headers` and `metadata` are replaced as a whole; `null` clears.',
  tag: 'Endpoints',
  method: 'PATCH',
  path: '/endpoints/:id',
  scope: 'endpoints:write',
  input: strict({ ...endpointId, ...fields }),
  output: endpointSchema,
  writes: true,
  idempotent: true,
  errors: [...fieldErrors, 'endpoint_not_found'],
  run: async (ctx, { id, ...input }) => {
    const before = await lockEndpoint(ctx.db, id);
    if (before === undefined) throw noEndpoint('id');
    if (Object.values(input).every((value) => value === undefined)) return viewEndpoint(ctx.mode, before);
    const row = applyFields(ctx, { ...before, version: before.version + 1 }, input, new Date(ctx.now()));
    if (row.name !== before.name) await checkName(ctx, row);
    storeEndpoint(ctx.db, input.headers === undefined ? resealed(ctx, row, before) : row);
    if (limitFields.some((name) => input[name] !== undefined)) {
      wakeDeferred(ctx.db, id, ctx.now());
      ctx.due(ctx.now());
    }
    ctx.withdraw([id]);
    return viewEndpoint(ctx.mode, row);
  },
});

/** What makes deliveries wait: when one of these changes, they ask anew. */
const limitFields = ['rate_limit', 'max_in_flight', 'breaker_policy'] as const;

export const archiveEndpoint = operation({
  id: 'scheduler.endpoints.archive',
  summary: 'Archive an endpoint profile',
  description: 'It takes no new schedules; those on it go on. Archiving an archived one changes nothing.',
  tag: 'Endpoints',
  method: 'POST',
  path: '/endpoints/:id/archive',
  scope: 'endpoints:write',
  input: strict(endpointId),
  output: endpointSchema,
  writes: true,
  errors: ['endpoint_not_found'],
  run: (ctx, { id }) => archive(ctx, id, true),
});

export const unarchiveEndpoint = operation({
  id: 'scheduler.endpoints.unarchive',
  summary: 'Take an endpoint profile out of the archive',
  tag: 'Endpoints',
  method: 'POST',
  path: '/endpoints/:id/unarchive',
  scope: 'endpoints:write',
  input: strict(endpointId),
  output: endpointSchema,
  writes: true,
  errors: ['endpoint_not_found'],
  run: (ctx, { id }) => archive(ctx, id, false),
});

async function archive(ctx: Ctx, id: string, archived: boolean) {
  const row = await lockEndpoint(ctx.db, id);
  if (row === undefined) throw noEndpoint('id');
  if (row.archived === archived) return viewEndpoint(ctx.mode, row);
  const now = ctx.now();
  await setArchived(ctx.db, id, archived, now);
  return viewEndpoint(ctx.mode, { ...row, archived, updated_at: new Date(now) });
}

const blankEndpoint = {
  name: null,
  version: 1,
  url: '',
  method: null,
  sealed_headers: null,
  header_keys: [],
  retry_policy: null,
  timeout_ms: null,
  rate_limit: null,
  retry_budget: null,
  breaker_policy: null,
  max_in_flight: null,
  breaker_state: null,
  metadata: {},
  archived: false,
} as const;

/** The profile with the fields that were sent, each checked; those that were not stay. */
function applyFields(ctx: Ctx, row: Omit<EndpointRow, 'updated_at'>, input: EndpointFields, now: Date): EndpointRow {
  const rules = rulesOf(ctx);
  const given = <Value, Read>(value: Value | undefined, kept: Read, read: (value: Value) => Read): Read =>
    value === undefined ? kept : read(value);
  return {
    ...row,
    url: given(input.url, row.url, (url) => readEndpointUrl(url, rules)),
    name: given(input.name, row.name, readName),
    method: given(input.method, row.method, readMethod),
    ...given(input.headers, { sealed_headers: row.sealed_headers, header_keys: row.header_keys }, (headers) =>
      sealHeaders(ctx, row, readHeaders(headers ?? {}, rules)),
    ),
    timeout_ms: given(input.timeout, row.timeout_ms, readTimeout),
    retry_policy: given(input.retry_policy, row.retry_policy, (policy) =>
      policy === null ? null : readRetryPolicy(policy),
    ),
    retry_budget: given(input.retry_budget, row.retry_budget, readRetryBudget),
    rate_limit: given(input.rate_limit, row.rate_limit, readRateLimit),
    max_in_flight: given(input.max_in_flight, row.max_in_flight, readMaxInFlight),
    breaker_policy: given(input.breaker_policy, row.breaker_policy, readBreakerPolicy),
    // A new policy begins with a closed breaker.
    breaker_state: input.breaker_policy === undefined ? row.breaker_state : null,
    metadata: given(input.metadata, row.metadata, readMetadata),
    updated_at: now,
  };
}

function readEndpointUrl(url: string | null, rules: TargetRules): string {
  if (url === null) throw error('missing_url', 'An endpoint profile needs a url.', { param: 'url' });
  return readUrl(url, 'url', rules);
}

async function checkName(ctx: Ctx, { id, name }: EndpointRow): Promise<void> {
  if (name === null || !(await isNameTaken(ctx.db, name, id))) return;
  throw error('endpoint_name_taken', 'Another endpoint profile has this name; choose another one.', { param: 'name' });
}

/** The headers of one version, encrypted for it alone. */
function sealHeaders(
  { sealer }: Ctx,
  { id, version }: Pick<EndpointRow, 'id' | 'version'>,
  headers: Readonly<Record<string, string>>,
): Pick<EndpointRow, 'sealed_headers' | 'header_keys'> {
  const names = Object.keys(headers);
  const text = JSON.stringify(headers);
  return {
    sealed_headers: names.length === 0 ? null : sealer.seal(text, `${id}/${version}`),
    header_keys: names,
  };
}

/** A version that takes over the headers of the one before. */
function resealed(ctx: Ctx, row: EndpointRow, before: EndpointRow): EndpointRow {
  if (before.sealed_headers === null) return row;
  const text = ctx.sealer.open(before.sealed_headers, `${before.id}/${before.version}`);
  return { ...row, ...sealHeaders(ctx, row, JSON.parse(text) as Record<string, string>) };
}
