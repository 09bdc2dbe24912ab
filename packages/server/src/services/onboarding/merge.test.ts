import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOnboardingWorld,
  made,
  newCustomer,
  type OnboardingWorld,
  type Org,
  patch,
  refusal,
  remove,
} from './onboarding.fixture.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world?.close());

const merge = (org: Org, into: string | number, source: string | number) =>
  org.live.post(`/api/v1/customers/${into}/merge`, { source_id: source });
const list = async (org: Org, path: string) => (await made(org.live.get(path), 200)).data;

/** Two customers of one company: the second has a person of the first, and another one. */
async function duplicates() {
  const org = await world.org();
  const target = await newCustomer(org.live, { name: 'Aurora', domain: 'aurora.example', metadata: { owner: 'ana' } });
  const source = await newCustomer(org.test, {
    name: 'Aurora Inc',
    plan: 'gold',
    domain: 'aurora.io',
    stripe_customer_id: 'cus_1',
    metadata: { owner: 'bo', test: true },
  });
  const person = (customer: { id: string }, body: object) =>
    made(org.live.post(`/api/v1/customers/${customer.id}/contacts`, body));
  const kept = await person(target, { name: 'Anna', email: 'anna@aurora.example', labels: ['exec'] });
  const twin = await person(source, {
    name: 'Anna B',
    email: 'Anna@aurora.example',
    title: 'CTO',
    labels: ['exec', 'tech'],
    metadata: { seen: 1 },
  });
  const moved = await person(source, { name: 'Carl', email: 'carl@aurora.example' });
  const onboarding = await made(org.test.post('/api/v1/onboardings', { customer_id: source.id }));
  const task = await made(org.live.post(`/api/v1/onboardings/${onboarding.id}/tasks`, { title: 'Call' }));
  return { org, target, source, kept, twin, moved, onboarding, task };
}

describe('a merge', () => {
  it('moves people, onboardings, tasks and activity, and tells what both had', async () => {
    const { org, target, source, kept, twin, moved, onboarding, task } = await duplicates();
    const before = (await list(org, `/api/v1/customers/${source.id}/activity`)).length;
    const receipt = await made(merge(org, target.display_id, String(source.display_id)), 200);
    expect(receipt).toMatchObject({
      object: 'merge_receipt',
      customer: {
        id: target.id,
        name: 'Aurora',
        slug: target.slug,
        domain: 'aurora.example',
        plan: 'gold',
        stripe_customer_id: 'cus_1',
        metadata: { owner: 'ana', test: true },
      },
      source: { id: source.id, display_id: source.display_id, slug: source.slug },
      contacts_moved: 1,
      contacts_merged: [
        {
          id: kept.id,
          source_id: twin.id,
          email: 'anna@aurora.example',
          dropped: [{ field: 'name', kept: 'Anna', dropped: 'Anna B' }],
        },
      ],
      onboardings_moved: 1,
      tasks_moved: 1,
      activity_moved: before,
      dropped: [
        { field: 'name', kept: 'Aurora', dropped: 'Aurora Inc' },
        { field: 'slug', kept: target.slug, dropped: source.slug },
        { field: 'domain', kept: 'aurora.example', dropped: 'aurora.io' },
        { field: 'metadata.owner', kept: 'ana', dropped: 'bo' },
      ],
    });
    const path = `/api/v1/customers/${target.id}`;
    expect((await org.live.get(path)).body).toEqual(receipt.customer);
    const people = await list(org, `${path}/contacts`);
    expect(people.map(({ id, is_primary }: Record<string, unknown>) => [id, is_primary]).sort()).toEqual(
      [
        [kept.id, true],
        [moved.id, false],
      ].sort(),
    );
    expect((await org.live.get(`/api/v1/contacts/${kept.id}`)).body).toMatchObject({
      title: 'CTO',
      labels: ['exec', 'tech'],
      metadata: { seen: 1 },
    });
    expect((await org.live.get(`/api/v1/onboardings/${onboarding.id}`)).body.customer_id).toBe(target.id);
    expect((await org.live.get(`/api/v1/tasks/${task.id}`)).status).toBe(200);
    const feed = await list(org, `${path}/activity?limit=100`);
    expect(feed[0]).toMatchObject({ event_type: 'customer.merged', old_value: source.id, mode: 'live' });
    // What the test key did still says so.
    expect(feed.filter(({ mode }: { mode: string }) => mode === 'test')).toHaveLength(2);
    expect(await refusal(org.live.get(`/api/v1/customers/${source.id}`))).toEqual([404, 'customer_not_found', null]);
    expect((await newCustomer(org.live, { slug: source.slug })).slug).toBe(source.slug);
    const found = await list(org, '/api/v1/customers?q=carl');
    expect(found.map(({ id }: { id: string }) => id)).toEqual([target.id]);
  });

  it('answers the same receipt again, also without an idempotency key and after later changes', async () => {
    const { org, target, source } = await duplicates();
    const answers = await Promise.all([merge(org, target.id, source.id), merge(org, target.id, source.id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    await patch(org.live, `/api/v1/customers/${target.id}`, { plan: 'silver' });
    expect((await merge(org, target.id, source.id)).body).toEqual(answers[0]?.body);
    const feed = await list(org, `/api/v1/customers/${target.id}/activity?event_type=customer.merged`);
    expect(feed).toHaveLength(1);
  });

  it('gives the primary contact to a customer that has none, a twin as well', async () => {
    const org = await world.org();
    for (const email of ['twin@example.com', 'other@example.com']) {
      const [target, source] = [await newCustomer(org.live), await newCustomer(org.live)];
      const at = (id: string) => `/api/v1/customers/${id}/contacts`;
      await made(org.live.post(at(target.id), { name: 'A', email: 'twin@example.com', is_primary: false }));
      await made(org.live.post(at(source.id), { name: 'A', email }));
      await made(org.live.post(at(source.id), { name: 'B', email: 'b@example.com' }));
      await made(merge(org, target.id, source.id), 200);
      const primary = (await list(org, at(target.id))).filter(({ is_primary }: { is_primary: boolean }) => is_primary);
      expect(primary.map((row: { email: string }) => row.email)).toEqual([email]);
    }
  });

  it('in both directions at once leaves one customer', async () => {
    const { org, target, source } = await duplicates();
    const answers = await Promise.all([merge(org, target.id, source.id), merge(org, source.id, target.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    expect(await list(org, '/api/v1/customers')).toHaveLength(1);
  });

  it('is refused by name where it cannot be', async () => {
    const { org, target, source } = await duplicates();
    const third = await newCustomer(org.live);
    expect(await refusal(merge(org, target.id, target.display_id))).toEqual([400, 'invalid_reference', 'source_id']);
    expect(await refusal(merge(org, 999, source.id))).toEqual([404, 'customer_not_found', null]);
    expect(await refusal(merge(org, target.id, 999))).toEqual([404, 'customer_not_found', 'source_id']);
    expect(await refusal(org.live.post(`/api/v1/customers/${target.id}/merge`, {}))).toEqual([
      400,
      'missing_field',
      'source_id',
    ]);
    const stranger = await newCustomer((await world.org()).live);
    expect(await refusal(merge(org, target.id, stranger.id))).toEqual([404, 'customer_not_found', 'source_id']);
    await made(merge(org, target.id, source.id), 200);
    expect(await refusal(merge(org, third.id, source.id))).toEqual([409, 'conflict', 'source_id']);
    await remove(org.live, `/api/v1/customers/${third.id}`);
    expect(await refusal(merge(org, target.id, third.id))).toEqual([404, 'customer_not_found', 'source_id']);
    const full = (from: number) => Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${from + n}`, n]));
    const [a, b] = [
      await newCustomer(org.live, { metadata: full(0) }),
      await newCustomer(org.live, { metadata: full(30) }),
    ];
    expect(await refusal(merge(org, a.id, b.id))).toEqual([400, 'too_big', 'metadata']);
    expect((await org.live.get(`/api/v1/customers/${b.id}`)).status).toBe(200);
  });
});
