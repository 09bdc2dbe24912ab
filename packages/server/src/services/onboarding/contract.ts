import { author, type Context, integerSetting, type ServiceContract } from '../../core/service.ts';
import { dialect } from './dialect.ts';
import { errors } from './errors.ts';

/** In test mode endpoints that are flagged for it hear of events, and nobody else does. */
const event = { live: 'deliver', test: 'deliver' } as const;
/** A message to people or to another system: written down in test mode, and never sent. */
const message = { live: 'deliver', test: 'suppress' } as const;

/** Customer onboarding: one set of rows for both modes, and in test mode nothing leaves the building. */
export const contract = {
  name: 'onboarding',
  title: 'Customer onboarding',
  description:
    'Customers, their contacts and their onboardings. A test key works on the same data as a live key; messages to people and to other systems are recorded instead of sent.',
  basePath: '/api/v1',
  keys: {
    prefix: { live: 'pivotal_', test: 'pivotal_test_' },
    env: 'PIVOTAL_API_KEY',
    length: 40,
    anonymous: 'refuse',
  },
  modes: {
    data: { live: 'shared', test: 'shared' },
    foreign: { live: 'not_applicable', test: 'not_applicable' },
    effects: {
      'customer.created': event,
      'customer.updated': event,
      'customer.archived': event,
      'customer.at_risk': event,
      'customer.churned': event,
      'customer.health_score_dropped': event,
      'contact.created': event,
      'onboarding.created': event,
      'onboarding.phase_changed': event,
      'onboarding.state_changed': event,
      'onboarding.at_risk': event,
      'onboarding.back_on_track': event,
      'onboarding.launched': event,
      'onboarding.completed': event,
      'task.completed': event,
      'slack.message': message,
      'email.message': message,
      'stripe.link': message,
      'stripe.acknowledge': message,
    },
    entropy: { live: 'csprng', test: 'csprng' },
    limits: {
      live: {
        per: 'key',
        max: 60,
        setting: 'livePerMinute',
        plans: { paid: { max: 600, setting: 'paidPerMinute' } },
        windowMs: 60_000,
        algorithm: 'sliding_log',
        counter: 'own',
      },
      test: {
        per: 'key',
        max: 30,
        setting: 'testPerMinute',
        windowMs: 60_000,
        algorithm: 'sliding_log',
        counter: 'own',
      },
    },
    quota: { live: 'uncounted', test: 'uncounted' },
  },
  ids: 'cuid',
  tables: {
    onboarding_counters: 'workspace',
    onboarding_customers: 'workspace',
    onboarding_contacts: 'workspace',
    onboarding_onboardings: 'workspace',
    onboarding_tasks: 'workspace',
    onboarding_activity: 'workspace',
    onboarding_documents: 'workspace',
    onboarding_calendar_feeds: 'workspace',
    onboarding_stripe_subscriptions: 'workspace',
  },
  webhooks: {
    dialect: 'pivotal',
    events: {
      'customer.created': 'a customer was created',
      'customer.updated': 'fields of a customer changed',
      'customer.archived': 'the status of a customer became `archived`',
      'customer.at_risk': 'the status of a customer became `at_risk`',
      'customer.churned': 'the status of a customer became `churned`',
      'customer.health_score_dropped': 'the health score of a customer fell by 10 or more',
      'contact.created': 'a contact was added to a customer',
      'onboarding.created': 'an onboarding was opened',
      'onboarding.phase_changed': 'an onboarding moved to another phase',
      'onboarding.state_changed': 'the state of an onboarding changed',
      'onboarding.at_risk': 'the state of an onboarding became `at_risk`',
      'onboarding.back_on_track': 'the state of an onboarding went from `at_risk` to `active`',
      'onboarding.launched': 'an onboarding entered the phase `launch`',
      'onboarding.completed': 'an onboarding entered the phase `completed`',
      'task.completed': 'a task was done',
    },
    maxEndpoints: 50,
  },
  messages: {
    'slack.message': 'slack',
    'email.message': 'email',
    'stripe.link': 'stripe',
    'stripe.acknowledge': 'stripe',
  },
  // No finer rights exist (specification 4.1, A-5).
  scopes: { '*': 'read and change everything in the workspace' },
  errors,
  tags: {
    Customers: 'Companies that are being onboarded or supported.',
    Contacts: 'People at a customer; one of them is the primary one.',
    Onboardings: 'Plans for a customer, phase by phase; a customer can have several.',
    Tasks: 'What is to be done in an onboarding, with one level of subtasks.',
    Activity: 'What happened to a customer: one entry for each call that changed something, with its mode.',
    Calendar: 'Target launch dates, for calendar programs that subscribe to them.',
    Key: 'Whose key this is, and whether the service is up.',
  },
  dialect,
  idempotency: {
    scope: 'workspace',
    perEndpoint: true,
    sameBody: 'json',
    head: () => '',
    waitMs: 0,
    keepMs: 86_400_000,
    maxLength: 255,
  },
  settings: {
    livePerMinute: integerSetting({
      env: 'PIVOTAL_LIVE_PER_MINUTE',
      default: 60,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one live key.',
    }),
    paidPerMinute: integerSetting({
      env: 'PIVOTAL_PAID_PER_MINUTE',
      default: 600,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one live key of a workspace on the plan `paid`.',
    }),
    testPerMinute: integerSetting({
      env: 'PIVOTAL_TEST_PER_MINUTE',
      default: 30,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one test key, on any plan.',
    }),
    welcomeMail: integerSetting({
      env: 'PIVOTAL_WELCOME_MAIL',
      default: 1,
      minimum: 0,
      maximum: 1,
      description: 'Whether a new customer is welcomed by e-mail: 1 or 0.',
    }),
    kickoffMail: integerSetting({
      env: 'PIVOTAL_KICKOFF_MAIL',
      default: 1,
      minimum: 0,
      maximum: 1,
      description: 'Whether a new onboarding is announced to the primary contact by e-mail: 1 or 0.',
    }),
    launchRecapMail: integerSetting({
      env: 'PIVOTAL_LAUNCH_RECAP_MAIL',
      default: 1,
      minimum: 0,
      maximum: 1,
      description: 'Whether a launch is summed up to the primary contact by e-mail: 1 or 0.',
    }),
  },
  maxBodyBytes: 256 * 1024,
  maxUriBytes: 8 * 1024,
  cors: false,
  // Authentication, limit and only then the route (specification 5.4, ER-10).
  admitsUnknownPaths: true,
} as const satisfies ServiceContract;

export type Ctx = Context<typeof contract>;

export const { operation, loop, service, error } = author(contract);
