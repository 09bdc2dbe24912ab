import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
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

const bulk = (caller: Caller, customers: unknown, more: object = {}) =>
  caller.post('/api/v1/customers/bulk', { customers, ...more });
const words = (body: { data: { outcome: string }[] }) => body.data.map(({ outcome }) => outcome);

describe('rows in bulk', () => {
  it('create customers with their contacts, and change those that are there', async () => {
    const { live, test } = await world.org();
    const there = await newCustomer(live, { slug: 'aurora', plan: 'gold', metadata: { a: 1 } });
    const mira = { name: 'Mira', email: 'Mira@Aurora.example', title: 'Ops' };
    await made(live.post(`/api/v1/customers/${there.id}/contacts`, mira));
    const rows = [
      {
        name: 'Aurora Outfitters',
        slug: 'aurora',
        metadata: { b: 2 },
        contacts: [
          { name: 'Mira Chen', email: 'mira@aurora.example' },
          { name: 'Ben', email: 'ben@aurora.example', is_primary: true },
        ],
      },
      { name: 'Northwind Tea', contacts: [{ name: 'Ann', email: 'ann@northwind.example' }] },
    ];
    const { body } = await bulk(test, rows);
    expect(body).toMatchObject({ object: 'bulk_result', created: 1, updated: 1, unchanged: 0, failed: 0 });
    expect(body.data[0]).toMatchObject({ index: 0, id: there.id, contacts: { created: 1, updated: 1, unchanged: 0 } });
    const shown = (await live.get(`/api/v1/customers/${there.id}`)).body;
    expect(shown).toMatchObject({ name: 'Aurora Outfitters', plan: 'gold', metadata: { a: 1, b: 2 } });
    const people = (await live.get(`/api/v1/customers/${there.id}/contacts`)).body.data;
    expect(people.map(({ name, title, is_primary }: Record<string, unknown>) => [name, title, is_primary])).toEqual([
      ['Ben', null, true],
      ['Mira Chen', 'Ops', false],
    ]);
    const [northwind] = (await live.get('/api/v1/customers?slug=northwind-tea')).body.data;
    const [ann] = (await live.get(`/api/v1/customers/${northwind.id}/contacts`)).body.data;
    expect([ann.email, ann.is_primary, ann.display_id]).toEqual(['ann@northwind.example', true, 3]);
    expect(words((await bulk(live, rows)).body)).toEqual(['unchanged', 'unchanged']);
    const feed = (await live.get(`/api/v1/customers/${there.id}/activity`)).body.data;
    expect(feed.map(({ event_type, mode }: Record<string, string>) => `${event_type} ${mode}`)).toEqual([
      'contact.updated test',
      'contact.added test',
      'customer.field_changed test',
      'contact.added live',
      'customer.created live',
    ]);
  });

  it('that are bad say why and harm no other', async () => {
    const { live } = await world.org();
    const contact = { name: 'Ann', email: 'ann@a.example' };
    const { body, status } = await bulk(live, [
      { name: 'Good' },
      { slug: 'no-name' },
      { name: 'x', slug: 'Not A Slug' },
      { name: 'x', mrr: -1 },
      { name: 'x', domain: 'https://x.example' },
      { name: 'x', status: 'lost' },
      { name: 'x', metadata: [] },
      { name: 'x', contacts: [contact, { name: 'Ben', email: 'nope' }] },
      { name: 'x', contacts: [contact, { ...contact, email: 'ANN@a.example' }] },
      { name: 'x', contacts: 'Ann' },
      { name: 'x', contacts: [null] },
      { name: 'good' },
      { name: 'x', contacts: Array.from({ length: 51 }, (_, i) => ({ name: 'N', email: `n${i}@a.example` })) },
    ]);
    expect([status, body.created, body.failed]).toEqual([200, 1, 12]);
    expect(
      body.data.slice(1).map(({ error }: { error: Record<string, string> }) => `${error.code} ${error.field}`),
    ).toEqual([
      'missing_field name',
      'invalid_string slug',
      'too_small mrr',
      'invalid_string domain',
      'invalid_enum_value status',
      'invalid_type metadata',
      'invalid_string contacts[1].email',
      'email_taken contacts[1].email',
      'invalid_type contacts',
      'invalid_type contacts[0]',
      'conflict slug',
      'too_big contacts',
    ]);
    expect((await live.get('/api/v1/customers')).body.data).toHaveLength(1);
    expect(
      await world.rows(`select 1 from shared.onboarding_contacts where workspace_id = $1`, [body.data[0].id]),
    ).toEqual([]);
  });

  it('are matched by domain, unless several customers have it', async () => {
    const { live } = await world.org();
    const one = await newCustomer(live, { domain: 'one.example' });
    await newCustomer(live, { domain: 'two.example' });
    await newCustomer(live, { domain: 'two.example' });
    const { body } = await bulk(
      live,
      [
        { name: 'One', domain: 'ONE.example' },
        { name: 'Two', domain: 'two.example' },
        { name: 'Northwind Tea', domain: 'three.example' },
        { name: 'None' },
        { name: 'Five', domain: 'five.example', slug: 'northwind-tea' },
      ],
      { match: 'domain' },
    );
    expect(words(body)).toEqual(['updated', 'failed', 'created', 'failed', 'failed']);
    expect(body.data[0].id).toBe(one.id);
    expect(body.data.map(({ error }: { error: { code: string } | null }) => error?.code ?? null)).toEqual([
      null,
      'conflict',
      null,
      'missing_field',
      'slug_taken',
    ]);
    // The derived slug was taken, so it got something behind it.
    expect((await live.get(`/api/v1/customers/${body.data[2].id}`)).body.slug).toMatch(/^northwind-tea-\w{8}$/);
  });

  it('of one domain that come at once are one customer, whatever they are called', async () => {
    const { live, test } = await world.org();
    const upsert = (caller: Caller, name: string) =>
      made(bulk(caller, [{ name, domain: 'Race.example' }], { match: 'domain' }), 200);
    const answers = await Promise.all(
      ['Ann', 'Ben', 'Cleo', 'Dan'].map((name, n) => upsert(n % 2 ? live : test, name)),
    );
    expect(answers.flatMap(words).toSorted()).toEqual(['created', 'updated', 'updated', 'updated']);
    expect((await live.get('/api/v1/customers')).body.data).toHaveLength(1);
  });

  it('are 1 to 1,000, and that many arrive whole, numbered without a gap', async () => {
    const { live } = await world.org();
    expect(await refusal(bulk(live, []))).toEqual([400, 'too_small', 'customers']);
    const rows = Array.from({ length: 1001 }, (_, i) => ({
      name: `Customer ${i}`,
      contacts: [0, 1, 2].map((n) => ({ name: `P${n}`, email: `p${n}@c${i}.example` })),
    }));
    expect(await refusal(bulk(live, rows))).toEqual([400, 'too_big', 'customers']);
    const { body } = await bulk(live, rows.slice(0, 1000));
    expect(body.created).toBe(1000);
    expect(new Set(body.data.map(({ display_id }: { display_id: number }) => display_id)).size).toBe(1000);
    const [{ count, primaries } = { count: 0, primaries: 0 }] = await world.rows<{ count: number; primaries: number }>(
      `select count(*)::int as count, count(*) filter (where is_primary)::int as primaries
       from shared.onboarding_contacts c where customer_id = any($1)`,
      [body.data.map(({ id }: { id: string }) => id)],
    );
    expect([count, primaries]).toEqual([3000, 1000]);
  });

  it('that come in several requests at once are made by one and changed by the others', async () => {
    const { live, test, id } = await world.org();
    const rows = Array.from({ length: 50 }, (_, i) => ({
      name: `Twin ${i}`,
      slug: `twin-${i}`,
      contacts: [{ name: 'Ann', email: `ann${i}@twin.example` }],
    }));
    const plans = ['gold', 'silver', 'bronze'];
    const answers = await Promise.all(
      plans.map((plan, n) => {
        const said = rows.map((row) => ({ ...row, plan }));
        return made(bulk(n === 1 ? test : live, n === 2 ? said.toReversed() : said), 200);
      }),
    );
    const sumOf = (outcome: string) => answers.reduce((sum, answer) => sum + answer[outcome], 0);
    expect([sumOf('created'), sumOf('updated'), sumOf('failed')]).toEqual([50, 100, 0]);
    const listed = await world.rows<{ count: number }>(
      `select count(*)::int as count from shared.onboarding_customers where slug like 'twin-%' and deleted_at is null`,
    );
    expect(listed).toEqual([{ count: 50 }]);
    // Nobody belongs to a customer that another request was faster with.
    const people = await world.rows<{ count: number; homeless: number }>(
      `select count(*)::int as count, (count(*) filter (where not exists (select from shared.onboarding_customers c
         where c.workspace_id = p.workspace_id and c.id = p.customer_id)))::int as homeless
       from shared.onboarding_contacts p where workspace_id = $1`,
      [id],
    );
    expect(people).toEqual([{ count: 50, homeless: 0 }]);
  });

  it('tell the team once, and endpoints of each', async () => {
    const { live, id } = await world.org();
    await bulk(live, [{ name: 'A', contacts: [{ name: 'Ann', email: 'a@a.example' }] }, { name: 'B' }]);
    const effects = await world.rows<{ name: string }>(
      `select name from live.effects where workspace_id = $1 order by name`,
      [id],
    );
    expect(effects.map(({ name }) => name)).toEqual([
      'contact.created',
      'customer.created',
      'customer.created',
      'slack.message',
    ]);
    const [a] = (await live.get('/api/v1/customers?slug=a')).body.data;
    expect((await patch(live, `/api/v1/customers/${a.id}`, { plan: 'gold' })).status).toBe(200);
  });
});
