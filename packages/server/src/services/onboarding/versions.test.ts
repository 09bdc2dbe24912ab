import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOnboardingWorld,
  made,
  newCustomer,
  type OnboardingWorld,
  patch,
  refusal,
} from './onboarding.fixture.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world?.close());

/** One resource of each kind, with a change of it. */
async function each() {
  const org = await world.org();
  const customer = await newCustomer(org.live);
  const contact = await made(
    org.live.post(`/api/v1/customers/${customer.id}/contacts`, { name: 'Anna', email: 'anna@example.com' }),
  );
  const onboarding = await made(org.live.post('/api/v1/onboardings', { customer_id: customer.id }));
  const task = await made(org.live.post(`/api/v1/onboardings/${onboarding.id}/tasks`, { title: 'Call' }));
  const resources = [
    { path: `/api/v1/customers/${customer.id}`, change: { plan: 'gold' }, other: { plan: 'silver' } },
    { path: `/api/v1/contacts/${contact.id}`, change: { title: 'CTO' }, other: { title: 'CEO' } },
    { path: `/api/v1/onboardings/${onboarding.id}`, change: { phase: 'review' }, other: { phase: 'launch' } },
    { path: `/api/v1/tasks/${task.id}`, change: { done: true }, other: { done: false } },
  ];
  return { ...org, customer, resources };
}

describe('If-Match', () => {
  it('keeps a change from undoing one that its sender has not seen', async () => {
    const { live, test, resources } = await each();
    for (const { path, change, other } of resources) {
      const { etag = '' } = (await live.get(path)).headers;
      expect(etag).toMatch(/^"[\w-]{22}"$/);
      const changed = await patch(test, path, change, { 'if-match': etag });
      expect([changed.status, changed.headers.etag === etag]).toEqual([200, false]);
      expect(await refusal(patch(live, path, other, { 'if-match': etag }))).toEqual([
        412,
        'version_conflict',
        'If-Match',
      ]);
      const seen = await live.get(path);
      expect([seen.text, seen.headers.etag]).toEqual([changed.text, changed.headers.etag]);
      expect((await patch(live, path, other, { 'if-match': `"old", ${seen.headers.etag}` })).status).toBe(200);
      expect((await patch(live, path, change, { 'if-match': '*' })).status).toBe(200);
      expect((await patch(live, path, other)).status).toBe(200);
    }
  });

  it('lets one of many through that were made for the same version', async () => {
    const { live, resources } = await each();
    const { path } = resources[0] ?? { path: '' };
    const { etag = '' } = (await live.get(path)).headers;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => patch(live, path, { plan: `plan ${n}` }, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('of something that is not there is the 404, and changes nothing in the order of other refusals', async () => {
    const { live, customer } = await each();
    expect(await refusal(patch(live, '/api/v1/customers/999', { plan: 'x' }, { 'if-match': '"x"' }))).toEqual([
      404,
      'customer_not_found',
      null,
    ]);
    const path = `/api/v1/customers/${customer.id}`;
    expect(await refusal(patch(live, path, { status: 'lost' }, { 'if-match': '"x"' }))).toEqual([
      400,
      'invalid_enum_value',
      'status',
    ]);
  });
});
