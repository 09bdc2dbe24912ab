import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../../server/src/services/index.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../server/src/testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../../server/src/testing/harness.ts';
import { callCommand, createCommand, urlOf } from './interlock.fixture.ts';

let fresh: FreshDatabase;
let running: TestPlatform;
let home: string;
let workspaceId: string;
let interlock: ReturnType<typeof callCommand>;
/** The same as a process of its own, for what only a process shows; it takes ten times as long. */
let started: ReturnType<typeof createCommand>;

beforeAll(async () => {
  fresh = await createFreshDatabase();
  home = await mkdtemp(join(tmpdir(), 'interlock-command-'));
  const env = { ...fresh.env, DATABASE_URL: urlOf(fresh.owner), INTERLOCK_HOME: home };
  interlock = callCommand(env);
  started = createCommand(env);
  running = await createTestPlatform({ owner: fresh.owner, env: fresh.env });
});
afterAll(async () => {
  await running?.close();
  await fresh?.drop();
  await rm(home, { recursive: true, force: true });
});

describe('before there is a workspace', () => {
  test('keys have no place', async () => {
    const { code, out, err } = await interlock('keys', 'list');
    expect({ code, out, err }).toEqual({
      code: 4,
      out: '',
      err: 'There is no workspace yet; make one with: npx interlock workspaces create --name <name>\n',
    });
  });

  test('the list of workspaces is empty', async () => {
    const { code, json } = await interlock('workspaces', 'list', '--json');
    expect({ code, json }).toEqual({ code: 0, json: { workspaces: [] } });
  });

  test('one is created, and listed', async () => {
    const created = await started('workspaces', 'create', '--name', ' Acme ', '--json');
    workspaceId = created.json.id;
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.json).toEqual({
      id: expect.stringMatching(/^ws_\w{22}$/),
      name: 'Acme',
      createdAt: expect.any(Number),
      owner: null,
    });
    const listed = await interlock('workspaces', 'list', '--json');
    expect(listed.json).toEqual({
      workspaces: [{ id: workspaceId, name: 'Acme', createdAt: created.json.createdAt, people: 0, demo: false }],
    });
    expect((await interlock('workspaces', 'list')).out).toContain(`${workspaceId}  Acme`);
  });
});

describe('workspaces', () => {
  test('an owner has to have signed up, and then finds the workspace', async () => {
    const nobody = await interlock(
      'workspaces',
      'create',
      '--name',
      'Nobody’s',
      '--owner',
      'ada@example.com',
      '--json',
    );
    expect(nobody).toMatchObject({ code: 4, json: { error: { code: 'not_found' } } });
    const before = (await interlock('workspaces', 'list', '--json')).json.workspaces.length;
    expect(before).toBe(1);

    await asOwner(fresh.owner, `insert into core.people (id, name, email) values ('usr_1', 'Ada', 'ada@example.com')`);
    const created = await interlock('workspaces', 'create', '--name', 'Ada’s', '--owner', 'Ada@example.com', '--json');
    expect(created.code).toBe(0);
    expect(
      await asOwner(fresh.owner, 'select "userId", role from core.members where "organizationId" = $1', [
        created.json.id,
      ]),
    ).toEqual([{ userId: 'usr_1', role: 'owner' }]);
    await asOwner(fresh.owner, 'delete from core.workspaces where id = $1', [created.json.id]);
  });

  test('a demo is a workspace of its own, with sample data that nobody was told of', async () => {
    const { code, json, err } = await interlock('workspaces', 'create', '--demo', '--name', 'For partners', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(json).toEqual({
      id: expect.stringMatching(/^ws_/),
      name: 'For partners',
      createdAt: expect.any(Number),
      owner: null,
      keys: { live: expect.stringMatching(/^pivotal_/), test: expect.stringMatching(/^pivotal_test_/) },
      sample: { customers: 5, contacts: 6, onboardings: 3, tasks: 3 },
    });
    const get = async (path: string) => (await running.as(json.keys.live).get(`/api/v1${path}`)).body;
    expect((await get('/me')).org_id).toBe(json.id);
    expect((await get('/customers')).data).toHaveLength(5);
    expect((await get('/onboardings')).data).toHaveLength(3);
    expect((await get('/customers?q=anna')).data.map((row: { slug: string }) => row.slug)).toEqual(['cafe-sorensen']);
    const told = await asOwner(
      fresh.owner,
      `select disposition, count(*)::int as n from test.effects where workspace_id = $1 and name like '%.message' group by 1`,
      [json.id],
    );
    expect(told).toEqual([{ disposition: 'suppress', n: expect.any(Number) }]);
    expect(await asOwner(fresh.owner, 'select from live.effects where workspace_id = $1', [json.id])).toEqual([]);
    expect(
      await asOwner(fresh.owner, 'select from shared.onboarding_customers where workspace_id = $1', [workspaceId]),
    ).toEqual([]);
    await asOwner(fresh.owner, 'delete from core.workspaces where id = $1', [json.id]);
  });

  test('a plan decides about the limits of keys that are in use', async () => {
    const { id } = (await interlock('workspaces', 'create', '--name', 'Planned', '--json')).json;
    const made = await interlock(
      'keys',
      'create',
      '--service',
      'onboarding',
      '--mode',
      'live',
      '--name',
      'prod-server',
      '--workspace',
      id,
      '--json',
    );
    const limit = async () => (await running.as(made.json.key).get('/api/v1/me')).headers['x-ratelimit-limit'];
    expect(await limit()).toBe('60');
    const { code, json } = await interlock('workspaces', 'plan', 'paid', '--workspace', 'Planned', '--json');
    expect({ code, json }).toEqual({ code: 0, json: { id, name: 'Planned', plan: 'paid' } });
    await expect.poll(limit).toBe('600');
    expect((await interlock('workspaces', 'plan', 'standard', '--workspace', id)).code).toBe(0);
    await expect.poll(limit).toBe('60');
    expect(await interlock('workspaces', 'plan', 'gold')).toMatchObject({ code: 2, out: '' });
    await asOwner(fresh.owner, 'delete from core.workspaces where id = $1', [id]);
  });

  test.each([[''], ['   '], ['x'.repeat(101)]])('a workspace cannot be called "%s"', async (name) => {
    const { code, err } = await interlock('workspaces', 'create', '--name', name);
    expect({ code, err }).toEqual({ code: 2, err: 'The name must have 1 to 100 characters.\n' });
  });
});

describe('keys', () => {
  const create = (...more: string[]) =>
    interlock('keys', 'create', '--service', 'randomness', '--mode', 'test', '--name', 'CI', '--json', ...more);

  test('a key is bound to a client of its own mode, and to nothing else', async () => {
    const team = await running.key(workspaceId, { service: 'invoices', mode: 'test', name: 'all of the team' });
    const made = await running.as(team.key).post('/external/v1/clients', { name: 'Baltic Timber UAB' });
    const bind = (...more: string[]) =>
      interlock('keys', 'create', '--service', 'invoices', '--name', 'Baltic Timber', '--json', ...more);
    const { code, json } = await bind('--mode', 'test', '--bound-to', made.body.id);
    expect({ code, boundTo: json.boundTo }).toEqual({ code: 0, boundTo: made.body.id });
    expect((await running.as(json.key).get('/external/v1/invoices')).status).toBe(200);
    expect((await running.as(json.key).post('/external/v1/clients', { name: 'Another' })).body.code).toBe(
      'client.scope_mismatch',
    );
    const crossed = await bind('--mode', 'live', '--bound-to', made.body.id);
    expect([crossed.code, crossed.json.error]).toEqual([
      1,
      expect.objectContaining({ code: 'mode_mismatch', param: 'boundTo' }),
    ]);
    const unknown = await bind('--mode', 'test', '--bound-to', 'cl_test_0000000000000000000000');
    expect([unknown.code, unknown.json.error.code]).toEqual([4, 'not_found']);
    const elsewhere = await create('--bound-to', made.body.id);
    expect([elsewhere.code, elsewhere.json.error.param]).toEqual([2, 'boundTo']);
    for (const id of [team.id, json.id]) await interlock('keys', 'revoke', id);
    await asOwner(fresh.owner, 'delete from core.api_keys where id = any($1)', [[team.id, json.id]]);
  });

  test('a key is held to less than its plan allows, and never to more', async () => {
    const limited = (...more: string[]) =>
      interlock('keys', 'create', '--service', 'invoices', '--mode', 'live', '--name', 'Nightly', '--json', ...more);
    const made = await limited('--rate-limit', '2/minute', '--rate-limit', '900/hour');
    expect([made.code, made.json.rateLimit]).toEqual([0, { perMinute: 2, perHour: 900 }]);
    const { headers } = await running.as(made.json.key).get('/external/v1/me');
    expect([headers['x-ratelimit-limit'], headers['x-ratelimit-limit-hour']]).toEqual(['2', '900']);
    const more = await limited('--rate-limit', '61/minute');
    expect([more.code, more.json.error.param]).toEqual([2, 'rateLimit.perMinute']);
    expect((await limited('--rate-limit', 'fast')).json.error.code).toBe('usage');
    expect((await create('--rate-limit', '2/minute')).json.error.param).toBe('rateLimit.perMinute');
    await interlock('keys', 'revoke', made.json.id);
    await asOwner(fresh.owner, 'delete from core.api_keys where id = $1', [made.json.id]);
  });

  test('the operator gives credits and plans, sees the queues, and is written down', async () => {
    const mine = ['--workspace', workspaceId, '--json'];
    const listed = await interlock('operate', '--json');
    expect(listed.json.actions.map(({ id }: { id: string }) => id)).toEqual([
      'invoices.account',
      'invoices.credits',
      'invoices.plan',
      'invoices.close',
    ]);
    const { json: before } = await interlock('operate', 'invoices.account', ...mine);
    expect(before).toMatchObject({
      plan: 'partner',
      credits: { balance: 1000, purchased: 0 },
      queue: { live: { depth: 0, limit: 200 }, test: { depth: 0, limit: 200 } },
    });
    const { json: granted } = await interlock('operate', 'invoices.credits', 'grant=500', ...mine);
    expect(granted.credits).toMatchObject({ balance: 1500, purchased: 500 });
    expect((await interlock('operate', 'invoices.credits', 'grant=-600', ...mine)).json.credits.purchased).toBe(0);
    const { json: changed } = await interlock('operate', 'invoices.plan', 'plan=enterprise', ...mine);
    expect(changed).toMatchObject({ plan: 'enterprise', credits: { balance: null }, queue: { live: { limit: 2000 } } });
    const team = await running.key(workspaceId, { service: 'invoices', mode: 'live', name: 'of an enterprise' });
    const answer = await running.as(team.key).get('/external/v1/me');
    expect([answer.body.team.plan, answer.headers['x-ratelimit-limit']]).toEqual(['enterprise', '600']);
    const { json: closed } = await interlock('operate', 'invoices.close', ...mine);
    expect([closed.apiAccess, closed.closedAt]).toEqual([false, expect.any(String)]);
    expect((await running.as(team.key).get('/external/v1/me')).body.code).toBe('plan.api_access_disabled');
    expect((await interlock('operate', 'invoices.close', 'undo=true', ...mine)).json.apiAccess).toBe(true);
    await interlock('operate', 'invoices.plan', 'plan=partner', ...mine);
    for (const [args, what] of [
      [['invoices.credits', 'grant=many'], 'grant'],
      [['invoices.credits'], 'grant'],
      [['invoices.plan', 'plan=gold'], 'plan'],
      [['invoices.account', 'plan=gold'], 'plan'],
      [['invoices.nothing'], 'invoices.nothing'],
    ] as const) {
      const { code, json } = await interlock('operate', ...args, ...mine);
      expect([code, json.error.message]).toEqual([2, expect.stringContaining(what)]);
    }
    const { out } = await interlock('tail', '--no-follow', '--last', '50', '--mode', 'live', ...mine);
    expect(out).toContain(granted.requestId);
    expect(out).toContain('interlock operate invoices.credits');
    await interlock('keys', 'revoke', team.id);
    await asOwner(fresh.owner, 'delete from core.api_keys where id = $1', [team.id]);
  });

  test('a created key works, and carries what it was given', async () => {
    const { code, err, json } = await create(
      ...['--scope', 'draw', '--expires', '2099-12-31', '--allow-ip', '127.0.0.0/8', '--allow-ip', '::1'],
      ...['--allow-referer', 'https://app.example.com'],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(json).toEqual({
      workspaceId,
      id: expect.stringMatching(/^key_\w{22}$/),
      service: 'randomness',
      mode: 'test',
      name: 'CI',
      scopes: ['draw'],
      prefix: 'pk_test_',
      last4: json.key.slice(-4),
      boundTo: null,
      allowedIps: ['127.0.0.0/8', '::1'],
      allowedReferers: ['https://app.example.com'],
      rateLimit: null,
      createdAt: expect.any(Number),
      createdBy: null,
      expiresAt: Date.parse('2099-12-31'),
      revokedAt: null,
      lastUsedAt: null,
      usageCount: 0,
      key: expect.stringMatching(/^pk_test_/),
    });
    const headers = { referer: 'https://app.example.com/page' };
    expect((await running.as(json.key).get('/api/ints?count=1&min=1&max=6', { headers })).status).toBe(200);
    expect((await running.as(json.key).get('/api/ints?count=1&min=1&max=6')).status).toBe(403);
  });

  test('the text of a key is shown by create and rotate, and by nothing else', async () => {
    const created = await interlock('keys', 'create', '--service', 'randomness', '--mode', 'live', '--name', 'Once');
    const [, text = '', id = ''] = /^Key\s+(pk_live_\w+)\nId\s+(key_\w+)/.exec(created.out) ?? [];
    expect(created.code).toBe(0);
    for (const args of [
      ['keys', 'list'],
      ['keys', 'list', '--json'],
      ['keys', 'revoke', id],
    ]) {
      const { code, out, err } = await interlock(...args);
      expect(code).toBe(0);
      expect(out + err).not.toContain(text);
    }
  });

  test('a list is of one service and one mode when asked', async () => {
    const all = await interlock('keys', 'list', '--json');
    expect(all.json.workspaceId).toBe(workspaceId);
    expect(all.json.keys.map((key: { mode: string }) => key.mode)).toEqual(['test', 'live']);
    const live = await interlock('keys', 'list', '--service', 'randomness', '--mode', 'live', '--json');
    expect(live.json.keys.map((key: { name: string }) => key.name)).toEqual(['Once']);
    expect(live.json.keys[0]).not.toHaveProperty('key');
    const text = await interlock('keys', 'list', '--mode', 'live');
    expect(text.out).toMatch(/^ID .*\nkey_\w+ +randomness +live +Once +pk_live_….{4} +revoked /);
  });

  test('a rotated key has a new text; the old one works for the overlap and no longer', async () => {
    const before = (await create()).json;
    const overlapping = await interlock('keys', 'rotate', before.id, '--overlap', '3600', '--json');
    expect(overlapping.json).toMatchObject({ workspaceId, id: before.id, name: 'CI' });
    const call = async (key: string) => (await running.as(key).get('/api/ints?count=1&min=1&max=6')).status;
    expect([await call(before.key), await call(overlapping.json.key)]).toEqual([200, 200]);

    const { json, code } = await interlock('keys', 'rotate', before.id, '--json');
    expect(code).toBe(0);
    await expect.poll(() => call(overlapping.json.key), { timeout: 1_000, interval: 20 }).toBe(401);
    expect(await call(json.key)).toBe(200);
  });

  test('a revoked key stops working within a second on a server that runs', async () => {
    const { json } = await create();
    const call = async () => (await running.as(json.key).get('/api/ints?count=1&min=1&max=6')).status;
    expect(await call()).toBe(200);
    const revoked = await started('keys', 'revoke', json.id, '--json');
    expect(revoked).toMatchObject({ code: 0, json: { workspaceId, id: json.id, revokedAt: expect.any(Number) } });
    await expect.poll(call, { timeout: 1_000, interval: 20 }).toBe(401);
    const again = await interlock('keys', 'rotate', json.id);
    expect(again).toMatchObject({ code: 1, out: '', err: 'A revoked key cannot be rotated; create a new one.\n' });
  });

  test('among several workspaces one has to be chosen, by id or by name; a key’s id is enough', async () => {
    const { id } = (await interlock('workspaces', 'create', '--name', 'Second', '--json')).json;
    const unclear = await create();
    expect(unclear.code).toBe(2);
    expect(unclear.json.error.message).toBe(
      `There are several workspaces; choose one with --workspace: ${workspaceId} (Acme), ${id} (Second)`,
    );
    const byId = await create('--workspace', id);
    expect(byId.json.workspaceId).toBe(id);
    const byName = await create('--workspace', 'Second');
    expect(byName.json.workspaceId).toBe(id);
    expect((await interlock('keys', 'revoke', byId.json.id, '--json')).json.workspaceId).toBe(id);
    const elsewhere = await interlock('keys', 'revoke', byName.json.id, '--workspace', 'Acme', '--json');
    expect(elsewhere).toMatchObject({ code: 4, json: { error: { code: 'not_found' } } });
    await asOwner(fresh.owner, 'delete from core.workspaces where id = $1', [id]);
  });

  test('the demo workspace is meant where nobody says otherwise', async () => {
    await asOwner(
      fresh.owner,
      `insert into core.people (id, name, email) values ('usr_demo', 'Demo', 'demo@interlock.localhost')`,
    );
    const demo = await interlock(
      'workspaces',
      'create',
      '--name',
      'Demo',
      '--owner',
      'demo@interlock.localhost',
      '--json',
    );
    const { code, json } = await create();
    expect({ code, workspace: json.workspaceId }).toEqual({ code: 0, workspace: demo.json.id });
    await asOwner(fresh.owner, 'delete from core.workspaces where id = $1', [demo.json.id]);
  });

  const createArgs = ['keys', 'create', '--service', 'randomness', '--mode', 'test', '--name', 'x'];
  test.each<[title: string, args: string[], code: number, message: string]>([
    [
      'an unknown service',
      ['keys', 'create', '--service', 'dice', '--mode', 'test', '--name', 'x'],
      2,
      `There is no service "dice"; there are: ${services.map(({ contract }) => contract.name).join(', ')}.`,
    ],
    [
      'an unknown service in a list',
      ['keys', 'list', '--service', 'dice'],
      2,
      `There is no service "dice"; there are: ${services.map(({ contract }) => contract.name).join(', ')}.`,
    ],
    [
      'an unknown mode',
      ['keys', 'create', '--service', 'randomness', '--mode', 'prod', '--name', 'x'],
      2,
      `option '--mode <mode>' argument 'prod' is invalid. Allowed choices are live, test.`,
    ],
    [
      'a missing option',
      ['keys', 'create', '--service', 'randomness', '--mode', 'test'],
      2,
      `required option '--name <name>' not specified`,
    ],
    ['an unknown scope', [...createArgs, '--scope', 'admin'], 2, 'There is no scope "admin"; there are: draw, read.'],
    [
      'an expiry that nobody can read',
      [...createArgs, '--expires', 'soon'],
      2,
      `option '--expires <when>' argument 'soon' is invalid. Give a time such as 2027-01-31 or 2027-01-31T12:00:00Z, a span such as 90d, or never.`,
    ],
    [
      'an expiry in the past',
      [...createArgs, '--expires', '2020-01-01'],
      2,
      `option '--expires <when>' argument '2020-01-01' is invalid. The expiry must lie in the future.`,
    ],
    [
      'a range that is none',
      [...createArgs, '--allow-ip', '10.0.0.0/40'],
      2,
      'Line 1: "10.0.0.0/40" has a prefix length outside 0 to 32.',
    ],
    [
      'a Referer that is no origin',
      [...createArgs, '--allow-referer', 'example.com'],
      2,
      'Line 1: "example.com" is not an origin such as https://app.example.com or https://*.example.com:8443.',
    ],
    [
      'an unknown workspace',
      [...createArgs, '--workspace', 'ws_0'],
      4,
      'There is no workspace "ws_0"; "npx interlock workspaces list" shows those there are.',
    ],
    [
      'a key that does not exist',
      ['keys', 'revoke', 'key_0'],
      4,
      'There is no key "key_0"; "npx interlock keys list" shows those there are.',
    ],
    [
      'an overlap that is no number',
      ['keys', 'rotate', 'key_0', '--overlap', '1h'],
      2,
      `option '--overlap <seconds>' argument '1h' is invalid. Give a whole number of seconds, such as 3600.`,
    ],
    ['an unknown option', ['keys', 'list', '--all'], 2, `unknown option '--all'`],
    ['an unknown command', ['keys', 'destroy'], 2, `unknown command 'destroy'`],
    [
      'one argument too many',
      ['keys', 'list', 'live'],
      2,
      `too many arguments for 'list'. Expected 0 arguments but got 1: live.`,
    ],
  ])('refuses %s', async (_, args, code, message) => {
    const text = await interlock(...args);
    expect({ code: text.code, out: text.out, first: text.err.split('\n')[0] }).toEqual({
      code,
      out: '',
      first: message,
    });
    const { json, ...run } = await interlock(...args, '--json');
    expect(run.code).toBe(code);
    expect(json.error.message).toBe(message);
  });
});

describe('the command itself', () => {
  test('without a command it shows its help and fails as a usage', async () => {
    expect(await started()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Usage: interlock') });
    expect(await interlock('keys')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('Usage: interlock keys'),
    });
  });

  test.each([
    ['keys', 'create'],
    ['keys', 'list'],
    ['keys', 'rotate'],
    ['keys', 'revoke'],
    ['workspaces', 'create'],
    ['workspaces', 'list'],
    ['doctor'],
  ])('%s %s has help with examples', async (...words) => {
    const args = words.filter((word) => word !== undefined);
    const { code, out, err } = await interlock(...args, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Examples:\n  npx interlock ${args.join(' ')}`);
  });

  test('help and version are one document with --json, and text without', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await interlock('--version')).toMatchObject({ code: 0, out: `${version}\n`, err: '' });
    for (const args of [['--version'], ['--help'], ['help'], ['keys', 'create', '--help']]) {
      const { code, json } = await interlock(...args, '--json');
      expect({ code, json }).toEqual({ code: 0, json: { text: (await interlock(...args)).out } });
    }
    expect((await interlock('keys', '--json')).json.error).toEqual({ code: 'usage', message: 'Say which command.' });
  });

  test('bad configuration is one message that names every variable', async () => {
    const command = callCommand({
      INTERLOCK_HOME: home,
      DATABASE_URL: 'mysql://localhost/x',
      INTERLOCK_ROLE_PREFIX: 'No Word',
      INTERLOCK_LIVE_URL: 'postgres://a@h/d',
    });
    const { code, out, err } = await command('keys', 'list');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      [
        'The configuration cannot be used:',
        '  DATABASE_URL must be a URL starting with postgres:// or postgresql://',
        '  INTERLOCK_ROLE_PREFIX must be lower-case letters, digits and underscores',
        '  INTERLOCK_TEST_URL, INTERLOCK_AUTHENTICATOR_URL, INTERLOCK_CONSOLE_URL, INTERLOCK_LIVE_DISPATCH_URL, INTERLOCK_TEST_DISPATCH_URL must be set too: all role URLs, or none',
        '',
      ].join('\n'),
    );
    expect((await command('keys', 'list', '--json')).json.error.code).toBe('configuration');
  });

  test.each([
    ['a wrong password', { password: 'wrong' }, 'refused the user name or password in DATABASE_URL'],
    ['a database that is not there', { database: 'nowhere' }, 'has no such database'],
    ['a server that is not there', { host: '/tmp/nowhere' }, 'No PostgreSQL answers at'],
  ])('%s is one sentence without the password', async (_, change, sentence) => {
    const url = urlOf({ ...fresh.owner, ...change });
    const { code, out, err } = await callCommand({ ...fresh.env, DATABASE_URL: url, INTERLOCK_HOME: home })(
      'keys',
      'list',
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).not.toContain(new URL(url).password);
  });

  test('production needs no secret of the server to manage its keys', async () => {
    const command = createCommand({
      ...fresh.env,
      NODE_ENV: 'production',
      DATABASE_URL: urlOf(fresh.owner),
      INTERLOCK_HOME: home,
    });
    expect((await command('keys', 'list')).code).toBe(0);
  });
});
