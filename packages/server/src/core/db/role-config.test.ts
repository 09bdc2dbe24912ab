import { Client } from 'pg';
import { expect, test } from 'vitest';
import { roleConfig } from './database.ts';

const role = { user: 'interlock_live', password: 'its own' };

test.each([
  ['postgres://owner:secret@db.example.com:6432/app', { host: 'db.example.com', port: 6432, database: 'app' }],
  ['postgresql://owner@db.example.com/app?sslmode=disable', { host: 'db.example.com', port: 5432, database: 'app' }],
  ['postgres://owner:secret@%2Fvar%2Frun/app', { host: '/var/run', port: 5432, database: 'app' }],
  ['postgres:///app?host=/var/run&user=owner&password=secret', { host: '/var/run', port: 5432, database: 'app' }],
  ['postgres://db.example.com/app?user=owner&password=secret', { host: 'db.example.com', port: 5432, database: 'app' }],
  ['postgres://a:b@db.example.com/app?user=owner', { host: 'db.example.com', port: 5432, database: 'app' }],
])('a role connects as itself where the owner connects by %s', (connectionString, place) => {
  const client = new Client(
    roleConfig({ owner: { connectionString }, rolePrefix: 'interlock' }, 'live', role.password),
  );
  expect(client).toMatchObject({ ...role, ...place });
});

test('a role connects as itself where the owner connects without a URL', () => {
  const owner = { host: '/var/run', port: 5432, user: 'owner', password: 'secret', database: 'app' };
  const client = new Client(roleConfig({ owner, rolePrefix: 'interlock' }, 'live', role.password));
  expect(client).toMatchObject({ ...owner, ...role });
});

test('a URL of its own is a role’s whole connection', () => {
  const url = (kind: string) => `postgres://${kind}:pw@db.example.com/app`;
  const roleUrls = {
    live: url('l'),
    test: url('t'),
    authenticator: url('a'),
    console: url('c'),
    live_dispatch: url('ld'),
    test_dispatch: url('td'),
  };
  const owner = { connectionString: 'postgres://owner:secret@other.example.com/x' };
  const client = new Client(roleConfig({ owner, rolePrefix: 'interlock', roleUrls }, 'test', undefined));
  expect(client).toMatchObject({ user: 't', password: 'pw', host: 'db.example.com', database: 'app' });
});

test('options of a URL are kept beside the settings of the role', () => {
  const connectionString = 'postgres://owner@db.example.com/app?options=endpoint%3Dquiet-river';
  const config = roleConfig({ owner: { connectionString }, rolePrefix: 'interlock' }, 'test', 'x');
  expect(new URL(config.connectionString ?? '').searchParams.get('options')).toBe(
    'endpoint=quiet-river -c search_path=test,shared,pg_temp',
  );
});

test('a dispatcher reads by indexes only, however old the statistics are', () => {
  const owner = { host: '/var/run', port: 5432, user: 'owner', password: 'secret', database: 'app' };
  const { options } = roleConfig({ owner, rolePrefix: 'interlock' }, 'live_dispatch', 'x');
  expect(options).toBe(
    '-c search_path=live,pg_temp -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan',
  );
});
