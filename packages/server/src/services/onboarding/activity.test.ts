import { afterAll, beforeAll, expect, it } from 'vitest';
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

/** A customer that live made, that test then changed twice, and whose feed is asked for by both. */
async function story() {
  const org = await world.org();
  const { id } = await newCustomer(org.live, { slug: 'northwind' });
  world.t.clock.advance(60_000);
  await made(patch(org.test, `/api/v1/customers/${id}`, { plan: '=SUM(A1)', domain: 'northwind.example' }), 200);
  world.t.clock.advance(60_000);
  await made(org.test.post(`/api/v1/customers/${id}/contacts`, { name: 'Mira', email: 'mira@northwind.example' }));
  const path = `/api/v1/customers/${id}/activity`;
  const kinds = async (query: string) => {
    const { data } = (await org.live.get(`${path}?${query}`)).body;
    return data.map((entry: { event_type: string }) => entry.event_type);
  };
  return { org, path, kinds };
}

it('the feed narrows by mode, actor, kind and time, one at a time or together', async () => {
  const { org, path, kinds } = await story();
  const all = (await org.live.get(path)).body.data;
  const [newest, middle, oldest] = all.map(({ timestamp }: { timestamp: string }) => timestamp);
  expect(await kinds('')).toEqual(['contact.added', 'customer.field_changed', 'customer.created']);
  expect(await kinds('mode=live')).toEqual(['customer.created']);
  expect(await kinds('actor=ci-smoke')).toEqual(['contact.added', 'customer.field_changed']);
  expect(await kinds('event_type=customer.created')).toEqual(['customer.created']);
  expect(await kinds(`created_after=${middle}`)).toEqual(['contact.added']);
  expect(await kinds(`created_before=${middle}`)).toEqual(['customer.created']);
  expect(await kinds(`created_after=${oldest}&created_before=${newest}&mode=test`)).toEqual(['customer.field_changed']);
  expect(await refusal(org.live.get(`${path}?created_after=yesterday`))).toEqual([
    400,
    'invalid_string',
    'created_after',
  ]);
});

it('the feed narrows to one onboarding, by its number or its id', async () => {
  const { org, path, kinds } = await story();
  const customer_id = path.split('/').at(-2);
  const one = await made(org.live.post('/api/v1/onboardings', { customer_id, name: 'One' }));
  await made(org.live.post('/api/v1/onboardings', { customer_id, name: 'Two' }));
  await made(patch(org.test, `/api/v1/onboardings/${one.id}`, { phase: 'review' }), 200);
  for (const ref of [one.id, one.display_id]) {
    expect(await kinds(`onboarding_id=${ref}`)).toEqual(['onboarding.phase_moved', 'onboarding.created']);
  }
  expect(await kinds('onboarding_id=999')).toEqual([]);
  expect((await org.live.get(`${path}/export?onboarding_id=${one.id}`)).text).toContain(
    ',phase,before_getting_started,review,',
  );
});

it('the export of the feed has a line for each field that changed, and honours the filters', async () => {
  const { org, path } = await story();
  const answer = await org.live.get(`${path}/export`);
  expect(answer.headers['content-disposition']).toBe('attachment; filename="activity-northwind.csv"');
  const [head, ...lines] = answer.text.trim().split('\r\n');
  expect(head).toBe('timestamp,actor,actor_type,mode,event_type,field,old_value,new_value,onboarding_id,request_id');
  expect(lines.map((line) => line.split(',').slice(1, 8).join(','))).toEqual([
    'ci-smoke,api_key,test,contact.added,,,',
    'ci-smoke,api_key,test,customer.field_changed,domain,,northwind.example',
    "ci-smoke,api_key,test,customer.field_changed,plan,,'=SUM(A1)",
    'prod-server,api_key,live,customer.created,,,',
  ]);
  expect((await org.live.get(`${path}/export?mode=live`)).text.trim().split('\r\n')).toHaveLength(2);
  expect(await refusal(org.live.get('/api/v1/customers/999/activity/export'))).toEqual([
    404,
    'customer_not_found',
    null,
  ]);
});
