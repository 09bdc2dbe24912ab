import { author, type Context, integerSetting, type ServiceContract, textSetting } from '../../core/service.ts';
import { dialect } from './dialect.ts';
import { errors } from './errors.ts';

const perKey = {
  per: 'key',
  max: 60,
  setting: 'rateLimitPerMinute',
  windowMs: 60_000,
  algorithm: 'sliding_counter',
  counter: 'own',
  also: {
    max: 1_000,
    setting: 'rateLimitPerHour',
    windowMs: 3_600_000,
    algorithm: 'sliding_counter',
    suffix: 'hour',
  },
  plans: {
    enterprise: {
      max: 600,
      setting: 'enterprisePerMinute',
      also: { max: 20_000, setting: 'enterprisePerHour' },
    },
  },
} as const;

/** Invoice extraction: two worlds that never cross, with a 400 that says so. */
export const contract = {
  name: 'invoices',
  title: 'Invoices',
  description:
    'Turns uploaded invoices into structured data. Live and test are two worlds: a reference from one into the other is refused.',
  basePath: '/external/v1',
  aliases: ['/api/external/v1'],
  keys: {
    prefix: { live: 'parseo_live_', test: 'parseo_test_' },
    env: 'PARSEO_API_KEY',
    length: 48,
    bindsTo: { noun: 'cl', table: 'invoices_clients' },
    uniqueNames: true,
    badKeys: { max: 20, windowMs: 300_000, blockMs: 900_000, maxQueries: 500 },
    anonymous: 'refuse',
  },
  modes: {
    data: { live: 'isolated', test: 'isolated' },
    foreign: { live: 'mismatch', test: 'mismatch' },
    effects: {
      'invoice.processed': { live: 'deliver', test: 'deliver' },
      'invoice.failed': { live: 'deliver', test: 'deliver' },
      'invoice.updated': { live: 'deliver', test: 'deliver' },
      'invoice.deleted': { live: 'deliver', test: 'deliver' },
    },
    entropy: { live: 'csprng', test: 'csprng' },
    limits: { live: perKey, test: perKey },
    quota: { live: 'uncounted', test: 'uncounted' },
  },
  ids: 'mode',
  webhooks: {
    dialect: 'parseo',
    events: {
      'invoice.processed': 'a document was read and its invoice stands',
      'invoice.failed': 'a document could not be read',
      'invoice.updated': 'somebody changed or confirmed an invoice',
      'invoice.deleted': 'somebody deleted an invoice',
    },
    subject: 'client',
    headerPrefixFrom: 'webhookHeaderPrefix',
    maxEndpoints: 10,
  },
  tables: {
    invoices_accounts: 'account',
    invoices_rules: 'workspace',
    invoices_audit: 'workspace',
    invoices_invoices: 'workspace',
    invoices_jobs: 'workspace',
    invoices_files: 'workspace',
    invoices_contacts: 'workspace',
    invoices_clients: 'workspace',
    invoices_resets: 'workspace',
  },
  files: { table: 'invoices_files' },
  resetKeeps: ['invoices_audit', 'invoices_resets'],
  scopes: {
    'invoice:read': 'read invoices, jobs and files',
    'invoice:write': 'upload, change, delete, confirm and reprocess invoices',
    'invoice:export': 'download exports',
    'client:read': 'list and inspect clients',
    'client:write': 'create, change and delete clients',
    'contact:read': 'list and inspect contacts',
    'contact:write': 'create, change and delete contacts',
    'webhook:read': 'list and inspect webhook endpoints, deliveries and events',
    'webhook:manage': 'create, change, delete and test webhook endpoints, and send deliveries again',
    'audit:read': 'query the audit log',
    'testmode:reset': 'clear test data and trigger test events; of use with test keys only',
  },
  errors,
  tags: {
    Invoices: 'What was read from documents.',
    Jobs: 'One run of the pipeline over one file.',
    Clients: 'End customers of the team; each invoice belongs to one.',
    Contacts: 'Sellers and buyers.',
    Webhooks: 'Endpoints, deliveries and events of the caller’s mode.',
    Audit: 'Who changed what, a stream for each mode.',
    Team: 'Who the key is, what is left of credits and limits.',
    'Test mode': 'Clearing test data, and events on demand.',
    Registry: 'The error codes, public.',
  },
  dialect,
  idempotency: {
    scope: 'key',
    waitMs: 0,
    keepMs: 86_400_000,
    maxLength: 255,
    headers: ['x-client-id'],
  },
  settings: {
    rateLimitPerMinute: integerSetting({
      env: 'PARSEO_RATE_LIMIT_PER_MINUTE',
      default: 60,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one key, over the last minute at any moment; live and test keys count apart.',
    }),
    rateLimitPerHour: integerSetting({
      env: 'PARSEO_RATE_LIMIT_PER_HOUR',
      default: 1_000,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests an hour of one key, over the last hour at any moment; live and test keys count apart.',
    }),
    enterprisePerMinute: integerSetting({
      env: 'PARSEO_ENTERPRISE_PER_MINUTE',
      default: 600,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one key of a team on the plan `enterprise`.',
    }),
    enterprisePerHour: integerSetting({
      env: 'PARSEO_ENTERPRISE_PER_HOUR',
      default: 20_000,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests an hour of one key of a team on the plan `enterprise`.',
    }),
    maxFileBytes: integerSetting({
      env: 'MAX_FILE_BYTES',
      default: 20_971_520,
      minimum: 1_024,
      maximum: 52_428_800,
      description: 'The largest file that can be uploaded, in bytes.',
    }),
    maxPages: integerSetting({
      env: 'MAX_PAGES',
      default: 50,
      minimum: 1,
      maximum: 2_000,
      description: 'The most pages of a document.',
    }),
    fixtureDelayMs: integerSetting({
      env: 'FIXTURE_DELAY_MS',
      default: 300,
      minimum: 0,
      maximum: 60_000,
      description: 'How long a job of test mode takes, in milliseconds.',
    }),
    workers: integerSetting({
      env: 'INVOICE_WORKERS',
      default: 2,
      minimum: 1,
      maximum: 64,
      description: 'Documents that one node reads at once.',
    }),
    readerMemoryMb: integerSetting({
      env: 'INVOICE_READER_MEMORY_MB',
      default: 512,
      minimum: 64,
      maximum: 8_192,
      description: 'Memory that reading one document may take; one that takes more fails, and nothing else does.',
    }),
    mailDomain: textSetting({
      env: 'INVOICE_MAIL_DOMAIN',
      default: '',
      pattern: /^([a-z0-9](-*[a-z0-9])*(\.|$))*$/,
      description:
        'The domain whose mail your mail server hands in, such as `in.example.com`; each client then has a mailbox there in each mode.',
    }),
    testDataTtlDays: integerSetting({
      env: 'TEST_DATA_TTL_DAYS',
      default: 0,
      minimum: 0,
      maximum: 3_650,
      description:
        'Days after which test data is deleted: invoices, jobs and files, and what contacts and clients nothing uses any more; 0 keeps it.',
    }),
    webhookHeaderPrefix: textSetting({
      env: 'PARSEO_WEBHOOK_HEADER_PREFIX',
      default: 'X-Parseo',
      pattern: /^[A-Za-z][A-Za-z0-9-]{0,40}$/,
      description: 'What the headers of webhooks begin with.',
    }),
  },
  maxBodyBytes: 1_048_576,
  maxUriBytes: 16 * 1024,
  cors: false,
} as const satisfies ServiceContract;

export type Ctx = Context<typeof contract>;

export const { operation, loop, stage, service, error } = author(contract);
