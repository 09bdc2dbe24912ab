import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOnboardingWorld, made, newCustomer, type OnboardingWorld } from './onboarding.fixture.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world?.close());

it('deletes what is tagged as a test in one pass, after having said what that is', async () => {
  const { live, test } = await world.org();
  const other = await world.org();
  const tagged = await newCustomer(test, { slug: 'ci', metadata: { test: true, ci_run_id: '9f31c02' } });
  const real = await newCustomer(test, { metadata: { test: 'true' } });
  await newCustomer(other.test, { metadata: { test: true } });
  const contact = { name: 'CI Bot', email: 'ci@example.com' };
  const bot = await made(test.post(`/api/v1/customers/${real.id}/contacts`, { ...contact, metadata: { test: true } }));
  await made(test.post(`/api/v1/customers/${real.id}/contacts`, { name: 'Mira', email: 'mira@example.com' }));
  const found = { object: 'cleanup_receipt', onboardings: 0, contacts: 1, customers: 1, ids: [bot.id, tagged.id] };
  const clean = (body: object) => live.post('/api/v1/customers/cleanup', body);
  expect((await clean({})).body).toEqual({ ...found, dry_run: true });
  expect((await live.get('/api/v1/customers')).body.data).toHaveLength(2);
  expect((await clean({ dry_run: false })).body).toEqual({ ...found, dry_run: false });
  expect((await live.get('/api/v1/customers')).body.data).toHaveLength(1);
  expect((await live.get(`/api/v1/contacts/${bot.id}`)).status).toBe(404);
  expect((await live.get(`/api/v1/customers/${real.id}/contacts`)).body.data).toHaveLength(1);
  expect((await other.live.get('/api/v1/customers')).body.data).toHaveLength(1);
  expect((await clean({ dry_run: false })).body).toMatchObject({ contacts: 0, customers: 0, ids: [] });
  expect((await newCustomer(live, { slug: 'ci' })).slug).toBe('ci');
});
