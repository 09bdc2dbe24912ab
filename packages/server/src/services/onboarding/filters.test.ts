import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { valuesMeantBy } from './filters.ts';
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
afterAll(() => world?.close());

const names = async (caller: Caller, path: string): Promise<string[]> =>
  (await made(caller.get(path), 200)).data.map(({ name, title }: Record<string, string>) => name ?? title);

describe('a value of a metadata filter', () => {
  it.each([
    ['true', ['true']],
    ['"true"', ['"true"']],
    ['null', ['null']],
    ['9f31c02', ['"9f31c02"']],
    ['1234567', ['"1234567"', '1234567']],
    ['-2.50', ['"-2.50"', '-2.5']],
    ['1e400', ['"1e400"']],
    ['"', ['"\\""']],
    ['', ['""']],
  ])('%j means %j', (text, values) => {
    expect(valuesMeantBy(text)).toEqual(values);
  });
});

describe('metadata', () => {
  it('holds whatever characters callers put there, in keys and in values', async () => {
    const { live } = await world.org();
    for (const said of ['a\\b', '\\', "o'brien", '"quoted" text', 'a & b | !c:*', '#=@', 'é💥', ' ', 'x'.repeat(300)]) {
      const { id } = await newCustomer(live, { metadata: { [said]: said } });
      const query = `metadata[${encodeURIComponent(said)}]=${encodeURIComponent(JSON.stringify(said))}`;
      const { status, body, text } = await live.get(`/api/v1/customers?${query}`);
      expect([status, body.data?.map((row: { id: string }) => row.id)], `${said}: ${text}`).toEqual([200, [id]]);
    }
  });

  it('finds by key and value, with the type that it has, and in both spellings', async () => {
    const { live, test } = await world.org();
    await newCustomer(test, { name: 'tagged', metadata: { test: true, ci_run_id: '9f31c02', 'a.b': 1, n: 7 } });
    await newCustomer(live, { name: 'text', metadata: { test: 'true', n: '7' } });
    await newCustomer(live, { name: 'false', metadata: { test: false, none: null } });
    const found = (query: string) => names(live, `/api/v1/customers?${query}`);
    expect(await found('metadata[test]=true')).toEqual(['tagged']);
    expect(await found('metadata.test=true')).toEqual(['tagged']);
    expect(await found('metadata[test]=%22true%22')).toEqual(['text']);
    expect(await found('metadata[test]=false')).toEqual(['false']);
    expect(await found('metadata[none]=null')).toEqual(['false']);
    expect(await found('metadata.a.b=1')).toEqual(['tagged']);
    expect(await found('metadata[n]=7')).toEqual(['text', 'tagged']);
    expect(await found('metadata[n]=7&metadata[ci_run_id]=9f31c02')).toEqual(['tagged']);
    expect(await found('metadata[n]=7&status=churned')).toEqual([]);
    expect(await found('metadata[test]=true&slug=tagged&status=active')).toEqual(['tagged']);
    expect(await found('metadata[missing]=1')).toEqual([]);
  });

  it('is found as it is now, and not in another workspace', async () => {
    const [a, b] = [await world.org(), await world.org()];
    const customer = await newCustomer(a.live, { metadata: { test: true, stage: 'one' } });
    const path = `/api/v1/customers/${customer.id}`;
    await patch(a.live, path, { metadata: { stage: 'two', test: null } });
    expect(await names(a.live, '/api/v1/customers?metadata[stage]=one')).toEqual([]);
    expect(await names(a.live, '/api/v1/customers?metadata[stage]=two')).toHaveLength(1);
    expect(await names(a.live, '/api/v1/customers?metadata[test]=true')).toEqual([]);
    expect(await names(b.live, '/api/v1/customers?metadata[stage]=two')).toEqual([]);
    await remove(a.live, path);
    expect(await names(a.live, '/api/v1/customers?metadata[stage]=two')).toEqual([]);
  });

  it('filters onboardings with phase and state, contacts and tasks too', async () => {
    const { live } = await world.org();
    const customer = await newCustomer(live);
    const other = await newCustomer(live);
    const open = async (more: object) => made(live.post('/api/v1/onboardings', { customer_id: customer.id, ...more }));
    const tagged = await open({ name: 'tagged', metadata: { wave: 3 } });
    await open({ name: 'review', phase: 'review', metadata: { wave: 3 } });
    await open({ name: 'bare' });
    const found = (query: string) => names(live, `/api/v1/onboardings?${query}`);
    expect(await found('metadata[wave]=3')).toEqual(['review', 'tagged']);
    expect(await found('metadata[wave]=3&phase=review&state=active')).toEqual(['review']);
    expect(await found(`metadata[wave]=3&customer_id=${other.display_id}`)).toEqual([]);
    await patch(live, `/api/v1/onboardings/${tagged.id}`, { phase: 'review' });
    expect(await found('metadata[wave]=3&phase=review')).toEqual(['review', 'tagged']);
    expect(await names(live, `/api/v1/customers/${customer.id}/onboardings?metadata.wave=3`)).toHaveLength(2);
    await made(remove(live, `/api/v1/onboardings/${tagged.id}`), 200);
    expect(await found('metadata[wave]=3')).toEqual(['review']);
    const contacts = `/api/v1/customers/${customer.id}/contacts`;
    await made(live.post(contacts, { name: 'Anna', email: 'anna@example.com', metadata: { test: true } }));
    await made(live.post(contacts, { name: 'Bo', email: 'bo@example.com' }));
    expect(await names(live, `${contacts}?metadata[test]=true`)).toEqual(['Anna']);
    const tasks = `/api/v1/onboardings/${(await open({})).id}/tasks`;
    await made(live.post(tasks, { title: 'one', metadata: { wave: '3' } }));
    await made(live.post(tasks, { title: 'two', done: true, metadata: { wave: '3' } }));
    await made(live.post(tasks, { title: 'three' }));
    expect(await names(live, `${tasks}?metadata[wave]=3&done=false`)).toEqual(['one']);
    await remove(live, `/api/v1/customers/${customer.id}`);
    expect(await found('metadata[wave]=3')).toEqual([]);
  });
});

describe('the time of creation', () => {
  it('bounds every list on both sides, and goes together with the cursor', async () => {
    const { live } = await world.org();
    const customer = await newCustomer(live);
    await world.t.clock.advance(1_000);
    const path = `/api/v1/customers/${customer.id}/contacts`;
    const at: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      at.push((await made(live.post(path, { name, email: `${name}@example.com` }))).created_at);
      await world.t.clock.advance(1_000);
    }
    expect(await names(live, `${path}?created_after=${at[0]}&created_before=${at[4]}`)).toEqual(['d', 'c', 'b']);
    expect(await names(live, `${path}?created_after=${at[4]}`)).toEqual([]);
    const first = (await live.get(`${path}?created_after=${at[0]}&created_before=${at[4]}&limit=2`)).body;
    expect(first.has_more).toBe(true);
    expect(await names(live, `${path}?created_after=${at[0]}&cursor=${first.next_cursor}`)).toEqual(['b']);
    expect(await names(live, `/api/v1/customers?created_before=${at[0]}`)).toHaveLength(1);
    expect(await names(live, `/api/v1/customers?created_after=${at[0]}&status=active`)).toEqual([]);
    expect(await names(live, `/api/v1/onboardings?created_after=${at[0]}`)).toEqual([]);
  });
});

it('walks a filtered list to its end without loss while others write', async () => {
  const { live, test } = await world.org();
  const wanted = new Set<string>();
  const rows = Array.from({ length: 60 }, (_, n) => ({
    name: `Row ${n}`,
    slug: `row-${n}`,
    metadata: { odd: n % 2 === 1 },
  }));
  await made(live.post('/api/v1/customers/bulk', { customers: rows }), 200);
  for (const { name, metadata } of rows) if (metadata.odd) wanted.add(name);
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await live.get(`/api/v1/customers?metadata[odd]=true&limit=7${cursor}`);
    seen.push(...body.data.map(({ name }: { name: string }) => name));
    await newCustomer(test, { name: 'between', metadata: { odd: true } });
    cursor = body.has_more ? `&cursor=${body.next_cursor}` : '';
  } while (cursor !== '');
  expect(new Set(seen)).toEqual(wanted);
  expect(seen).toHaveLength(wanted.size);
});

describe('a filter that cannot be', () => {
  it.each([
    ['created_after=2026-01-01', 'invalid_string', 'created_after'],
    ['created_before=yesterday', 'invalid_string', 'created_before'],
    ['status=lost', 'invalid_enum_value', 'status'],
    ['metadata=x', 'invalid_type', 'metadata'],
    ['metadata[a', 'invalid_type', 'metadata'],
    ['metadata[a]=1&metadata.a=2', 'invalid_type', 'metadata.a'],
    [`${Array.from({ length: 11 }, (_, n) => `metadata[k${n}]=1`).join('&')}`, 'too_big', 'metadata'],
    [`metadata[k]=${'x'.repeat(1_001)}`, 'too_big', 'metadata.k'],
    ['q=', 'too_small', 'q'],
    ['q=%20-%20', 'invalid_string', 'q'],
    [`q=${'x'.repeat(201)}`, 'too_big', 'q'],
  ])('%.40s is refused, naming it', async (query, code, field) => {
    const { live } = await world.org();
    expect(await refusal(live.get(`/api/v1/customers?${query}`))).toEqual([400, code, field]);
  });

  it('is ignored when nobody knows it (specification 3.2)', async () => {
    const { live } = await world.org();
    await newCustomer(live, { name: 'x' });
    expect(await names(live, '/api/v1/customers?colour=red')).toEqual(['x']);
  });
});
