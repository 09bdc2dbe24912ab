import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createOnboardingWorld,
  made,
  newCustomer,
  type OnboardingWorld,
  patch,
  refusal,
  remove,
} from './onboarding.fixture.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world.close());

it('creates a customer from a name alone, with the defaults of the reference', async () => {
  const { live } = await world.org();
  const customer = await newCustomer(live, { name: 'Bright Future Tech' });
  expect(customer).toEqual({
    object: 'customer',
    id: expect.stringMatching(/^c[0-9a-z]{24}$/),
    display_id: 1,
    name: 'Bright Future Tech',
    slug: 'bright-future-tech',
    domain: null,
    status: 'active',
    plan: null,
    mrr: null,
    monthly_orders: null,
    health_score: null,
    hubspot_company_id: null,
    hubspot_deal_id: null,
    stripe_customer_id: null,
    intercom_company_id: null,
    slack_channel_id: null,
    metadata: {},
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updated_at: customer.created_at,
  });
});

it('takes the display_id wherever it takes the id, and answers the same', async () => {
  const { live } = await world.org();
  const customer = await newCustomer(live, { slug: 'aurora' });
  const byId = await live.get(`/api/v1/customers/${customer.id}`);
  expect(byId.body).toEqual(customer);
  expect((await live.get(`/api/v1/customers/${customer.display_id}`)).text).toBe(byId.text);
  // A slug is no id, but finds the customer in the list.
  expect(await refusal(live.get('/api/v1/customers/aurora'))).toEqual([404, 'customer_not_found', null]);
  expect((await live.get('/api/v1/customers?slug=aurora')).body.data).toEqual([customer]);
  for (const none of ['0', '99', '9'.repeat(80), 'cm3p0x7sd0001qk08v2h4z9ra']) {
    expect(await refusal(live.get(`/api/v1/customers/${none}`))).toEqual([404, 'customer_not_found', null]);
  }
});

it('numbers customers by workspace, and gives no number twice', async () => {
  const [a, b] = [await world.org(), await world.org()];
  const first = await newCustomer(a.live);
  await made(remove(a.live, `/api/v1/customers/${first.id}`), 200);
  expect((await newCustomer(a.test)).display_id).toBe(2);
  expect((await newCustomer(b.live)).display_id).toBe(1);
  expect(await refusal(b.live.get(`/api/v1/customers/${first.id}`))).toEqual([404, 'customer_not_found', null]);
});

it('keeps metadata as it was sent, with its types and the order of its keys', async () => {
  const { live } = await world.org();
  const metadata = { z: 1, test: true, a: { nested: [1, 'zwei', null, 2.5] }, '': '', ключ: '☕' };
  const answer = await live.post('/api/v1/customers', { name: 'M', metadata });
  expect(JSON.stringify(answer.body.metadata)).toBe(JSON.stringify(metadata));
  const [row] = (await live.get('/api/v1/customers')).body.data;
  expect(JSON.stringify(row.metadata)).toBe(JSON.stringify(metadata));
  const changed = await patch(live, `/api/v1/customers/${row.id}`, { metadata: { ci_run_id: '9f31c02', z: null } });
  expect(changed.body.metadata).toEqual({ test: true, a: metadata.a, '': '', ключ: '☕', ci_run_id: '9f31c02' });
});

it('puts a number behind a derived slug that is taken, and refuses a given one', async () => {
  const { live } = await world.org();
  const slugs = [];
  for (let i = 0; i < 3; i++) slugs.push((await newCustomer(live, { name: 'Ácme & Søn' })).slug);
  expect(slugs).toEqual(['acme-s-n', 'acme-s-n-2', 'acme-s-n-3']);
  expect(await refusal(live.post('/api/v1/customers', { name: 'x', slug: 'acme-s-n' }))).toEqual([
    409,
    'slug_taken',
    'slug',
  ]);
  expect((await newCustomer(live, { name: '株式会社' })).slug).toBe('customer');
});

it('numbers the slugs of many who are created under one name at once, in both modes, and of a long name', async () => {
  const { live, test } = await world.org();
  await newCustomer(live, { slug: 'acme-3' });
  const made = await Promise.all(
    Array.from({ length: 30 }, (_, turn) => newCustomer(turn % 2 === 0 ? live : test, { name: 'Acme' })),
  );
  const numbers = [2, ...Array.from({ length: 28 }, (_, at) => at + 4)];
  expect(new Set(made.map(({ slug }) => slug))).toEqual(
    new Set(['acme', ...numbers.map((number) => `acme-${number}`)]),
  );
  const long = `${'x'.repeat(77)} yz`;
  const slugs = [];
  for (let i = 0; i < 2; i++) slugs.push((await newCustomer(live, { name: long })).slug);
  expect(slugs).toEqual([`${'x'.repeat(77)}-yz`, `${'x'.repeat(77)}-2`]);
});

it('goes on where every number behind a slug is taken', async () => {
  const org = await world.org();
  await world.rows(
    `insert into shared.onboarding_customers (workspace_id, id, display_id, name, slug, status, mode, created_at, updated_at)
     select $1, 'c' || lpad(n::text, 24, '0'), 1000 + n, 'Acme', case when n = 1 then 'acme' else 'acme-' || n end, 'active', 'live',
       now(), now() from generate_series(1, 500) n`,
    [org.id],
  );
  const made = await Promise.all([1, 2, 3].map(() => newCustomer(org.live, { name: 'Acme' })));
  expect(new Set(made.map(({ slug }) => slug)).size).toBe(3);
  for (const { slug, id } of made) expect(slug).toBe(`acme-${id.slice(-8)}`);
});

it('changes only what is sent, and nothing when nothing differs', async () => {
  const { live } = await world.org();
  const before = await newCustomer(live, { plan: 'gold', mrr: 125000 });
  const path = `/api/v1/customers/${before.display_id}`;
  const after = (await patch(live, path, { mrr: null, name: 'Southwind', id: 'x', created_at: 'never', unknown: 1 }))
    .body;
  expect(after).toEqual({ ...before, name: 'Southwind', mrr: null, updated_at: after.updated_at });
  expect(after.updated_at > before.updated_at).toBe(true);
  expect((await patch(live, path, {})).body).toEqual(after);
  expect((await patch(live, path, { name: 'Southwind' })).body).toEqual(after);
  expect((await live.get(`${path}/activity`)).body.data).toHaveLength(2);
  const other = await newCustomer(live, { slug: 'taken' });
  expect(await refusal(patch(live, path, { slug: other.slug }))).toEqual([409, 'slug_taken', 'slug']);
});

it('deletes softly: gone from reads, the slug free again, and deleted again it answers the same', async () => {
  const { live, test } = await world.org();
  const customer = await newCustomer(live, { slug: 'ci-9f31c02' });
  const contact = await made(
    live.post(`/api/v1/customers/${customer.id}/contacts`, { name: 'A', email: 'a@example.com' }),
  );
  const path = `/api/v1/customers/${customer.id}`;
  const gone = { object: 'deleted', id: customer.id, display_id: customer.display_id, deleted: true };
  expect((await remove(live, path)).body).toEqual(gone);
  expect((await remove(test, `/api/v1/customers/${customer.display_id}`)).body).toEqual(gone);
  for (const call of [
    live.get(path),
    patch(live, path, { name: 'x' }),
    live.get(`${path}/contacts`),
    live.get(`${path}/activity`),
  ]) {
    expect(await refusal(call)).toEqual([404, 'customer_not_found', null]);
  }
  expect((await live.get('/api/v1/customers')).body.data).toEqual([]);
  expect((await live.get(`/api/v1/contacts/${contact.id}`)).status).toBe(200);
  expect((await newCustomer(live, { slug: 'ci-9f31c02' })).display_id).toBe(2);
});

it('shows in the feed one entry for each call that changed something', async () => {
  const { live, test } = await world.org();
  const customer = await newCustomer(live);
  const path = `/api/v1/customers/${customer.id}`;
  const contact = await made(test.post(`${path}/contacts`, { name: 'CI Bot', email: 'CI+9f31c02@Example.com' }));
  await patch(test, path, { status: 'at_risk', plan: 'gold' });
  await remove(live, `/api/v1/contacts/${contact.display_id}`);
  const feed = (await live.get(`${path}/activity`)).body.data;
  expect(
    feed.map(({ event_type, actor, mode, suppressed_effects }: Record<string, unknown>) => [
      event_type,
      actor,
      mode,
      suppressed_effects,
    ]),
  ).toEqual([
    ['contact.removed', 'prod-server', 'live', 0],
    ['customer.status_changed', 'ci-smoke', 'test', 1],
    ['contact.added', 'ci-smoke', 'test', 0],
    ['customer.created', 'prod-server', 'live', 0],
  ]);
  expect(feed[1]).toMatchObject({
    field: 'status',
    old_value: 'active',
    new_value: 'at_risk',
    changes: [{}, { field: 'plan' }],
  });
  expect((await live.get(`${path}/activity?mode=test`)).body.data).toHaveLength(2);
});
