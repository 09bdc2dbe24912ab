import { author, type Context, integerSetting, type ServiceContract } from '../../core/service.ts';
import { dialect } from './dialect.ts';
import { errors } from './errors.ts';

const perKey = { per: 'key', max: 0, setting: 'rateLimitPerMinute', windowMs: 60_000, counter: 'own' } as const;

/** Durable scheduled HTTP delivery: test keys really send, to test data of their own. */
export const contract = {
  name: 'scheduler',
  title: 'Scheduled HTTP delivery',
  description:
    'Sends an HTTP request at an instant or on a recurrence, retries it, and keeps what could not be delivered. Test and live are two datasets; both are really sent.',
  basePath: '/v1',
  keys: {
    prefix: { live: 'sk_live_', test: 'sk_test_' },
    env: 'SCHED_API_KEY',
    length: 43,
    anonymous: 'refuse',
  },
  modes: {
    data: { live: 'isolated', test: 'isolated' },
    foreign: { live: 'not_found', test: 'not_found' },
    effects: { 'delivery.send': { live: 'deliver', test: 'deliver' } },
    entropy: { live: 'csprng', test: 'csprng' },
    limits: { live: perKey, test: perKey },
    quota: { live: 'uncounted', test: 'uncounted' },
  },
  ids: 'sortable',
  tables: { scheduler_schedules: 'workspace', scheduler_clocks: 'workspace' },
  scopes: {
    'schedules:read': 'read schedules and preview times',
    'schedules:write': 'create, change, pause, cancel and backfill schedules, and move the test clock',
    'endpoints:read': 'read endpoint profiles',
    'endpoints:write': 'create, change and archive endpoint profiles',
    'deliveries:read': 'read deliveries, their attempts and the dispatch SLO of the project',
    'deliveries:write': 'replay and cancel deliveries',
    'secrets:read': 'list signing secrets, never their text',
    'secrets:write': 'create, rotate and revoke signing secrets',
  },
  errors,
  tags: {
    Schedules: 'An instruction: this destination, at this time or on this recurrence.',
    Endpoints:
      'Named destinations with a delivery policy; editing one changes future deliveries of every schedule on it.',
    Deliveries: 'One occurrence of a schedule, with its attempts; what failed for good is kept and can be replayed.',
    'Signing secrets': 'What deliveries are signed with, for a project, an endpoint or a schedule.',
    'Test clock': 'Time of the test schedules of a project, frozen and moved at will.',
    Project: 'Who the key is, and how punctual the dispatch was.',
  },
  dialect,
  idempotency: {
    scope: 'mode',
    waitMs: 10_000,
    keepMs: 86_400_000,
    maxLength: 255,
    head: ({ method, path }) => `${method}\n${path}\n`,
  },
  settings: {
    rateLimitPerMinute: integerSetting({
      env: 'SCHED_RATE_LIMIT_PER_MINUTE',
      default: 0,
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one key; 0 is unlimited.',
    }),
    retentionDays: integerSetting({
      env: 'SCHED_RETENTION_DAYS',
      default: 90,
      minimum: 1,
      maximum: 3650,
      description:
        'Days after which finished deliveries are deleted; a dead letter that nobody replayed stays 90 at least.',
    }),
  },
  maxBodyBytes: 1_048_576,
  maxUriBytes: 16 * 1024,
  cors: false,
} as const satisfies ServiceContract;

export type Ctx = Context<typeof contract>;

export const { operation, loop, service, error } = author(contract);
