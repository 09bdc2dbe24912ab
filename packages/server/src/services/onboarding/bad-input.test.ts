import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOnboardingWorld,
  made,
  newCustomer,
  type OnboardingWorld,
  type Org,
  patch,
  refusal,
} from './onboarding.fixture.ts';

let world: OnboardingWorld;
let org: Org;
let paths: Readonly<Record<'customers' | 'contacts' | 'onboardings' | 'tasks', string>>;
let one: { customer: string; contact: string; onboarding: string; task: string };
beforeAll(async () => {
  world = await createOnboardingWorld();
  org = await world.org();
  const customer = await newCustomer(org.live);
  const contact = await made(
    org.live.post(`/api/v1/customers/${customer.id}/contacts`, { name: 'A', email: 'a@b.example' }),
  );
  const onboarding = await made(org.live.post('/api/v1/onboardings', { customer_id: customer.id }));
  const task = await made(org.live.post(`/api/v1/onboardings/${onboarding.id}/tasks`, { title: 'T' }));
  one = { customer: customer.id, contact: contact.id, onboarding: onboarding.id, task: task.id };
  paths = {
    customers: '/api/v1/customers',
    contacts: `/api/v1/customers/${customer.id}/contacts`,
    onboardings: '/api/v1/onboardings',
    tasks: `/api/v1/onboardings/${onboarding.id}/tasks`,
  };
});
afterAll(() => world.close());

const good = () => ({
  customers: { name: 'x' },
  contacts: { name: 'x', email: 'x@example.com' },
  onboardings: { customer_id: one.customer },
  tasks: { title: 'x' },
});
type Kind = keyof ReturnType<typeof good>;
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

const cases: [kind: Kind, fields: Record<string, unknown>, code: string, field: string][] = [
  ['customers', { name: undefined }, 'missing_field', 'name'],
  ['customers', { name: 7 }, 'invalid_type', 'name'],
  ['customers', { name: null }, 'invalid_type', 'name'],
  ['customers', { name: '' }, 'too_small', 'name'],
  ['customers', { name: '   ' }, 'invalid_string', 'name'],
  ['customers', { name: 'x'.repeat(201) }, 'too_big', 'name'],
  ['customers', { name: 'a\u0000b' }, 'invalid_type', 'name'],
  ['customers', { slug: 'Not-A-Slug' }, 'invalid_string', 'slug'],
  ['customers', { slug: 'double--hyphen' }, 'invalid_string', 'slug'],
  ['customers', { slug: 'x'.repeat(81) }, 'too_big', 'slug'],
  ['customers', { slug: null }, 'invalid_type', 'slug'],
  ['customers', { domain: 'https://aurora.com' }, 'invalid_string', 'domain'],
  ['customers', { domain: 'aurora.com/path' }, 'invalid_string', 'domain'],
  ['customers', { domain: 'aurora.com:8080' }, 'invalid_string', 'domain'],
  ['customers', { domain: '192.0.2.7' }, 'invalid_string', 'domain'],
  ['customers', { domain: 'no dots' }, 'invalid_string', 'domain'],
  ['customers', { domain: '' }, 'invalid_string', 'domain'],
  ['customers', { domain: `${'x'.repeat(64)}.com` }, 'invalid_string', 'domain'],
  ['customers', { status: 'paused' }, 'invalid_enum_value', 'status'],
  ['customers', { status: null }, 'invalid_type', 'status'],
  ['customers', { mrr: -1 }, 'too_small', 'mrr'],
  ['customers', { mrr: 1.5 }, 'invalid_type', 'mrr'],
  ['customers', { mrr: '5' }, 'invalid_type', 'mrr'],
  ['customers', { mrr: 2 ** 53 }, 'too_big', 'mrr'],
  ['customers', { health_score: 101 }, 'too_big', 'health_score'],
  ['customers', { plan: 'x'.repeat(201) }, 'too_big', 'plan'],
  ['customers', { slack_channel_id: 5 }, 'invalid_type', 'slack_channel_id'],
  ['customers', { metadata: [] }, 'invalid_type', 'metadata'],
  ['customers', { metadata: 'x' }, 'invalid_type', 'metadata'],
  ['customers', { metadata: null }, 'invalid_type', 'metadata'],
  ['customers', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, i])) }, 'too_big', 'metadata'],
  ['customers', { metadata: { a: 'x'.repeat(17_000) } }, 'too_big', 'metadata'],
  ['customers', { metadata: nested(21) }, 'too_big', 'metadata'],
  ['customers', { metadata: { deep: { n: 1e300 } } }, 'invalid_type', 'metadata.deep.n'],
  ['contacts', { name: undefined }, 'missing_field', 'name'],
  ['contacts', { email: undefined }, 'missing_field', 'email'],
  ['contacts', { email: 'nobody' }, 'invalid_string', 'email'],
  ['contacts', { email: '@example.com' }, 'invalid_string', 'email'],
  ['contacts', { email: 'a..b@example.com' }, 'invalid_string', 'email'],
  ['contacts', { email: 'a b@example.com' }, 'invalid_string', 'email'],
  ['contacts', { email: 'a@b@example.com' }, 'invalid_string', 'email'],
  ['contacts', { email: `${'x'.repeat(65)}@example.com` }, 'invalid_string', 'email'],
  ['contacts', { email: `${'x'.repeat(250)}@example.com` }, 'too_big', 'email'],
  ['contacts', { is_primary: 'yes' }, 'invalid_type', 'is_primary'],
  ['contacts', { labels: 'x' }, 'invalid_type', 'labels'],
  ['contacts', { labels: Array(51).fill('x') }, 'too_big', 'labels'],
  ['contacts', { labels: [1] }, 'invalid_type', 'labels[0]'],
  ['onboardings', { customer_id: undefined }, 'missing_field', 'customer_id'],
  ['onboardings', { customer_id: {} }, 'invalid_type', 'customer_id'],
  ['onboardings', { customer_id: 1.5 }, 'invalid_type', 'customer_id'],
  ['onboardings', { customer_id: -1 }, 'too_small', 'customer_id'],
  ['onboardings', { customer_id: '' }, 'too_small', 'customer_id'],
  ['onboardings', { phase: 'kickoff' }, 'invalid_enum_value', 'phase'],
  ['onboardings', { phase: 3 }, 'invalid_type', 'phase'],
  ['onboardings', { state: 'done' }, 'invalid_enum_value', 'state'],
  ['onboardings', { state: 'blocked' }, 'invalid_enum_value', 'state'],
  ['onboardings', { target_launch_date: '2026-07-15' }, 'invalid_string', 'target_launch_date'],
  ['onboardings', { target_launch_date: '2026-02-30T00:00:00Z' }, 'invalid_string', 'target_launch_date'],
  ['onboardings', { target_launch_date: '2026-07-15T00:00:00' }, 'invalid_string', 'target_launch_date'],
  ['onboardings', { csm_id: 'a stranger' }, 'invalid_reference', 'csm_id'],
  ['onboardings', { notes: 'x'.repeat(10_001) }, 'too_big', 'notes'],
  ['onboardings', { reminder_frequency_days: 0 }, 'too_small', 'reminder_frequency_days'],
  ['onboardings', { reminder_frequency_days: 366 }, 'too_big', 'reminder_frequency_days'],
  ['tasks', { title: undefined }, 'missing_field', 'title'],
  ['tasks', { parent_id: 'cm3p0x7sd0001qk08v2h4z9ra' }, 'invalid_reference', 'parent_id'],
  ['tasks', { assignee_id: 'a stranger' }, 'invalid_reference', 'assignee_id'],
  ['tasks', { due_date: 'tomorrow' }, 'invalid_string', 'due_date'],
];

describe('a new resource', () => {
  it.each(cases)('%s with %.60j: %s of %s, alike in both modes', async (kind, fields, code, field) => {
    const body = { ...good()[kind], ...fields };
    for (const caller of [org.live, org.test]) {
      expect(await refusal(caller.post(paths[kind], body))).toEqual([400, code, field]);
    }
  });
});

describe('a change', () => {
  const changes = cases.filter(
    ([kind, fields]) => !Object.values(fields).includes(undefined) && kind !== 'tasks' && !('customer_id' in fields),
  );

  it.each(changes)('%s with %.60j: %s of %s', async (kind, fields, code, field) => {
    const path = {
      customers: `customers/${one.customer}`,
      contacts: `contacts/${one.contact}`,
      onboardings: `onboardings/${one.onboarding}`,
      tasks: '',
    }[kind];
    expect(await refusal(patch(org.test, `/api/v1/${path}`, fields))).toEqual([400, code, field]);
  });

  it('leaves a completed onboarding completed', async () => {
    const { id } = await made(org.live.post(paths.onboardings, { ...good().onboardings, phase: 'completed' }));
    expect(await refusal(patch(org.live, `/api/v1/onboardings/${id}`, { phase: 'launch' }))).toEqual([
      400,
      'invalid_phase_transition',
      'phase',
    ]);
    expect((await patch(org.live, `/api/v1/onboardings/${id}`, { state: 'paused' })).status).toBe(200);
  });
});

describe('a display_id', () => {
  it('is plain digits, in a path and in a body; whatever else looks like a number names nothing, nor does a slug', async () => {
    const own = await world.org();
    const first = await newCustomer(own.live, { name: '2' });
    const second = await newCustomer(own.live, { name: 'Second' });
    expect([first.display_id, first.slug, second.display_id]).toEqual([1, '2', 2]);
    for (const id of ['2', '02']) {
      expect((await made(own.live.get(`/api/v1/customers/${id}`), 200)).id).toBe(second.id);
      expect((await made(own.live.post('/api/v1/onboardings', { customer_id: id }))).customer_id).toBe(second.id);
    }
    const strange = ['1e0', '1.0', '+1', '-1', '0x1', '0', '٣', '１', '9223372036854775808', '9'.repeat(40), 'second'];
    for (const id of strange) {
      const path = `/api/v1/customers/${encodeURIComponent(id)}`;
      expect(await refusal(own.live.get(path)), id).toEqual([404, 'customer_not_found', null]);
      const opened = own.live.post('/api/v1/onboardings', { customer_id: id });
      expect(await refusal(opened), id).toEqual([404, 'customer_not_found', 'customer_id']);
    }
  });
});

describe('ids of others', () => {
  it('exist nowhere, in a path, a body or a filter', async () => {
    const other = await world.org();
    for (const [path, code] of [
      [`customers/${one.customer}`, 'customer_not_found'],
      [`customers/${one.customer}/contacts`, 'customer_not_found'],
      [`contacts/${one.contact}`, 'contact_not_found'],
      [`onboardings/${one.onboarding}`, 'onboarding_not_found'],
      [`tasks/${one.task}`, 'task_not_found'],
      [`onboardings/${one.onboarding}/tasks`, 'onboarding_not_found'],
    ]) {
      expect(await refusal(other.live.get(`/api/v1/${path}`)), path).toEqual([404, code, null]);
    }
    const body = { customer_id: one.customer };
    expect(await refusal(other.test.post('/api/v1/onboardings', body))).toEqual([
      404,
      'customer_not_found',
      'customer_id',
    ]);
    expect((await other.live.get(`/api/v1/onboardings?customer_id=${one.customer}`)).body.data).toEqual([]);
  });
});

describe('lists', () => {
  it.each([
    ['limit=0', 'too_small', 'limit'],
    ['limit=101', 'too_big', 'limit'],
    ['limit=ten', 'invalid_type', 'limit'],
    ['cursor=yesterday', 'invalid_string', 'cursor'],
    ['cursor=2026-01-01', 'invalid_string', 'cursor'],
    ['status=gone', 'invalid_enum_value', 'status'],
  ])('refuse ?%s: %s of %s', async (query, code, field) => {
    expect(await refusal(org.live.get(`/api/v1/customers?${query}`))).toEqual([400, code, field]);
  });
});

describe('Unicode', () => {
  it.each([
    ['MÜNCHEN.de', 'münchen.de'],
    ['xn--mnchen-3ya.de', 'münchen.de'],
    ['例え.テスト', '例え.テスト'],
    ['Sub.Aurora.COM', 'sub.aurora.com'],
  ])('reads the domain %s as %s', async (domain, kept) => {
    expect((await newCustomer(org.live, { domain })).domain).toBe(kept);
  });

  it('keeps one address in one form, so that it is taken in any other', async () => {
    const customer = await newCustomer(org.live);
    const path = `/api/v1/customers/${customer.id}/contacts`;
    const contact = await made(org.live.post(path, { name: 'J', email: 'Jörg+CI@MÜNCHEN.de' }));
    expect(contact.email).toBe('jörg+ci@münchen.de');
    const again = { name: 'J', email: 'jo\u0308rg+ci@xn--mnchen-3ya.de' };
    expect(await refusal(org.test.post(path, again))).toEqual([409, 'email_taken', 'email']);
  });
});

describe('requests', () => {
  it('that cannot be read are refused in the same envelope', async () => {
    const json = { headers: { 'content-type': 'application/json' } };
    const post = (payload: string, options = json) => org.live.send('POST', paths.customers, payload, options);
    expect(await refusal(post('{"name":'))).toEqual([400, 'invalid_json', 'body']);
    expect(await refusal(post('[]'))).toEqual([400, 'invalid_json', 'body']);
    expect(await refusal(post('name=x', { headers: { 'content-type': 'text/plain' } }))).toEqual([
      400,
      'invalid_json',
      'Content-Type',
    ]);
    expect(await refusal(post(`{"name":"${'x'.repeat(300_000)}"}`))).toEqual([400, 'body_too_large', 'body']);
    expect(await refusal(org.live.get('/api/v1/nothing'))).toEqual([404, 'route_not_found', null]);
    expect(await refusal(org.live.send('PUT', paths.customers, '{}', json))).toEqual([404, 'route_not_found', null]);
    const key = { headers: { 'idempotency-key': 'x'.repeat(256) } };
    expect(await refusal(org.live.post(paths.customers, { name: 'x' }, key))).toEqual([
      400,
      'invalid_idempotency_key',
      'Idempotency-Key',
    ]);
  });
});
