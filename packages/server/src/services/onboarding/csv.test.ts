import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { createOnboardingWorld, made, newCustomer, type OnboardingWorld, refusal } from './onboarding.fixture.ts';

let world: OnboardingWorld;
beforeAll(async () => {
  world = await createOnboardingWorld();
});
afterAll(() => world?.close());

const send = (caller: Caller, file: string | Buffer, query = '', type = 'text/csv') =>
  caller.send('POST', `/api/v1/customers/import${query}`, file, { headers: { 'content-type': type } });
const importing = async (caller: Caller, file: string | Buffer, query = '') => made(send(caller, file, query), 200);
/** Of buffers and objects, not of what the process has given back to itself. */
function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function listening(): Promise<number> {
  const { app } = world.t.platform;
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as { port: number }).port;
}

const exporting = async (caller: Caller, query = '') => (await caller.get(`/api/v1/customers/export${query}`)).text;

describe('an import', () => {
  it('makes customers with their people, and changes those that are there', async () => {
    const { live, test } = await world.org();
    const there = await newCustomer(live, { slug: 'aurora', plan: 'gold' });
    const file = [
      'slug,name,mrr,metadata,contact_name,contact_email,contact_is_primary,contact_labels',
      'aurora,Aurora Outfitters,125000,"{""test"":true,""n"":1}",Mira,mira@aurora.example,,buyer;decision-maker',
      'aurora,,,,Ben,ben@aurora.example,yes,',
      ',"Tea, ""green"""',
      '',
    ].join('\r\n');
    expect(await importing(test, file)).toMatchObject({
      object: 'import_result',
      customers: 2,
      created: 1,
      updated: 1,
      failed: 0,
      complete: true,
      stopped: null,
      errors: [],
    });
    const aurora = (await live.get(`/api/v1/customers/${there.id}`)).body;
    expect(aurora).toMatchObject({
      name: 'Aurora Outfitters',
      plan: 'gold',
      mrr: 125_000,
      metadata: { test: true, n: 1 },
    });
    const people = (await live.get(`/api/v1/customers/${there.id}/contacts`)).body.data;
    expect(
      people.map(({ email, is_primary, labels }: Record<string, unknown>) => [email, is_primary, labels]).toSorted(),
    ).toEqual([
      ['ben@aurora.example', true, []],
      ['mira@aurora.example', false, ['buyer', 'decision-maker']],
    ]);
    expect((await live.get('/api/v1/customers?slug=tea-green')).body.data[0].name).toBe('Tea, "green"');
    expect(await importing(live, file)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
  });

  it.each([
    ['a byte order mark', '\ufeffname\nÁcme\n'],
    ['line feeds', 'name\nÁcme'],
    ['carriage returns and line feeds', 'name\r\nÁcme\r\n'],
    ['carriage returns alone', 'name\rÁcme\r'],
    ['quotes around everything', '"name"\n"Ácme"\n'],
    ['empty lines', 'name\n\nÁcme\n\n\n'],
    ['spaces around the names of columns', ' name , plan \nÁcme,gold\n'],
  ])('reads a file with %s', async (_, file) => {
    const { live } = await world.org();
    expect(await importing(live, file)).toMatchObject({ created: 1, failed: 0 });
    expect((await live.get('/api/v1/customers')).body.data[0]).toMatchObject({ name: 'Ácme', slug: 'acme' });
  });

  it('reads a quoted cell with line breaks, and says the right line afterwards', async () => {
    const { live } = await world.org();
    const result = await importing(live, 'name,plan\r\n"Two\r\nlines",gold\r\nx,y\r\nbad,z,surplus\r\n');
    expect(result.errors).toEqual([
      { line: 5, code: 'invalid_string', message: 'The line has 3 cells, the first one 2.', field: 'body' },
    ]);
    expect(result.created).toBe(2);
  });

  it('gives a customer all of its people, however many', async () => {
    const { live } = await world.org();
    const people = Array.from({ length: 120 }, (_, i) => `big,Big,P${i},p${i}@big.example\n`).join('');
    const file = `slug,name,contact_name,contact_email\n${people}small,Small,,\n`;
    const result = { customers: 2, created: 2, updated: 0, unchanged: 0, failed: 0, errors: [] };
    expect(await importing(live, file, '?dry_run=true')).toMatchObject({ ...result, created: 0 });
    expect(await importing(live, file)).toMatchObject(result);
    expect(await importing(live, file)).toMatchObject({ ...result, created: 0, unchanged: 2 });
    // Only the last of its people has another name.
    const renamed = file.replace('P119,', 'Zoë,');
    expect(await importing(live, renamed)).toMatchObject({ ...result, created: 0, updated: 1, unchanged: 1 });
    const spoiled = await importing(live, file.replaceAll('p119@big.example', 'nobody'));
    expect(spoiled).toMatchObject({
      ...result,
      created: 0,
      unchanged: 2,
      errors: [{ line: 102, field: 'contacts[19].email' }],
    });
    const [, big] = (await live.get('/api/v1/customers')).body.data;
    const listed = (await live.get(`/api/v1/customers/${big.id}/contacts?limit=100`)).body;
    const others = (await live.get(`/api/v1/customers/${big.id}/contacts?cursor=${listed.next_cursor}`)).body;
    const all = [...listed.data, ...others.data];
    expect(new Set(all.map(({ email }) => email)).size).toBe(120);
    expect(all.filter(({ is_primary }) => is_primary)).toMatchObject([{ email: 'p0@big.example' }]);
  });

  it('says of each bad line what is wrong, and stores the others', async () => {
    const { live } = await world.org();
    const { errors, created, failed } = await importing(
      live,
      [
        'slug,name,status,mrr,metadata,domain,contact_name,contact_email',
        'good,Good,,,,,,',
        'no-name,,,,,,,',
        'a,A,lost,,,,,',
        'b,B,,12.5,,,,',
        'c,C,,,{not json},,,',
        'd,D,,,,https://d.example,,',
        'e,E,,,,,Ann,nobody',
        'f,F,,,,,,ann@f.example',
        'B A D,G,,,,,,',
        'good,Again,,,,,,',
        'good,Again,,,,,,',
      ].join('\n'),
    );
    expect(errors.map(({ line, code, field }: Record<string, unknown>) => [line, code, field])).toEqual([
      [5, 'invalid_type', 'mrr'],
      [6, 'invalid_type', 'metadata'],
      [3, 'missing_field', 'name'],
      [4, 'invalid_enum_value', 'status'],
      [7, 'invalid_string', 'domain'],
      [8, 'invalid_string', 'contacts[0].email'],
      [9, 'missing_field', 'contacts[0].name'],
      [10, 'invalid_string', 'slug'],
      [11, 'conflict', 'slug'],
    ]);
    expect([created, failed]).toEqual([1, 9]);
  });

  it.each([
    ['nothing', '', 'missing_field', 'body'],
    ['a first line without names', 'Aurora,gold\n', 'invalid_string', 'Aurora'],
    ['a column that is not known', 'name,colour\nA,red\n', 'invalid_string', 'colour'],
    ['a column twice', 'name,plan,plan\nA,x,y\n', 'invalid_string', 'plan'],
    ['no name', 'slug,plan\na,x\n', 'missing_field', 'name'],
    ['UTF-16', Buffer.from('\ufeffname\nÁcme\n', 'utf16le'), 'invalid_string', 'body'],
    ['Latin-1', Buffer.from('name\nÁcme\n', 'latin1'), 'invalid_string', 'body'],
    ['a NUL', 'name\nA\u0000B\n', 'invalid_string', 'body'],
    ['a quote that is never closed', `name\n"Acme\n${'x\n'.repeat(50)}`, 'invalid_string', 'body'],
    ['a quote that ends too early', 'name,plan\n"Ac"me,gold\n', 'invalid_string', 'body'],
    ['a quote inside a cell without quotes', 'name\nThe "Acme" company\n', 'invalid_string', 'body'],
    ['a record without an end', `name\n${'x'.repeat(200_000)}\n`, 'invalid_string', 'body'],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'invalid_string', 'body'],
  ])('refuses a file with %s', async (_, file, code, field) => {
    const { live } = await world.org();
    expect(await refusal(send(live, file))).toEqual([400, code, field]);
    expect((await live.get('/api/v1/customers')).body.data).toEqual([]);
  });

  it('refuses what is not CSV by its type, and JSON that is not asked for', async () => {
    const { live } = await world.org();
    expect(await refusal(send(live, '{}', '', 'application/json'))).toEqual([400, 'invalid_json', 'Content-Type']);
    expect(await refusal(live.send('POST', '/api/v1/customers/import'))).toEqual([400, 'invalid_json', 'Content-Type']);
  });

  it('that breaks off says where, and keeps what came before', async () => {
    const { live } = await world.org();
    const lines = Array.from({ length: 1200 }, (_, i) => `Customer ${i}\n`).join('');
    const result = await importing(live, `name\n${lines}"never closed\n`);
    expect(result).toMatchObject({ complete: false, failed: 0, stopped: { code: 'invalid_string', field: 'body' } });
    expect(result.created).toBeGreaterThan(500);
    expect(result.stopped.line).toBe(result.created + 1);
    expect(result.stopped.message).toMatch(/never closed/);
  });

  it('refuses a gigabyte without reading it, and a stream that grows past the limit', async () => {
    const { live } = await world.org();
    const answer = live.send('POST', '/api/v1/customers/import', 'name\nA\n', {
      headers: { 'content-type': 'text/csv', 'content-length': String(1024 ** 3) },
    });
    expect(await refusal(answer)).toEqual([400, 'body_too_large', 'body']);
    expect((await live.get('/api/v1/customers')).body.data).toEqual([]);
  });

  it('refuses a gigabyte that is really being sent, and holds none of it', async () => {
    const { keys, live } = await world.org();
    const call = request({
      port: await listening(),
      method: 'POST',
      path: '/api/v1/customers/import',
      headers: {
        authorization: `Bearer ${keys.live}`,
        'content-type': 'text/csv',
        'content-length': String(1024 ** 3),
        connection: 'close',
      },
    });
    const before = heldBytes();
    let most = 0;
    let answer: { status: number; said: string } | undefined;
    const answered = new Promise<void>((resolve) => {
      // The server does not read to the end of what it has refused.
      call.on('error', () => resolve());
      call.once('response', async (response) => {
        answer = { status: response.statusCode ?? 0, said: await text(response) };
        resolve();
      });
    });
    const line = Buffer.from(`${'x'.repeat(100_000)}\n`);
    for (let sent = 0; sent + line.length < 1024 ** 3 && answer === undefined && !call.destroyed; sent += line.length) {
      if (!call.write(line)) await Promise.race([new Promise((resolve) => call.once('drain', resolve)), answered]);
      most = Math.max(most, heldBytes());
    }
    await answered;
    call.destroy();
    expect([answer?.status, JSON.parse(answer?.said ?? '{}').error.code]).toEqual([400, 'body_too_large']);
    expect(most - before).toBeLessThan(200 * 1024 * 1024);
    expect((await live.get('/api/v1/customers')).body.data).toEqual([]);
  });

  it('goes on where another transaction wants the same rows the other way round', async () => {
    const { live } = await world.org();
    const [first, second] = [
      await newCustomer(live, { name: 'First', slug: 'first' }),
      await newCustomer(live, { name: 'Second', slug: 'second' }),
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const other = new Client(world.owner);
    await other.connect();
    const touch = (id: string) => other.query('update shared.onboarding_customers set mrr = 1 where id = $1', [id]);
    try {
      await other.query('begin');
      // Whoever has waited for a second looks for a circle, and ends: the import is to be the one.
      await other.query(`set local deadlock_timeout = '60s'`);
      await touch(second.id);
      const imported = importing(live, 'slug,name,plan\nfirst,First,gold\nsecond,Second,gold\nthird,Third,gold\n');
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      await expect.poll(async () => (await world.rows(waiting)).length).toBe(1);
      await touch(first.id);
      await other.query('commit');
      expect(await imported).toMatchObject({ created: 1, updated: 2, failed: 0, complete: true });
    } finally {
      await other.end();
    }
    expect((await live.get(`/api/v1/customers/${first.id}`)).body).toMatchObject({ plan: 'gold', mrr: 1 });
  });

  it('can be tried without storing anything', async () => {
    const { live } = await world.org();
    const result = await importing(live, 'name,mrr\nA,1\nB,x\n', '?dry_run=true');
    expect(result).toMatchObject({ dry_run: true, customers: 2, created: 0, failed: 1, errors: [{ line: 3 }] });
    expect((await live.get('/api/v1/customers')).body.data).toEqual([]);
  });
});

describe('an export', () => {
  it('is what an import reads, whatever the cells hold', async () => {
    const [from, to] = [await world.org(), await world.org()];
    const evil = [
      { name: '=HYPERLINK("http://x.example")', slug: 'formula' },
      { name: '-1+1', plan: '@SUM(A1)', slug: 'minus' },
      { name: "'=1+1", plan: "''-2", hubspot_deal_id: "'", slug: 'apostrophes' },
      { name: ' carriage\rreturn', plan: 'line\nfeed', slug: 'breaks' },
      { name: 'Line\nbreak, "quotes" ✓ 株式会社', slug: 'text', metadata: { test: true, deep: [1, { a: 'é' }] } },
    ];
    const labels = ['a;b', ' c ', '[d]', "'=e", '"f"'];
    for (const customer of evil) {
      const { id } = await newCustomer(from.live, customer);
      for (const email of ['a@x.example', 'b@x.example']) {
        await made(from.test.post(`/api/v1/customers/${id}/contacts`, { name: '+49 30', email, labels }));
      }
    }
    const file = await exporting(from.live);
    expect(file).toContain("'=HYPERLINK");
    expect(file.split('\r\n')).toHaveLength(1 + 2 * evil.length + 1);
    expect(await importing(to.live, file)).toMatchObject({ created: evil.length, failed: 0 });
    const arrived = (await to.live.get('/api/v1/customers')).body.data;
    for (const customer of evil) expect(arrived).toContainEqual(expect.objectContaining(customer));
    const [someone] = (await to.live.get(`/api/v1/customers/${arrived[0].id}/contacts`)).body.data;
    expect(someone).toMatchObject({ name: '+49 30', labels });
    const plain = (text: string) =>
      text
        .split('\r\n')
        .map((line) => line.replace(/,c[a-z0-9]{24},\d+,[^,]+Z,[^,]+Z,/, ','))
        .toSorted();
    expect(plain(await exporting(to.live))).toEqual(plain(file));
  });

  it('holds every customer once, in pages or not, and only those that are asked for', async () => {
    const { live } = await world.org();
    await importing(
      live,
      `name,status\n${Array.from({ length: 1203 }, (_, i) => `C${i},${i % 2 ? 'active' : 'churned'}\n`).join('')}`,
    );
    const names = (await exporting(live))
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[1]);
    expect(new Set(names).size).toBe(1203);
    expect(names).toHaveLength(1203);
    expect((await exporting(live, '?status=active')).trim().split('\r\n')).toHaveLength(602);
    expect(await refusal(live.get('/api/v1/customers/export?status=lost'))).toEqual([
      400,
      'invalid_enum_value',
      'status',
    ]);
  });
});
