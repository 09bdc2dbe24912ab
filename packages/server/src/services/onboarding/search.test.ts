import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { createOnboardingWorld, made, newCustomer, type OnboardingWorld, patch, remove } from './onboarding.fixture.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world?.close());

const find = async (caller: Caller, words: string, more = ''): Promise<string[]> =>
  (await made(caller.get(`/api/v1/customers?q=${encodeURIComponent(words)}${more}`), 200)).data.map(
    ({ name }: { name: string }) => name,
  );

/** All pages of a list of customers. */
async function walk(
  caller: Caller,
  query: string,
  limit = 97,
): Promise<{ name: string; slug: string; status: string }[]> {
  const found = [];
  let cursor = '';
  do {
    const page = await made(caller.get(`/api/v1/customers?limit=${limit}&${query}${cursor}`), 200);
    found.push(...page.data);
    cursor = page.has_more ? `&cursor=${page.next_cursor}` : '';
  } while (cursor !== '');
  return found;
}

it('finds by name, slug, domain, people and notes, by how words begin, whatever the case and the accents', async () => {
  const { live, test } = await world.org();
  const cafe = await newCustomer(live, { name: 'Café Müller & Søn', slug: 'harbour-shop', domain: 'kaffee.example' });
  await made(
    test.post(`/api/v1/customers/${cafe.id}/contacts`, { name: 'Zoë Łukasz', email: 'zoe.l+ci@Mail.example' }),
  );
  await made(live.post('/api/v1/onboardings', { customer_id: cafe.id, notes: 'Wants the Straße integration' }));
  await newCustomer(live, { name: 'Other' });
  for (const words of [
    'cafe',
    'CAFÉ',
    'cafe\u0301',
    'mul',
    'müller son',
    'søn',
    'harbour',
    'harbour-shop',
    'kaffee.example',
    'zoe',
    'Zoë lukasz',
    'zoe.l+ci@mail.example',
    'zoe.l+ci@ma',
    'mail.example',
    'zoe mail.exa',
    'strasse',
    'STRASSE integ',
    'caf zoe strass',
  ]) {
    expect(await find(live, words), words).toEqual([cafe.name]);
  }
  for (const words of ['afe', 'cafe nobody', 'muellerx', 'other cafe'])
    expect(await find(live, words), words).toEqual([]);
});

it('takes words as wholes, and a short last one or what nobody has as a whole as a beginning', async () => {
  const { live } = await world.org();
  await newCustomer(live, { name: 'Northern Tea' });
  await newCustomer(live, { name: 'Nor Tea' });
  expect(await find(live, 'nor tea')).toEqual(['Nor Tea']);
  expect(await find(live, 'tea nor')).toEqual(['Nor Tea', 'Northern Tea']);
  expect(await find(live, 'nort te')).toEqual(['Northern Tea']);
  await newCustomer(live, { name: 'Northernmost Tea' });
  expect(await find(live, 'tea northern')).toEqual(['Northern Tea']);
  expect(await find(live, 'tea northe')).toEqual(['Northernmost Tea', 'Northern Tea']);
  expect(await find(live, 'nort te', '&created_before=2020-01-01T00:00:00Z')).toEqual([]);
  const page = (await live.get('/api/v1/customers?q=tea+nor&limit=2')).body;
  expect([page.has_more, page.data[1].name]).toEqual([true, 'Nor Tea']);
  expect(await find(live, 'tea nor', `&cursor=${page.next_cursor}`)).toEqual(['Northern Tea']);
});

it('finds other scripts, and reads nothing in the words as a query', async () => {
  const { live } = await world.org();
  for (const name of ['Ромашка ООО', 'Ἀθῆναι', '株式会社ソニー', "O'Brien & (Sons) | !x:*", 'İstanbul Işık']) {
    await newCustomer(live, { name });
  }
  expect(await find(live, 'ромаш')).toEqual(['Ромашка ООО']);
  expect(await find(live, 'αθηναι')).toEqual(['Ἀθῆναι']);
  expect(await find(live, '株式')).toEqual(['株式会社ソニー']);
  expect(await find(live, "o'brien")).toEqual(["O'Brien & (Sons) | !x:*"]);
  expect(await find(live, "'brien' | x | !sons:* & \\")).toEqual(["O'Brien & (Sons) | !x:*"]);
  expect(await find(live, 'istanbul isik')).toEqual(['İstanbul Işık']);
  expect(await find(live, `${'a'.repeat(200)}`)).toEqual([]);
});

it('follows every change: names, people who come, change and go, notes, deletion', async () => {
  const { live } = await world.org();
  const customer = await newCustomer(live, { name: 'Before', slug: 'constant' });
  const path = `/api/v1/customers/${customer.id}`;
  await patch(live, path, { name: 'After', domain: 'after.example' });
  expect([await find(live, 'before'), await find(live, 'after')]).toEqual([[], ['After']]);
  const contact = await made(live.post(`${path}/contacts`, { name: 'Anna Early', email: 'anna@a.example' }));
  expect(await find(live, 'anna early')).toEqual(['After']);
  await patch(live, `/api/v1/contacts/${contact.id}`, { name: 'Anna Late' });
  expect([await find(live, 'early'), await find(live, 'late')]).toEqual([[], ['After']]);
  await remove(live, `/api/v1/contacts/${contact.id}`);
  expect(await find(live, 'anna')).toEqual([]);
  const onboarding = await made(live.post('/api/v1/onboardings', { customer_id: customer.id, notes: 'Firewall' }));
  expect(await find(live, 'firewall')).toEqual(['After']);
  await patch(live, `/api/v1/onboardings/${onboarding.id}`, { notes: 'Proxy' });
  expect([await find(live, 'firewall'), await find(live, 'proxy')]).toEqual([[], ['After']]);
  await made(
    live.post('/api/v1/customers/bulk', {
      customers: [{ name: 'After', slug: customer.slug, contacts: [{ name: 'Bulk Person', email: 'b@a.example' }] }],
    }),
    200,
  );
  expect(await find(live, 'bulk pers')).toEqual(['After']);
  await remove(live, path);
  expect(await find(live, 'after')).toEqual([]);
});

it('answers newest first, page by page, with the filters of the list, and only of the own workspace', async () => {
  const [org, other] = [await world.org(), await world.org()];
  await newCustomer(other.live, { name: 'Acme elsewhere' });
  const rows = Array.from({ length: 45 }, (_, n) => ({
    name: `Acme ${n}`,
    slug: `acme-${n}`,
    status: n % 3 === 0 ? 'at_risk' : 'active',
  }));
  await made(org.live.post('/api/v1/customers/bulk', { customers: rows }), 200);
  const all = (await org.live.get('/api/v1/customers?limit=100')).body.data.map(({ name }: { name: string }) => name);
  expect((await walk(org.live, 'q=acm', 10)).map(({ name }) => name)).toEqual(all);
  expect(await find(org.live, 'acme', '&status=at_risk&limit=100')).toHaveLength(15);
  expect(await find(org.live, 'acme 7')).toEqual(['Acme 7']);
});

const insertMany = `
  insert into shared.onboarding_customers (workspace_id, id, display_id, name, slug, status, mode, created_at, updated_at)
  select $1, 'c' || lpad(to_hex(n) || 'z', 24, '0'), 1000000 + n,
    case when n % 50 = 0 then 'Rare bird' when n <= 2500 then 'Old bird' else 'Young bird' end || ' number' || n, 'bird-' || n,
    'active', 'live', at, at
  from generate_series(1, $2) n, lateral (select $3::timestamptz + n * interval '1 second' as at) t`;

it('finds what many, some, few and only the oldest have, with the same pages', async () => {
  const org = await world.org();
  await world.rows(insertMany, [org.id, 5_000, new Date('2026-01-01T00:00:00Z')]);
  const numbers = async (words: string, expected: number) => {
    const found = (await walk(org.live, `q=${words}`)).map(({ name }) => Number(/\d+/.exec(name)?.[0]));
    expect(found, words).toEqual([...new Set(found)].sort((a, b) => b - a));
    expect(found, words).toHaveLength(expected);
  };
  await numbers('rare', 100);
  await numbers('old', 2_450);
  await numbers('bird', 5_000);
  await numbers('bird+number4999', 1);
  // Wholes before beginnings; a word that nobody has is one.
  await numbers('number123', 1);
  await numbers('numbe', 5_000);
  await numbers('bir', 5_000);
});

const insertBirds = `
  insert into shared.onboarding_customers (workspace_id, id, display_id, name, slug, status, mode, created_at, updated_at)
  select $1, 'c' || lpad(to_hex(n) || 'z', 24, '0'), 1000000 + n,
    concat_ws(' ', 'Bird', case n % 2 when 0 then 'Evening' else 'Odd' end, case n % 700 when 3 then 'Zebra' end,
      case n when 17 then 'Bir' when 18 then 'Oddity' end, 'x' || n),
    'b-' || n, case n % 3 when 0 then 'at_risk' else 'active' end, 'live', at, at
  from generate_series(1, 1500) n, lateral (select $2::timestamptz + n * interval '1 second' as at) t`;

it('finds the same whichever of the words is the rare one, and filters only narrow that', async () => {
  const org = await world.org();
  await world.rows(insertBirds, [org.id, new Date('2026-01-01T00:00:00Z')]);
  const expected = {
    'bird nobody': 0,
    'nobody bird': 0,
    'bir nobody': 0,
    'even odd': 1,
    'evening odd': 1,
    'zebra eve': 0,
    'od zeb': 3,
    'zebra od': 3,
    'bird zeb': 3,
    'bi ev': 750,
    bir: 1_500,
    birdx17: 0,
    'bird x17': 11,
  };
  for (const [words, count] of Object.entries(expected)) {
    const query = `q=${encodeURIComponent(words)}`;
    const found = await walk(org.live, query);
    expect(found, words).toHaveLength(count);
    const atRisk = found.filter(({ status }) => status === 'at_risk');
    expect(await walk(org.live, `${query}&status=at_risk`), words).toEqual(atRisk);
    expect(await walk(org.live, `${query}&status=churned`), words).toEqual([]);
  }
  await newCustomer(org.live, { name: 'Birdlike', status: 'churned' });
  expect(await find(org.live, 'bird', '&status=churned')).toEqual([]);
});

it('finds all of those that came in one instant, among older and newer ones, with and without a filter', async () => {
  const org = await world.org();
  const insert = `
    insert into shared.onboarding_customers (workspace_id, id, display_id, name, slug, status, metadata, mode, created_at,
      updated_at)
    select $1, 'c' || lpad(n || 'z', 24, '0'), 1000000 + n, 'Twin ' || n, 'twin-' || n, 'active',
      json_build_object('third', n % 3 = 0), 'live', at, at
    from generate_series($2::int, $3::int) n, (select $4::timestamptz as at) t`;
  await world.rows(insert, [org.id, 1, 700, new Date('2019-05-01T00:00:00Z')]);
  await world.rows(insert, [org.id, 701, 2_000, new Date('2026-01-01T00:00:00.123Z')]);
  await world.rows(insert, [org.id, 2_001, 2_300, new Date('2026-01-01T00:00:00.124Z')]);
  const slugs = async (query: string) => (await walk(org.live, query)).map(({ slug }) => slug);
  const every = await slugs('');
  expect(every).toHaveLength(2_300);
  expect(await slugs('q=twin')).toEqual(every);
  expect(await slugs('q=twin&created_after=2026-01-01T00:00:00.123Z')).toEqual(every.slice(0, 300));
  expect(await slugs('metadata.third=true')).toEqual(every.filter((slug) => Number(slug.slice(5)) % 3 === 0));
  expect(await slugs('q=twin+1777&metadata.third=false')).toEqual(['twin-1777']);
});

it('takes its time without holding up the reads of the same workspace', async () => {
  const { live } = await world.org();
  const customer = await newCustomer(live, { name: 'Patience' });
  const holder = new Client(world.owner);
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table shared.onboarding_documents in access exclusive mode');
    const searches = Array.from({ length: 5 }, () => find(live, 'patience'));
    const waiting = `select from pg_locks where not granted and relation = 'shared.onboarding_documents'::regclass`;
    await expect.poll(async () => (await holder.query(waiting)).rowCount).toBeGreaterThanOrEqual(4);
    expect((await made(live.get(`/api/v1/customers/${customer.id}`), 200)).name).toBe('Patience');
    expect((await made(live.get('/api/v1/customers'), 200)).data).toHaveLength(1);
    await holder.query('rollback');
    expect(await Promise.all(searches)).toEqual(Array.from({ length: 5 }, () => ['Patience']));
  } finally {
    await holder.end();
  }
});
