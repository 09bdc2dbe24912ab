import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../core/service.ts';
import { decideDisposition } from '../../dispatch/emit.ts';
import { receivers } from '../../dispatch/webhooks/webhooks.fixture.ts';
import { signUp } from '../../testing/person.ts';
import type { Receiver } from '../../testing/receiver.ts';
import { contract } from './contract.ts';
import {
  createOnboardingWorld,
  type Mode,
  made,
  newCustomer,
  type OnboardingWorld,
  type Org,
  patch,
  refusal,
  remove,
} from './onboarding.fixture.ts';

/* The rules of specification 4.3, by their numbers. */

let world: OnboardingWorld;
const open = receivers();
beforeAll(async () => {
  world = await createOnboardingWorld({ INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' });
  await world.t.platform.webhooks.ready;
  world.t.platform.startLoops();
});
afterEach(() => open.closeAll());
afterAll(() => world.close());

const modes = ['live', 'test'] as const;
const messages = ['slack.message', 'email.message', 'stripe.link'];

interface EffectRow {
  readonly name: string;
  readonly state: string;
  readonly request_id: string;
  readonly payload: { readonly kind?: string; readonly to?: unknown };
}

/** Messages to people and other systems that calls of a mode caused, no events: oldest call first, those of a call by their names. */
async function messagesOf(org: Pick<Org, 'id'>, mode: Mode): Promise<EffectRow[]> {
  const rows = await world.rows<EffectRow>(
    `select name, state, request_id, payload from ${mode}.effects where workspace_id = $1 order by seq`,
    [org.id],
  );
  // What one call wrote down leaves in one statement, in whatever order.
  const calls = [...new Set(rows.map(({ request_id }) => request_id))];
  const place = ({ request_id, name, payload }: EffectRow) =>
    `${String(calls.indexOf(request_id)).padStart(6, '0')} ${name} ${payload.kind}`;
  return rows
    .filter(({ name }) => messages.includes(name))
    .sort((a, b) => (place(a) < place(b) ? -1 : Number(place(a) > place(b))));
}

/** The three creates of the quickstart and a phase change, by a key of one mode. */
async function story(org: Org, mode: Mode, slug = `story-${mode}`) {
  const caller = org[mode];
  const customer = await newCustomer(caller, { slug, domain: 'aurora.com', metadata: { test: true } });
  const contact = await made(
    caller.post(`/api/v1/customers/${customer.display_id}/contacts`, {
      name: 'Mira',
      email: `mira+${slug}@aurora.com`,
    }),
  );
  const onboarding = await made(caller.post('/api/v1/onboardings', { customer_id: String(customer.display_id) }));
  const moved = await made(patch(caller, `/api/v1/onboardings/${onboarding.display_id}`, { phase: 'launch' }), 200);
  return { customer, contact, onboarding, moved };
}

/** A story without what is its own: ids, numbers and times. */
function shapeOf(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(/"c[0-9a-z]{24}"/g, '"id"')
      .replaceAll(/"display_id":\d+/g, '"display_id":0')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then')
      .replaceAll(/story-(live|test)/g, 'story'),
  );
}

describe('same API, same data', () => {
  it('1, 4: every call of a story answers alike in both modes', async () => {
    const org = await world.org();
    expect(shapeOf(await story(org, 'test'))).toEqual(shapeOf(await story(org, 'live')));
  });

  it('2, 3: what a test key wrote a live key reads under the same id and number, and the other way round', async () => {
    const org = await world.org();
    for (const [writes, reads] of [
      ['live', 'test'],
      ['test', 'live'],
    ] as const) {
      const { customer, contact, moved } = await story(org, writes);
      for (const path of [`customers/${customer.id}`, `customers/${customer.display_id}`]) {
        expect((await org[reads].get(`/api/v1/${path}`)).body).toEqual(customer);
      }
      expect((await org[reads].get(`/api/v1/contacts/${contact.display_id}`)).body).toEqual(contact);
      expect((await org[reads].get(`/api/v1/onboardings/${moved.display_id}`)).body).toEqual(moved);
      expect((await patch(org[reads], `/api/v1/customers/${customer.id}`, { name: 'Renamed' })).status).toBe(200);
      expect((await remove(org[reads], `/api/v1/customers/${customer.id}`)).status).toBe(200);
      expect((await org[writes].get(`/api/v1/customers/${customer.id}`)).status).toBe(404);
    }
  });

  it('5: the same bad payload is refused with the same words', async () => {
    const org = await world.org();
    for (const body of [
      {},
      { name: 3 },
      { name: 'x', slug: 'No' },
      { name: 'x', metadata: [] },
      { name: 'x', mrr: -1 },
    ]) {
      const [live, test] = [
        await org.live.post('/api/v1/customers', body),
        await org.test.post('/api/v1/customers', body),
      ];
      expect(live.status).toBe(400);
      expect(test.text).toBe(live.text);
    }
  });

  it('6: a slug is taken for both modes', async () => {
    const org = await world.org();
    await newCustomer(org.test, { slug: 'one' });
    await newCustomer(org.live, { slug: 'two' });
    expect(await refusal(org.live.post('/api/v1/customers', { name: 'x', slug: 'one' }))).toEqual([
      409,
      'slug_taken',
      'slug',
    ]);
    expect(await refusal(org.test.post('/api/v1/customers', { name: 'x', slug: 'two' }))).toEqual([
      409,
      'slug_taken',
      'slug',
    ]);
  });

  it('7, 9: what a test key made stands in the ordinary lists until somebody deletes it', async () => {
    const org = await world.org();
    const { customer, contact, moved } = await story(org, 'test');
    world.t.clock.advance(400 * 86_400_000);
    await world.t.platform.runDueLoops();
    expect((await org.live.get('/api/v1/customers')).body.data).toEqual([customer]);
    expect((await org.live.get(`/api/v1/customers/${customer.id}/contacts`)).body.data).toEqual([contact]);
    expect((await org.live.get('/api/v1/onboardings')).body.data).toEqual([moved]);
  });

  it('8: a test key deletes as softly as a live key', async () => {
    const org = await world.org();
    for (const mode of modes) {
      const { customer } = await story(org, mode);
      const gone = { object: 'deleted', id: customer.id, display_id: customer.display_id, deleted: true };
      expect((await remove(org[mode], `/api/v1/customers/${customer.id}`)).body).toEqual(gone);
      const rows = await world.rows(
        'select 1 from shared.onboarding_customers where id = $1 and deleted_at is not null',
        [customer.id],
      );
      expect(rows).toHaveLength(1);
    }
  });
});

describe('suppression', () => {
  it('10, 11, 12, 21, 25: every message of a test call is written down with its payload, suppressed', async () => {
    const org = await world.org();
    await story(org, 'test');
    const found = await messagesOf(org, 'test');
    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(messages));
    expect(found.map(({ state }) => state)).toEqual(found.map(() => 'suppressed'));
    expect(found.map(({ payload }) => payload.kind)).toEqual([
      'welcome',
      'customer.created',
      'customer.link',
      'kickoff',
      'onboarding.created',
      'launch_recap',
      'onboarding.launched',
      'onboarding.phase_changed',
    ]);
    expect(await messagesOf(org, 'live')).toEqual([]);
  });

  it('15: nobody is paged: nothing of a test call waits to be sent to a person, or was tried', async () => {
    const org = await world.org();
    await story(org, 'test');
    for (const mode of modes) {
      expect(await world.rows(`select 1 from ${mode}.deliveries where workspace_id = $1`, [org.id])).toEqual([]);
    }
    await story(org, 'live');
    const kinds = await world.rows<{ kind: string }>(
      'select distinct kind from live.deliveries where workspace_id = $1 order by kind',
      [org.id],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['email', 'slack', 'stripe']);
    expect(await world.rows('select 1 from test.deliveries where workspace_id = $1', [org.id])).toEqual([]);
  });

  const attempt = async (org: Org, mode: Mode, statement: ReturnType<typeof sql>, values: readonly unknown[]) => {
    const db = world.t.platform.database.transaction(mode, org.id);
    const outcome = await db.run(statement, values).then(
      () => 'written',
      (thrown: Error) => thrown.message,
    );
    await db.rollback();
    return outcome;
  };
  const delivery = sql`
    insert into deliveries (id, service, kind, source_id, message_id, target_id, event_type, scheduled_for, due_at, created_at)
    values ('dlv_1', 'onboarding', $1, 'eff_1', 'msg_1', 'onboarding/slack', $2, now(), now(), now())`;
  const effect = sql`
    insert into effects (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
    values ($1, 'eff_1', 'onboarding', $2, $3, '{}', 'pending', 'req_1', now())`;

  it('22: no statement of a test call can put a message on its way past the one door', async () => {
    const org = await world.org();
    for (const [kind, name] of [
      ['slack', 'slack.message'],
      ['email', 'email.message'],
      ['stripe', 'stripe.link'],
      ['stripe', 'stripe.acknowledge'],
    ]) {
      expect(await attempt(org, 'test', delivery, [kind, name])).toMatch(/row-level security/);
      expect(await attempt(org, 'live', delivery, [kind, name])).not.toMatch(/row-level security/);
      expect(await attempt(org, 'test', effect, [org.id, name, 'deliver'])).toMatch(/row-level security/);
      expect(await attempt(org, 'test', effect, [org.id, name, 'suppress'])).not.toMatch(/row-level security/);
    }
  });

  it('23: what is not known to be allowed does not leave, in either mode', async () => {
    const org = await world.org();
    for (const mode of modes) {
      for (const name of ['fax.message', '', 'Slack.message']) {
        expect(await attempt(org, mode, effect, [org.id, name, 'deliver'])).toMatch(/row-level security/);
        expect(await attempt(org, mode, delivery, ['slack', name])).toMatch(/row-level security/);
        expect(() => decideDisposition(contract, mode, name)).toThrow(/does not declare/);
      }
    }
    // A mode that is none has no role, so no connection, so no row.
    for (const mode of ['', 'LIVE', 'sandbox', undefined] as unknown as Mode[]) {
      expect(() => decideDisposition(contract, mode, 'slack.message')).toThrow();
    }
  });

  it('18: the same story with a live key intends the same messages, to leave', async () => {
    const org = await world.org();
    await story(org, 'live');
    const kinds = (await messagesOf(org, 'live')).map(({ name, payload }) => `${name} ${payload.kind}`);
    const other = await world.org();
    await story(other, 'test');
    expect((await messagesOf(other, 'test')).map(({ name, payload }) => `${name} ${payload.kind}`)).toEqual(kinds);
    expect((await messagesOf(org, 'live')).filter(({ state }) => state === 'suppressed')).toEqual([]);
    expect(await messagesOf(org, 'test')).toEqual([]);
  });

  it('13, 24: nothing in status, body or headers says that something was held back', async () => {
    const org = await world.org();
    const [live, test] = [
      await org.live.post('/api/v1/customers', { name: 'A', slug: 'story-live' }),
      await org.test.post('/api/v1/customers', { name: 'A', slug: 'story-test' }),
    ];
    expect([test.status, shapeOf(test.body)]).toEqual([live.status, shapeOf(live.body)]);
    expect(Object.keys(test.headers).sort()).toEqual(Object.keys(live.headers).sort());
  });

  it('14, 37: the action is done and recorded, in the feed with the name of the key', async () => {
    const org = await world.org();
    const { customer } = await story(org, 'test');
    const feed = (await org.live.get(`/api/v1/customers/${customer.id}/activity`)).body.data;
    expect(
      feed.map(({ event_type, actor, actor_type, mode, suppressed_effects }: Record<string, unknown>) => ({
        event_type,
        actor,
        actor_type,
        mode,
        suppressed_effects,
      })),
    ).toEqual(
      [
        ['onboarding.phase_moved', 3],
        ['onboarding.created', 2],
        ['contact.added', 0],
        ['customer.created', 3],
      ].map(([event_type, suppressed_effects]) => ({
        event_type,
        actor: 'ci-smoke',
        actor_type: 'api_key',
        mode: 'test',
        suppressed_effects,
      })),
    );
    expect(feed[0]).toMatchObject({ field: 'phase', old_value: 'before_getting_started', new_value: 'launch' });
    const [effect] = (await messagesOf(org, 'test')).slice(-1);
    expect(effect?.request_id).toBe(feed[0].request_id);
  });

  it('18: the mode of the call decides, not where the record came from', async () => {
    const org = await world.org();
    const live = await story(org, 'live');
    const test = await story(org, 'test');
    const before = { live: (await messagesOf(org, 'live')).length, test: (await messagesOf(org, 'test')).length };
    await made(patch(org.test, `/api/v1/onboardings/${live.onboarding.id}`, { phase: 'review' }), 200);
    expect((await messagesOf(org, 'live')).length).toBe(before.live);
    expect((await messagesOf(org, 'test')).slice(before.test)).toMatchObject([{ state: 'suppressed' }]);
    await made(patch(org.live, `/api/v1/onboardings/${test.onboarding.id}`, { phase: 'review' }), 200);
    expect((await messagesOf(org, 'live')).length).toBe(before.live + 1);
  });

  it('26: a replay intends nothing again', async () => {
    const org = await world.org();
    const once = { headers: { 'idempotency-key': 'dry-run' } };
    const first = await org.test.post('/api/v1/customers', { name: 'A' }, once);
    const count = (await messagesOf(org, 'test')).length;
    const again = await org.test.post('/api/v1/customers', { name: 'A' }, once);
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([201, first.text, 'true']);
    // In live mode as well: the scope does not tell the modes apart (10, C21).
    const live = await org.live.post('/api/v1/customers', { name: 'A' }, once);
    expect([live.status, live.text, live.headers['idempotent-replayed']]).toEqual([201, first.text, 'true']);
    expect((await messagesOf(org, 'test')).length).toBe(count);
    expect(await messagesOf(org, 'live')).toEqual([]);
  });
});

describe('reminders', () => {
  const reminders = async (org: Org, mode: Mode) =>
    (await messagesOf(org, mode)).filter(({ payload }) => payload.kind === 'reminder').length;
  /** The clock is never set back: loops that have run wait for their next turn. */
  const days = async (count: number) => {
    for (let day = 0; day < count; day++) {
      world.t.clock.advance(86_400_000);
      await world.t.platform.runDueLoops();
    }
  };

  it('19, 20: what a test key opened reminds nobody, until a live key changes it', async () => {
    const org = await world.org();
    const { onboarding } = await story(org, 'test');
    await days(3);
    expect([await reminders(org, 'live'), await reminders(org, 'test')]).toEqual([0, 3]);
    expect((await messagesOf(org, 'test')).every(({ state }) => state === 'suppressed')).toBe(true);
    await made(patch(org.test, `/api/v1/onboardings/${onboarding.id}`, { notes: 'still a test' }), 200);
    await days(1);
    expect([await reminders(org, 'live'), await reminders(org, 'test')]).toEqual([0, 4]);
    await made(patch(org.live, `/api/v1/onboardings/${onboarding.id}`, { notes: 'in earnest' }), 200);
    await days(2);
    expect([await reminders(org, 'live'), await reminders(org, 'test')]).toEqual([2, 4]);
  });

  it('20: of a live onboarding go on when a test key changes it, and stop when it changes them', async () => {
    const org = await world.org();
    const { onboarding } = await story(org, 'live');
    await made(patch(org.test, `/api/v1/onboardings/${onboarding.id}`, { notes: 'x' }), 200);
    await days(1);
    expect([await reminders(org, 'live'), await reminders(org, 'test')]).toEqual([1, 0]);
    await made(patch(org.test, `/api/v1/onboardings/${onboarding.id}`, { reminder_frequency_days: 2 }), 200);
    await days(2);
    expect([await reminders(org, 'live'), await reminders(org, 'test')]).toEqual([1, 1]);
  });

  it('end with the deletion, with the customer, with completion, and when they are switched off', async () => {
    const org = await world.org();
    const [a, b, c, d] = [
      await story(org, 'live', 'story-a'),
      await story(org, 'live', 'story-b'),
      await story(org, 'live', 'story-c'),
      await story(org, 'live', 'story-d'),
    ];
    await remove(org.live, `/api/v1/onboardings/${a.onboarding.id}`);
    await remove(org.live, `/api/v1/customers/${b.customer.id}`);
    await made(patch(org.live, `/api/v1/onboardings/${c.onboarding.id}`, { phase: 'completed' }), 200);
    await made(patch(org.live, `/api/v1/onboardings/${d.onboarding.id}`, { reminders_enabled: false }), 200);
    await days(2);
    expect(await reminders(org, 'live')).toBe(0);
  });

  it('rest while the onboarding is paused', async () => {
    const org = await world.org();
    const { onboarding } = await story(org, 'live');
    await made(patch(org.live, `/api/v1/onboardings/${onboarding.id}`, { state: 'paused' }), 200);
    await days(2);
    expect(await reminders(org, 'live')).toBe(0);
    await made(patch(org.live, `/api/v1/onboardings/${onboarding.id}`, { state: 'active' }), 200);
    await days(1);
    expect(await reminders(org, 'live')).toBe(1);
  });
});

describe('webhooks', () => {
  interface Listening {
    readonly receivers: Readonly<Record<Mode, Receiver>>;
    readonly org: Org;
  }
  async function listening(): Promise<Listening> {
    const owner = await newPerson();
    const [live, test] = [await open.start(), await open.start()];
    await owner.listen(live, { service: 'onboarding', mode: 'live' });
    await owner.listen(test, { service: 'onboarding', mode: 'test' });
    const key = async (mode: Mode) =>
      (await world.t.key(owner.workspaceId, { service: 'onboarding', mode, name: mode })).key;
    const keys = { live: await key('live'), test: await key('test') };
    const org = { id: owner.workspaceId, keys, live: world.t.as(keys.live), test: world.t.as(keys.test) };
    return { receivers: { live, test }, org };
  }
  async function newPerson() {
    const person = await signUp(world.t);
    return {
      ...person,
      async listen(receiver: Receiver, more: object) {
        const answer = await person.send('POST', '/webhooks', { url: `${receiver.url}/hooks`, ...more });
        expect(answer.status, answer.text).toBe(201);
      },
    };
  }
  const told = (receiver: Receiver) =>
    receiver.received
      .map(({ body }) => JSON.parse(body))
      .map(({ type, livemode }) => `${type} ${livemode}`)
      .sort();

  it.each([
    ['test', 'live', false],
    ['live', 'test', true],
  ] as const)('16, 17: of a %s call only the endpoints of that mode hear', async (mode, other, livemode) => {
    const { org, receivers: at } = await listening();
    await story(org, mode);
    await world.t.platform.webhooks.settle();
    await expect.poll(() => at[mode].received.length, { timeout: 10_000 }).toBe(5);
    expect(told(at[mode])).toEqual(
      [
        'contact.created',
        'customer.created',
        'onboarding.created',
        'onboarding.launched',
        'onboarding.phase_changed',
      ].map((type) => `${type} ${livemode}`),
    );
    expect(told(at[other])).toEqual([]);
    const first = at[mode].received[0];
    expect(Object.keys(first?.headers ?? {})).toEqual(
      expect.arrayContaining(['svix-id', 'svix-timestamp', 'svix-signature']),
    );
    const moved = at[mode].received
      .map(({ body }) => JSON.parse(body))
      .find(({ type }) => type === 'onboarding.phase_changed');
    expect(moved).toMatchObject({
      api_version: 'v1',
      org_id: org.id,
      data: {
        object: { object: 'onboarding', phase: 'launch' },
        previous_attributes: { phase: 'before_getting_started' },
      },
    });
  });
});

describe('rate limits', () => {
  let limited: OnboardingWorld;
  beforeAll(async () => {
    limited = await createOnboardingWorld({ PIVOTAL_LIVE_PER_MINUTE: '60', PIVOTAL_TEST_PER_MINUTE: '30' });
  });
  afterAll(() => limited.close());
  const spend = async (caller: Org['live'], count: number) => {
    const statuses = [];
    for (let i = 0; i < count; i++) statuses.push((await caller.get('/api/v1/me')).status);
    return statuses.filter((status) => status === 200).length;
  };

  it('27 to 31: 30 a minute for a test key, 60 for a live key, apart from each other; /me costs one', async () => {
    const org = await limited.org();
    expect(await spend(org.test, 31)).toBe(30);
    const refused = await org.test.get('/api/v1/customers');
    expect(refused.status).toBe(429);
    expect(refused.body.error).toMatchObject({ type: 'rate_limit_error', code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.headers).toMatchObject({ 'x-ratelimit-limit': '30', 'x-ratelimit-remaining': '0' });
    expect(await spend(org.live, 61)).toBe(60);
    expect((await limited.org().then(({ live }) => live.get('/api/v1/me'))).headers['x-ratelimit-limit']).toBe('60');
  });

  it('gives a workspace on the paid plan 600 for a live key at once, and 30 for a test key as before', async () => {
    const org = await limited.org();
    expect((await org.live.get('/api/v1/me')).headers['x-ratelimit-limit']).toBe('60');
    await limited.rows(`update core.workspaces set plan = 'paid' where id = $1`, [org.id]);
    await expect.poll(async () => (await org.live.get('/api/v1/me')).headers['x-ratelimit-limit']).toBe('600');
    const me = (await org.live.get('/api/v1/me')).body;
    expect(me.api_key.rate_limit_tier).toBe('paid');
    expect((await org.test.get('/api/v1/me')).headers['x-ratelimit-limit']).toBe('30');
  });
});

describe('recognising the mode', () => {
  it('32, 33: /me says whose key it is, and changes nothing', async () => {
    const org = await world.org();
    for (const [mode, name, prefix] of [
      ['live', 'prod-server', 'pivotal_'],
      ['test', 'ci-smoke', 'pivotal_test_'],
    ] as const) {
      const { status, body, headers } = await org[mode].get('/api/v1/me');
      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'api_key_identity',
        key_name: name,
        key_prefix: org.keys[mode].slice(0, prefix.length + 4),
        org_id: org.id,
        mode,
        api_key: { name, scopes: ['*'] },
        organization: { id: org.id },
      });
      expect(body.key_prefix.startsWith(prefix)).toBe(true);
      expect(headers['interlock-mode']).toBe(mode);
    }
    expect(org.keys.live.startsWith('pivotal_test_')).toBe(false);
    expect(await messagesOf(org, 'test')).toEqual([]);
  });

  it('34, 35: the log of each mode has the calls of its keys and no others', async () => {
    const org = await world.org();
    await story(org, 'live');
    await story(org, 'test');
    await org.test.get('/api/v1/customers/none');
    await world.t.platform.flush();
    const log = (mode: Mode) =>
      world.rows<{ actor: string; status: number }>(
        `select actor, status from ${mode}.audit_log where workspace_id = $1`,
        [org.id],
      );
    expect((await log('live')).map(({ actor }) => actor)).toEqual(Array(4).fill('prod-server'));
    expect((await log('test')).map(({ actor }) => actor)).toEqual(Array(5).fill('ci-smoke'));
    expect((await log('test')).filter(({ status }) => status === 404)).toHaveLength(1);
  });

  it('36: the feed says the mode of each entry, and can be filtered by it', async () => {
    const org = await world.org();
    const { customer } = await story(org, 'live');
    await made(patch(org.test, `/api/v1/customers/${customer.id}`, { plan: 'gold' }), 200);
    const feed = async (query: string) =>
      (await org.live.get(`/api/v1/customers/${customer.id}/activity${query}`)).body.data;
    expect(
      (await feed('?mode=test')).map(({ mode, event_type }: Record<string, unknown>) => [mode, event_type]),
    ).toEqual([['test', 'customer.field_changed']]);
    expect(await feed('?mode=live')).toHaveLength(4);
    expect(await feed('')).toHaveLength(5);
  });
});

describe('tagging', () => {
  it('38, 39, 42: the tag is a convention: never needed, never added, and there in every row of a list', async () => {
    const org = await world.org();
    const plain = await newCustomer(org.test, { slug: 'plain' });
    expect(plain.metadata).toEqual({});
    await newCustomer(org.test, { slug: 'tagged', metadata: { test: true } });
    await newCustomer(org.test, { slug: 'texted', metadata: { test: 'true' } });
    const rows = (await org.live.get('/api/v1/customers')).body.data;
    const tagged = rows.filter(({ metadata }: { metadata: { test?: unknown } }) => metadata.test === true);
    expect(tagged.map(({ slug }: { slug: string }) => slug)).toEqual(['tagged']);
  });

  it('41: rows can be told apart by the tag alone, which nothing but the boolean is, whichever key made them', async () => {
    const org = await world.org();
    await newCustomer(org.live, { slug: 'tagged-live', metadata: { test: true } });
    await newCustomer(org.test, { slug: 'plain' });
    await newCustomer(org.test, { slug: 'texted', metadata: { test: 'true' } });
    const found = (await org.live.post('/api/v1/customers/cleanup', { dry_run: true })).body;
    const [tagged] = (await org.live.get('/api/v1/customers?slug=tagged-live')).body.data;
    expect(found).toMatchObject({ customers: 1, ids: [tagged.id] });
  });

  it('40: the tag alone holds nothing back', async () => {
    const org = await world.org();
    await newCustomer(org.live, { metadata: { test: true } });
    const found = await messagesOf(org, 'live');
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ state }) => state === 'suppressed')).toEqual([]);
  });
});

describe('isolation and keys', () => {
  it('43, 44: a second workspace shares nothing with the first', async () => {
    const [a, b] = [await world.org(), await world.org()];
    const { customer, contact, onboarding } = await story(a, 'live');
    for (const path of [`customers/${customer.id}`, `contacts/${contact.id}`, `onboardings/${onboarding.id}`]) {
      for (const mode of modes) {
        expect((await b[mode].get(`/api/v1/${path}`)).status).toBe(404);
        expect((await remove(b[mode], `/api/v1/${path}`)).status).toBe(404);
      }
    }
    expect(await refusal(b.live.post('/api/v1/onboardings', { customer_id: customer.id }))).toEqual([
      404,
      'customer_not_found',
      'customer_id',
    ]);
    await newCustomer(b.live, { slug: customer.slug });
    expect((await a.live.get(`/api/v1/customers/${customer.id}`)).body).toEqual(customer);
  });

  it('46: keys of both modes work beside each other, several of each', async () => {
    const org = await world.org();
    const other = (await world.t.key(org.id, { service: 'onboarding', mode: 'live', name: 'second' })).key;
    const answers = await Promise.all(
      [org.live, org.test, world.t.as(other)].map((caller) => caller.get('/api/v1/me')),
    );
    expect(answers.map(({ body }) => [body.mode, body.key_name])).toEqual([
      ['live', 'prod-server'],
      ['test', 'ci-smoke'],
      ['live', 'second'],
    ]);
  });

  it('A revoked key is refused as such on the next call, an unknown one as unknown, none as missing', async () => {
    const org = await world.org();
    const made = await world.t.key(org.id, { service: 'onboarding', mode: 'test', name: 'gone' });
    const caller = world.t.as(made.key);
    expect((await caller.get('/api/v1/me')).status).toBe(200);
    await world.t.platform.keysOf(org.id).revoke(made.id);
    expect(await refusal(caller.get('/api/v1/me'))).toEqual([401, 'api_key_revoked', null]);
    expect(await refusal(world.t.as(null).get('/api/v1/me'))).toEqual([401, 'missing_api_key', null]);
    expect(await refusal(world.t.as(`${org.keys.test.slice(0, -1)}!`).get('/api/v1/me'))).toEqual([
      401,
      'invalid_api_key',
      null,
    ]);
    for (const headers of [
      { authorization: org.keys.test },
      { authorization: `Bearer: ${org.keys.test}` },
      { bearer: org.keys.test },
    ]) {
      expect(await refusal(world.t.as(null).get('/api/v1/me', { headers }))).toEqual([401, 'missing_api_key', null]);
    }
    const lower = { headers: { authorization: `bearer ${org.keys.test}` } };
    expect((await world.t.as(null).get('/api/v1/me', lower)).status).toBe(200);
    expect(await refusal(world.t.as(null).get(`/api/v1/me?api_key=${org.keys.test}`))).toEqual([
      401,
      'missing_api_key',
      null,
    ]);
  });
});
