import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyWebhook } from '../../client/src/webhooks/verify-webhook.ts';
import type { Service } from '../../server/src/core/service.ts';
import { loadServices } from '../../server/src/load-services.ts';
import { createFreshDatabase, type FreshDatabase } from '../../server/src/testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../../server/src/testing/harness.ts';
import { callCommand, urlOf } from './interlock.fixture.ts';

/*
 * Commands about what a workspace does, against a server that runs: with a service of one's own, whose events reach
 * webhooks in both modes.
 */
const serviceFile = fileURLToPath(new URL('../../../examples/shortlinks/service.ts', import.meta.url));
const INTERLOCK_SERVICES = serviceFile;

let fresh: FreshDatabase;
let t: TestPlatform;
let home: string;
let workspaceId: string;
let env: Record<string, string>;
let interlock: ReturnType<typeof callCommand>;
let receiver: Receiver;
let key: string;
let live: string;
let services: readonly Service[];
let allEvents: { service: string; event: string }[];

beforeAll(async () => {
  fresh = await createFreshDatabase();
  home = await mkdtemp(join(tmpdir(), 'interlock-traffic-'));
  services = await loadServices({ INTERLOCK_SERVICES });
  allEvents = services.flatMap(({ contract: { name, webhooks } }) =>
    Object.keys(webhooks?.events ?? {}).map((event) => ({ service: name, event })),
  );
  t = await createTestPlatform({
    owner: fresh.owner,
    services,
    env: fresh.env,
  });
  const url = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  workspaceId = await t.workspace();
  const keyOf = async (service: string, mode: 'live' | 'test') => (await t.key(workspaceId, { service, mode })).key;
  key = await keyOf('shortlinks', 'test');
  live = await keyOf('shortlinks', 'live');
  const variables = {
    INTERLOCK_URL: url,
    SHORTLINKS_API_KEY_TEST: key,
    SHORTLINKS_API_KEY: live,
    PROVABLE_API_KEY_TEST: await keyOf('randomness', 'test'),
    SCHED_API_KEY_TEST: await keyOf('scheduler', 'test'),
    PARSEO_API_KEY_TEST: await keyOf('invoices', 'test'),
  };
  await writeFile(
    join(home, 'dev.env'),
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  env = { ...fresh.env, DATABASE_URL: urlOf(fresh.owner), INTERLOCK_HOME: home, INTERLOCK_SERVICES };
  interlock = callCommand(env);
  receiver = await createReceiver();
});
afterAll(async () => {
  await receiver?.close();
  await t?.close();
  await fresh?.drop();
  await rm(home, { recursive: true, force: true });
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

interface Receiver {
  readonly url: string;
  readonly received: Received[];
  status: number;
  close(): Promise<void>;
}

async function createReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body, path: request.url ?? '' });
    response.writeHead(made.status).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const made: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    status: 204,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}

const link = (code: string) => t.as(key).post('/links/v1/links', { url: 'https://example.com/', code });
const visit = (code: string) => t.as(key).post(`/links/v1/links/${code}/visits`, {});
const sampleOf = (event: string) =>
  services.find(({ eventPayloads = {} }) => Object.hasOwn(eventPayloads, event))?.eventPayloads?.[event]?.sample;
const namesOf = ({ received }: Receiver) => received.map(({ headers }) => headers['interlock-effect']);

describe('call', () => {
  test('any operation of any service is a command, with its input checked by the same schema', async () => {
    const made = await interlock(
      'call',
      'shortlinks.links.create',
      'url=https://example.com/',
      'code=called',
      '--json',
    );
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.json).toMatchObject({ code: 'called', visits: 0 });
    const bad = await interlock('call', 'shortlinks.links.create', 'url=ftp://x', '--json');
    expect(bad).toMatchObject({ code: 1, json: { error: { code: 'invalid_input', param: 'url' } } });
  });

  test('what is not there, and a key that may not, have exit codes of their own', async () => {
    expect(await interlock('call', 'shortlinks.links.get', 'code=nowhere')).toMatchObject({ code: 4 });
    const refused = callCommand({
      ...env,
      SHORTLINKS_API_KEY_TEST: `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`,
    });
    const { code, err } = await refused('call', 'shortlinks.links.list');
    expect(code).toBe(3);
    expect(err).toContain('mistyped or cut off');
    expect(await interlock('call', 'shortlinks.links.destroy')).toMatchObject({ code: 2 });
  });

  test('the mode is an assertion: a key of the other one is not used', async () => {
    const mixed = callCommand({ ...env, SHORTLINKS_API_KEY: key });
    const { code, err } = await mixed('call', 'shortlinks.links.list', '--mode', 'live');
    expect(code).toBe(3);
    expect(err).toContain('insists on live mode');
    const live = await interlock('call', 'shortlinks.links.create', 'url=https://example.com/', '--mode', 'live');
    expect(live).toMatchObject({ code: 0, err: 'Live mode: shortlinks.links.create\n' });
    expect(live.out).toContain('live mode, req_');
  });

  test('schedules and draws have commands of their own', async () => {
    const made = await interlock('schedules', 'create', 'endpoint=https://example.com/', 'delay=2h', '--json');
    expect(made.json).toMatchObject({ object: 'schedule', mode: 'test' });
    expect((await interlock('schedules', 'pause', made.json.id, '--json')).json).toMatchObject({ state: 'paused' });
    const { json } = await interlock('schedules', 'list', 'limit=1', '--json');
    expect(json.data).toHaveLength(1);
    const draw = ['draw', 'ints', 'count=3', 'min=1', 'max=6', 'clientSeed=dice', '--json'];
    const first = await interlock(...draw);
    expect(first.json).toMatchObject({ mode: 'test', count: 3 });
    expect((await interlock(...draw)).json.outcome).toEqual(first.json.outcome);
  });

  test('a document is uploaded from its file', async () => {
    const file = join(home, 'invoice.pdf');
    await writeFile(file, '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
    const nobody = await interlock('invoices', 'upload', file);
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('Name the client') });
    const client = await interlock('call', 'invoices.clients.create', 'name=Acme', '--json');
    const uploaded = await interlock('invoices', 'upload', file, `clientId=${client.json.id}`, '--json');
    expect({ code: uploaded.code, err: uploaded.err }).toEqual({ code: 0, err: '' });
    expect(await interlock('invoices', 'upload', join(home, 'nowhere.pdf'))).toMatchObject({ code: 2 });
    const call = (value: string) => interlock('call', 'invoices.upload', `clientId=${client.json.id}`, value, '--json');
    expect(await call(`file=@${file}`)).toMatchObject({ code: 0, err: '' });
    expect(await call(`file=${file}`)).toMatchObject({ code: 2, err: expect.stringContaining('file=@document.pdf') });
  });

  test('operations are listed, those of services of one’s own among them', async () => {
    const { json } = await interlock('operations', '--service', 'shortlinks', '--json');
    expect(json.operations.map(({ id }: { id: string }) => id)).toContain('shortlinks.links.visit');
  });
});

describe('listen', () => {
  const listening = (...more: string[]) => interlock('listen', '--forward', receiver.url, '--once', '--json', ...more);
  const linesOf = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('begins now, and goes on where it stopped: nothing twice, nothing missed', async () => {
    await link('before');
    const [greeting] = linesOf((await listening()).out);
    expect(greeting.listening).toMatchObject({ mode: 'test', resumed: false });
    expect(receiver.received).toEqual([]);

    await link('one');
    await visit('one');
    expect((await listening()).code).toBe(0);
    expect(namesOf(receiver)).toEqual(['link.created', 'link.visited']);
    await visit('one');
    const again = linesOf((await listening()).out);
    expect(again[0].listening.resumed).toBe(true);
    expect(namesOf(receiver)).toEqual(['link.created', 'link.visited', 'link.visited']);
    expect((await listening()).out.trim().split('\n')).toHaveLength(1);
  });

  test('what it forwards is signed as the service signs it, and says what became of it', async () => {
    const [greeting] = linesOf((await listening()).out);
    receiver.received.length = 0;
    await link('signed');
    await listening();
    const [received] = receiver.received;
    const { headers, body } = received ?? { headers: {}, body: '' };
    expect(headers).toMatchObject({ 'interlock-effect-state': 'suppressed', 'interlock-mode': 'test' });
    const verdict = await verifyWebhook(
      { scheme: 'standard', secret: greeting.listening.secret },
      { headers: headers as Record<string, string>, body },
      t.clock.now(),
    );
    expect(verdict).toMatchObject({ ok: true, event: { type: 'link.created', data: { code: 'signed' } } });
  });

  test('a mode that keeps no outbox is heard as well', async () => {
    receiver.received.length = 0;
    const { PROVABLE_API_KEY_TEST: randomness = '' } = Object.fromEntries(
      (await readFile(join(home, 'dev.env'), 'utf8')).split('\n').map((line) => line.split('=') as [string, string]),
    );
    await t.as(randomness).get('/api/ints?clientSeed=heard');
    await t.platform.flush();
    await listening('--service', 'randomness');
    expect(namesOf(receiver)).toEqual(['outcome.created']);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      event: 'outcome.created',
      data: { clientSeed: 'heard' },
    });
  });

  test('an address that is away is an error that moves nothing; the next run forwards what waited', async () => {
    const there = await createReceiver();
    const nobody = there.url;
    await there.close();
    const run = (url: string) => interlock('listen', '--forward', url, '--once', '--json', '--name', 'away');
    await run(receiver.url);
    await link('waits');
    await visit('waits');
    const failed = await run(nobody);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('could not be reached');
    receiver.received.length = 0;
    expect((await run(receiver.url)).code).toBe(0);
    expect(namesOf(receiver)).toEqual(['link.created', 'link.visited']);
  });

  test('killed while it works, again and again, it misses nothing', async () => {
    const own = await createReceiver();
    const start = () => {
      const entry = fileURLToPath(new URL('main.ts', import.meta.url));
      const args = [entry, 'listen', '--forward', own.url, '--name', 'killed', '--event', 'link.visited'];
      return spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
    };
    await interlock('listen', '--forward', own.url, '--name', 'killed', '--event', 'link.visited', '--once');
    await link('killed');
    const made: number[] = [];
    let child = start();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) made.push((await visit('killed')).body.visits);
      await expect.poll(() => own.received.length, { timeout: 30_000 }).toBeGreaterThan(round * 5);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      child = start();
    }
    const heard = () => new Set(own.received.map(({ body }) => JSON.parse(body).data.visits as number));
    await expect.poll(() => heard().size, { timeout: 30_000 }).toBe(made.length);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    expect([...heard()].sort((a, b) => a - b)).toEqual(made);
    await own.close();
  }, 120_000);

  test('told to end while an event is under way, it waits for the answer, and sends nothing twice', async () => {
    let answer = () => {};
    const slow = createServer((request, response) => {
      request.resume();
      got.push(String(request.headers['interlock-effect']));
      answer = () => void response.writeHead(204).end();
    });
    const got: string[] = [];
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const args = ['listen', '--forward', url, '--name', 'ended', '--service', 'shortlinks'];
    await interlock(...args, '--once');
    await link('ended');
    await visit('ended');
    const entry = fileURLToPath(new URL('main.ts', import.meta.url));
    const child = spawn(process.execPath, [entry, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await expect.poll(() => got, { timeout: 30_000 }).toEqual(['link.created']);
    child.kill('SIGTERM');
    // The process is told before the answer comes.
    await expect.poll(() => child.killed).toBe(true);
    answer();
    expect(await ended).toBe(143);
    const rest = interlock(...args, '--once');
    await expect.poll(() => got, { timeout: 30_000 }).toEqual(['link.created', 'link.visited']);
    answer();
    expect((await rest).code).toBe(0);
    expect(got).toEqual(['link.created', 'link.visited']);
    slow.closeAllConnections();
    await new Promise((resolve) => slow.close(resolve));
  }, 60_000);

  test('two of one name are one too many', async () => {
    const own = await createReceiver();
    const entry = fileURLToPath(new URL('main.ts', import.meta.url));
    const args = ['listen', '--forward', own.url, '--name', 'twin'];
    const child = spawn(process.execPath, [entry, ...args], { env: { PATH: process.env.PATH, ...env } });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 30_000 }).toContain('Forwarding');
    expect(await interlock(...args, '--once')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Another listener is called "twin"'),
    });
    child.kill('SIGKILL');
    await ended;
    expect((await interlock(...args, '--once')).code).toBe(0);
    await own.close();
  }, 60_000);

  test.each([
    [['--forward', 'nowhere'], '--forward takes an address'],
    [['--forward', '3000', '--name', '../x'], '--name takes letters'],
    [['--forward', '3000', '--service', 'nothing', '--once'], 'There is no service "nothing"'],
  ])('%j is refused', async (args, message) => {
    expect(await interlock('listen', ...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});

describe('trigger', () => {
  test('an event happens with data of one’s own, and goes the way of any other', async () => {
    const { url, received } = receiver;
    await interlock('listen', '--forward', url, '--once', '--name', 'trigger');
    received.length = 0;
    const { code, json } = await interlock(
      'trigger',
      'link.visited',
      '--set',
      'code=made',
      '--set',
      'visits=7',
      '--json',
    );
    expect(code).toBe(0);
    expect(json).toMatchObject({
      service: 'shortlinks',
      mode: 'test',
      state: 'pending',
      payload: { code: 'made', visits: 7 },
    });
    await interlock('listen', '--forward', url, '--once', '--name', 'trigger');
    expect(JSON.parse(received[0]?.body ?? '{}')).toMatchObject({
      type: 'link.visited',
      data: { code: 'made', visits: 7 },
    });
  });

  test('what its mode suppresses is suppressed, also where there is no outbox', async () => {
    const made = await interlock('trigger', 'outcome.created', '--set', 'values:=[1,2]', '--json');
    expect(made.json).toMatchObject({ service: 'randomness', state: 'suppressed', payload: { values: [1, 2] } });
    const { json } = await interlock('trigger', 'link.created', '--json');
    expect(json.state).toBe('suppressed');
  });

  test.each([
    ['outcome.created', 'serverSeedHash=7', '"serverSeedHash" must be string'],
    ['task.completed', 'object.done=soon', '"object.done" must be'],
    ['task.completed', 'object.titel=Hello', 'there is no field "object.titel"'],
    ['customer.updated', 'object.id=7', '"object.id" must be string'],
    ['invoice.processed', 'invoice.totals.gross=5', '"invoice.totals.gross" must be'],
    ['invoice.failed', 'job.error.code:=null', '"job.error.code" must be string'],
    ['link.visited', 'visits=0', '"visits" must be >= 1'],
  ])('%s cannot say %s: %s', async (event, set, says) => {
    const data = JSON.stringify(sampleOf(event));
    const { code, err } = await interlock('trigger', event, '--data', data, '--set', set);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  test.each([
    ['nothing.happened', 'There is no event "nothing.happened"; there are: outcome.created'],
    ['delivery.send', '"delivery.send" is no event'],
  ])('%s is refused: %s', async (event, says) => {
    expect(await interlock('trigger', event)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });

  test('every event of every service can be made up with nothing said, and is heard', async () => {
    const { url, received } = receiver;
    const run = () => interlock('listen', '--forward', url, '--once', '--name', 'all-events');
    await run();
    received.length = 0;
    for (const { service, event } of allEvents) {
      const { code, json, err } = await interlock('trigger', event, '--service', service, '--json');
      expect([code, err], event).toEqual([0, '']);
      expect(json.payload, event).not.toEqual({});
    }
    await run();
    // An event that a mode without an outbox suppresses stands in another log than the others.
    expect(namesOf(receiver).sort()).toEqual(allEvents.map(({ event }) => event).sort());
  }, 60_000);

  test('what live mode said is not told in test mode', async () => {
    await t.as(live).post('/links/v1/links', { url: 'https://example.com/', code: 'aimed' });
    const { body } = await t.as(live).post('/links/v1/links/aimed/visits', {});
    expect(body.visits).toBe(1);
    const { json } = await interlock('trigger', 'link.visited', '--json');
    expect(json.payload.code).not.toBe('aimed');
  });
});

describe('reset', () => {
  test('looks first, then erases the test data of one service and nothing else, with a receipt', async () => {
    await link('reset-me');
    const live = await interlock(
      'call',
      'shortlinks.links.create',
      'url=https://example.com/',
      'code=stays',
      '--mode',
      'live',
    );
    expect(live.code).toBe(0);
    const stranger = await t.workspace();
    const strangerKey = (await t.key(stranger, { service: 'shortlinks', mode: 'test' })).key;
    await t.as(strangerKey).post('/links/v1/links', { url: 'https://example.com/', code: 'theirs' });
    const mine = ['--workspace', workspaceId];

    expect(await interlock('reset', '--service', 'shortlinks', ...mine)).toMatchObject({ code: 2 });
    const looked = await interlock('reset', '--service', 'shortlinks', '--dry-run', '--json', ...mine);
    expect(looked.json).toMatchObject({ dryRun: true, requestId: null });
    expect(looked.json.rows.shortlinks_links).toBeGreaterThan(0);
    expect((await t.as(key).get('/links/v1/links/reset-me')).status).toBe(200);

    const { json } = await interlock('reset', '--service', 'shortlinks', '--yes', '--json', ...mine);
    expect(json.rows).toEqual(looked.json.rows);
    expect((await t.as(key).get('/links/v1/links/reset-me')).status).toBe(404);
    expect((await t.as(strangerKey).get('/links/v1/links/theirs')).status).toBe(200);
    expect(await interlock('call', 'shortlinks.links.get', 'code=stays', '--mode', 'live')).toMatchObject({ code: 0 });
    const again = await interlock('reset', '--service', 'shortlinks', '--yes', '--json', ...mine);
    expect(again.json.total).toBe(0);
    const tail = await interlock('tail', '--no-follow', '--last', '200', '--mode', 'test', '--json', ...mine);
    expect(tail.out).toContain(json.requestId);
  });

  test('schedules and what they queued go as well', async () => {
    const mine = ['--workspace', workspaceId];
    await interlock('schedules', 'create', 'endpoint=https://example.com/', 'delay=2h');
    const { json } = await interlock('reset', '--service', 'scheduler', '--yes', '--json', ...mine);
    expect(json.rows.deliveries).toBeGreaterThan(0);
    expect((await interlock('schedules', 'list', '--json')).json.data).toEqual([]);
  });

  test('a service that keeps nothing in test mode says so', async () => {
    const { code, err } = await interlock('reset', '--service', 'randomness', '--yes');
    expect(code).toBe(2);
    expect(err).toContain('keeps nothing in test mode');
  });
});

test('tail prints what was asked, newest last, and nothing of another service', async () => {
  const mine = ['--workspace', workspaceId];
  await t.as(key).get('/links/v1/links?limit=3');
  await t.platform.flush();
  const { out } = await interlock('tail', '--no-follow', '--service', 'shortlinks', '--json', ...mine);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ service: 'shortlinks', method: 'GET', route: '/links/v1/links', status: 200 });
  expect(new Set(lines.map(({ service }) => service))).toEqual(new Set(['shortlinks']));
});

test('effects shows what was kept from leaving', async () => {
  await link('shown');
  const { json } = await interlock(
    'effects',
    '--service',
    'shortlinks',
    '--limit',
    '1',
    '--json',
    '--workspace',
    workspaceId,
  );
  expect(json.effects[0]).toMatchObject({ name: 'link.created', state: 'suppressed', payload: { code: 'shown' } });
});
