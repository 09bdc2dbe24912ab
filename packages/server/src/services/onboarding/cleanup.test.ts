import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { createOnboardingWorld, made, newCustomer, type OnboardingWorld, patch } from './onboarding.fixture.ts';

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

it('that runs several times at once deletes each row in one of them, and not what lost its tag', async () => {
  const { live, test, id } = await world.org();
  const rows = Array.from({ length: 40 }, (_, i) => ({
    name: `CI ${i}`,
    slug: `ci-${i}`,
    metadata: { test: true },
    contacts: [{ name: 'Bot', email: 'bot@ci.example', metadata: { test: true } }],
  }));
  await made(test.post('/api/v1/customers/bulk', { customers: rows }), 200);
  const [kept] = (await live.get('/api/v1/customers?slug=ci-7')).body.data;
  const clean = (caller: Caller) => made(caller.post('/api/v1/customers/cleanup', { dry_run: false }), 200);
  const [untagged, ...receipts] = await Promise.all([
    made(patch(live, `/api/v1/customers/${kept.id}`, { metadata: { test: null } }), 200).catch(() => null),
    clean(live),
    clean(test),
    clean(test),
  ]);
  const ids: string[] = receipts.flatMap((receipt) => receipt.ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(untagged === null ? 80 : 79);
  const told = await world.rows(
    `select from shared.onboarding_activity where workspace_id = $1 and event_type in ('customer.deleted', 'contact.removed')`,
    [id],
  );
  expect(told).toHaveLength(ids.length);
});
