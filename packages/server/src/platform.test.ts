import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOwner, createFreshDatabase, type FreshDatabase } from './testing/fresh-database.ts';
import { createTestPlatform } from './testing/harness.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await createFreshDatabase();
});
afterAll(() => db.drop());

test('a start that fails leaves no connection behind, which would keep the process alive', async () => {
  const failing = createTestPlatform({ ...db, config: { trustedProxies: ['nowhere'] } });
  await expect(failing).rejects.toThrow('invalid IP address: nowhere');
  const connected = async () => {
    const rows = await asOwner<{ name: string }>(
      db.owner,
      `select application_name as name from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
      [db.owner.database],
    );
    return rows.map(({ name }) => name);
  };
  await expect.poll(connected).toEqual([]);
  // Whoever listens for changes would connect again, within 50 ms.
  for (let look = 0; look < 5; look++) expect(await connected()).toEqual([]);
});
