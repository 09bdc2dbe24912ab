import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { services } from '../../services/index.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { expectedAccess } from './access.ts';
import { findDeviations, readCatalogue } from './catalogue.ts';
import { openDatabase } from './database.ts';
import { restoreAccess } from './migrate.ts';
import { roleNames } from './roles.ts';

let fresh: FreshDatabase;
let prefix: string;
const contracts = services.map(({ contract }) => contract);
const tables = expectedAccess(contracts);

beforeAll(async () => {
  fresh = await createFreshDatabase();
  prefix = fresh.env.INTERLOCK_ROLE_PREFIX ?? '';
  const database = await openDatabase({ owner: fresh.owner, rolePrefix: prefix, services, poolSize: 1 });
  await database.close();
});

afterAll(() => fresh?.drop());

async function withOwner<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(fresh.owner);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function deviations(): Promise<string[]> {
  return withOwner(async (client) => findDeviations(await readCatalogue(client, tables), tables, roleNames(prefix)));
}

test('what the migrator grants is what is expected', async () => {
  expect(await deviations()).toEqual([]);
});

test('reading the catalogue leaves nothing behind', async () => {
  const schemas = () => asOwner(fresh.owner, 'select nspname from pg_namespace order by 1');
  const before = await schemas();
  await deviations();
  expect(await schemas()).toEqual(before);
});

test.each([
  [
    'grant select on live.effects to ROLE_test',
    'The role ROLE_test holds SELECT on the table live.effects, which nothing declares.',
  ],
  [
    'grant usage on schema live to ROLE_test',
    'The role ROLE_test holds USAGE on the schema live, which nothing declares.',
  ],
  [
    'grant select (hash) on core.api_key_secrets to ROLE_live',
    'The role ROLE_live holds SELECT on the column core.api_key_secrets.hash, which nothing declares.',
  ],
  [
    'grant select on core.people to public',
    'Everybody (PUBLIC) holds SELECT on the table core.people, which nothing declares.',
  ],
  [
    'grant insert on live.effects to ROLE_live with grant option',
    'The role ROLE_live may pass on INSERT on the table live.effects.',
  ],
  ['revoke insert on test.audit_log from ROLE_test', 'The role ROLE_test lacks INSERT on the table test.audit_log.'],
  [
    'grant temporary on database DATABASE to public',
    'Everybody (PUBLIC) holds TEMPORARY on the database DATABASE, which nothing declares.',
  ],
  [
    'create function live.peek() returns int language sql as $$ select 1 $$',
    'Everybody (PUBLIC) holds EXECUTE on the function live.peek(), which nothing declares.',
    'drop function live.peek()',
  ],
  [
    'create function core.peek() returns int language sql security definer as $$ select 1 $$',
    'The function core.peek() runs as its owner without a search_path that ends in pg_temp.',
    'drop function core.peek()',
  ],
  [
    'create view live.all_effects as select * from live.effects; grant select on live.all_effects to ROLE_live',
    'The role ROLE_live holds SELECT on the table live.all_effects, which nothing declares.',
    'drop view live.all_effects',
  ],
  ['alter table live.effects disable row level security', 'The table live.effects has its row policies switched off.'],
  [
    'alter table live.effects no force row level security',
    'The table live.effects does not force its row policies on its owner.',
  ],
  ['drop policy live_rows on live.effects', 'The policy live_rows of live.effects is missing.'],
  [
    'create policy everything on live.effects using (true)',
    'The policy everything of live.effects is declared nowhere.',
  ],
  [
    'alter policy test_rows on test.audit_log with check (true)',
    'The policy test_rows of test.audit_log is not the expected one: it accepts rows where true.',
  ],
  [
    'alter policy test_rows on test.audit_log to public',
    'The policy test_rows of test.audit_log is not the expected one: it is for PUBLIC.',
  ],
  [
    'alter table test.audit_log owner to ROLE_test',
    'The table test.audit_log belongs to the role ROLE_test; what one owns one can grant oneself.',
    'alter table test.audit_log owner to current_user',
  ],
  ['alter role ROLE_live superuser', 'The role ROLE_live is a superuser.', 'alter role ROLE_live nosuperuser'],
  [
    'alter role ROLE_live bypassrls',
    'The role ROLE_live bypasses row policies (BYPASSRLS).',
    'alter role ROLE_live nobypassrls',
  ],
  ['alter role ROLE_test nologin', 'The role ROLE_test may not log in.', 'alter role ROLE_test login'],
  [
    'grant ROLE_live to ROLE_test',
    'The role ROLE_test is a member of ROLE_live, and can act as it.',
    'revoke ROLE_live from ROLE_test',
  ],
  [
    'alter table live.quota_usage rename to used',
    'The table live.quota_usage is missing.',
    'alter table live.used rename to quota_usage',
  ],
])('%s is found, and can be put back', async (harm, sentence, undo = '') => {
  const fill = (text: string) => text.replaceAll('ROLE', prefix).replaceAll('DATABASE', prefix);
  await asOwner(fresh.owner, fill(harm));
  expect(await deviations()).toContain(fill(sentence));
  if (undo !== '') await asOwner(fresh.owner, fill(undo));
  await withOwner((client) => restoreAccess(client, contracts, roleNames(prefix)));
  expect(await deviations()).toEqual([]);
});
