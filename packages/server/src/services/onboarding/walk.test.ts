import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createOnboardingWorld,
  newCustomer,
  type OnboardingWorld,
  type Org,
  patch,
  remove,
} from './onboarding.fixture.ts';
import { readCursor, writeCursor } from './page.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world.close());

/** Every id of a list, page by page. */
async function walk(org: Org, query: string, between: () => Promise<unknown> = async () => {}): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await org.live.get(`/api/v1/customers?limit=100${query}${cursor}`);
    ids.push(...body.data.map(({ id }: { id: string }) => id));
    if (!body.has_more) {
      expect(body.next_cursor).toBeNull();
      return ids;
    }
    expect(Date.parse(body.next_cursor)).not.toBeNaN();
    cursor = `&cursor=${body.next_cursor}`;
    await between();
  }
}

const insertMany = `
  insert into shared.onboarding_customers (workspace_id, id, display_id, name, slug, status, mode, created_at, updated_at)
  select $1, 'c' || lpad(to_hex(n) || 'z', 24, '0'), 1000000 + n, 'Same', 'same-' || n, 'active', 'live', $2, $2
  from generate_series(1, $3) n`;

it('meets every row of one instant exactly once, while others add, change and delete', async () => {
  const org = await world.org();
  const rows = 3_000;
  await world.rows(insertMany, [org.id, new Date(world.t.clock.now()), rows]);
  const doomed = (await org.live.get('/api/v1/customers?limit=1')).body.data[0].id;
  let turn = 0;
  const seen = await walk(org, '', async () => {
    turn++;
    await Promise.all([
      newCustomer(org.test, { name: `New ${turn}` }),
      patch(org.test, `/api/v1/customers/${1_000_000 + ((turn * 97) % rows) + 1}`, { name: `Changed ${turn}` }),
      turn === 1 ? remove(org.live, `/api/v1/customers/${doomed}`) : null,
    ]);
  });
  expect(new Set(seen).size).toBe(seen.length);
  const stayed = await world.rows<{ id: string }>(
    `select id from shared.onboarding_customers where workspace_id = $1 and slug like 'same-%' and deleted_at is null`,
    [org.id],
  );
  expect(stayed).toHaveLength(rows - 1);
  const met = new Set(seen);
  expect(stayed.filter(({ id }) => !met.has(id))).toEqual([]);
});

it('takes a plain instant as strictly older, with any offset', async () => {
  const org = await world.org();
  const [older, newer] = [await newCustomer(org.live), await newCustomer(org.live)];
  await world.rows(`update shared.onboarding_customers set created_at = '2026-01-01T00:00:00.500Z' where id = $1`, [
    older.id,
  ]);
  await world.rows(`update shared.onboarding_customers set created_at = '2026-01-01T00:00:01.000Z' where id = $1`, [
    newer.id,
  ]);
  const ids = async (cursor: string) =>
    (await org.live.get(`/api/v1/customers?cursor=${encodeURIComponent(cursor)}`)).body.data.map(
      ({ id }: { id: string }) => id,
    );
  expect(await ids('2026-01-01T00:00:01Z')).toEqual([older.id]);
  expect(await ids('2026-01-01T01:00:01.000+01:00')).toEqual([older.id]);
  expect(await ids('2026-01-01T00:00:01.0001Z')).toEqual([newer.id, older.id]);
  expect(await ids('2026-01-01T00:00:00.500Z')).toEqual([]);
});

it('writes cursors that it reads back', () => {
  for (const id of ['c000000000000000000000000', 'czzzzzzzzzzzzzzzzzzzzzzzz', 'cm3p0x7sd0001qk08v2h4z9ra']) {
    const place = { at: new Date('2026-11-21T09:00:00.120Z'), id };
    expect(readCursor(writeCursor(place))).toEqual(place);
  }
});

it('an exactly full last page says that it is the last', async () => {
  const org = await world.org();
  for (let i = 0; i < 4; i++) await newCustomer(org.live);
  const page = (await org.live.get('/api/v1/customers?limit=4')).body;
  expect([page.data.length, page.has_more, page.next_cursor]).toEqual([4, false, null]);
});
