import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  as,
  base,
  createInvoicesWorld,
  finished,
  type InvoicesWorld,
  made,
  processed,
  refusal,
  type Team,
  upload,
} from './invoices.fixture.ts';

/*
 * What a reset of test mode clears (LIFT-2), also while others are at work.
 */

let world: InvoicesWorld;
beforeAll(async () => {
  world = await createInvoicesWorld();
});
afterAll(() => world.close());

const reset = (team: Team, body: object = {}) =>
  team.test.post(`${base}/admin/test-mode/reset`, { confirm: 'RESET', ...body });
const eventsOf = async (team: Team, mode: 'live' | 'test') =>
  (await made(team[mode].get(`${base}/events`), 200)).items.map(({ clientId }: { clientId: string }) => clientId);

describe('a reset', () => {
  it('81: empties every list of test mode, events too, and none of live mode', async () => {
    const team = await world.team();
    await processed(team);
    const broken = { client: team.client.live, file: Buffer.from('<?xml version="1.0"?><Invoice>') };
    await finished(team.live, (await made(upload(team.live, broken), 202)).jobId);
    expect([await eventsOf(team, 'test'), await eventsOf(team, 'live')]).toEqual([
      [team.client.test],
      [team.client.live],
    ]);
    const { deleted } = await made(reset(team), 200);
    expect(deleted).toMatchObject({ invoices: 1, jobs: 1, clients: 1, contacts: 1, events: 1, files: 1 });
    for (const list of ['jobs', 'contacts', 'clients', 'events']) {
      expect((await made(team.test.get(`${base}/${list}`), 200)).items, list).toEqual([]);
    }
    expect(await eventsOf(team, 'live')).toEqual([team.client.live]);
    expect((await made(team.live.get(`${base}/jobs`), 200)).items).toHaveLength(1);
    expect((await made(reset(team, { dryRun: true }), 200)).deleted).toMatchObject({ events: 0, jobs: 0 });
  });

  it('of one client leaves the events of another one', async () => {
    const team = await world.team();
    const other = (await made(team.test.post(`${base}/clients`, { name: 'Another' }))).id;
    await processed(team);
    await finished(team.test, (await made(upload(team.test, { client: other }), 202)).jobId);
    await made(reset(team, { clientId: other }), 200);
    expect(await eventsOf(team, 'test')).toEqual([team.client.test]);
    for (const [clientId, code] of [
      ['foo', 'validation.invalid_public_id'],
      [other, 'validation.unknown_reference'],
    ]) {
      const { status, body } = await reset(team, { clientId });
      expect([status, body.errors[0]]).toEqual([400, expect.objectContaining({ field: 'clientId', code })]);
    }
  });

  it('86: has everything that comes meanwhile wholly before it or wholly after it', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 4; round++) {
      const team = await world.team();
      const send = () => upload(team.test, { client: team.client.test });
      const link = () => team.test.post(`${base}/contacts`, { name: 'Seller', clientId: team.client.test });
      const before = await Promise.all(Array.from({ length: 6 }, send));
      const [receipt, ...meanwhile] = await Promise.all([
        reset(team),
        ...Array.from({ length: 8 }, send),
        ...Array.from({ length: 4 }, link),
      ]);
      expect([...before.map(({ status }) => status), receipt.status]).toEqual([...before.map(() => 202), 200]);
      for (const answer of meanwhile) {
        if (answer.status === 202 || answer.status === 201) continue;
        expect(await refusal(Promise.resolve(answer))).toEqual([404, 'client.not_found']);
      }
      for (const list of ['jobs', 'contacts', 'clients']) {
        expect((await made(team.test.get(`${base}/${list}`), 200)).items, list).toEqual([]);
      }
    }
  });
});

describe('what is read', () => {
  it('34: is not sent again to a caller who has this version, and is to everybody else', async () => {
    const team = await world.team();
    const { id } = await processed(team);
    for (const path of [`${base}/invoices/${id}`, `${base}/invoices/${id}/file`]) {
      const first = await team.test.get(path, as(team.client.test));
      const etag = String(first.headers['etag']);
      const again = (key: Team['test'], client: string, known: string) =>
        key.get(path, { headers: { 'x-client-id': client, 'if-none-match': known } });
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const { status, text, headers } = await again(team.test, team.client.test, known);
        expect([status, text, headers['etag'], headers['vary']]).toEqual([304, '', etag, 'Authorization']);
      }
      expect((await again(team.test, team.client.test, '"other"')).status).toBe(200);
      expect((await again(team.live, team.client.live, etag)).status).toBe(404);
    }
  });
});

describe('an export', () => {
  it('of nothing has the head of its table, and one of many is a list however many there are', async () => {
    const team = await world.team();
    const get = (format: string) => team.test.get(`${base}/invoices/export?format=${format}`, as(team.client.test));
    expect((await get('csv')).text.split('\n')[0]).toMatch(/^id,mode,documentType,invoiceNumber,/);
    expect((await get('json')).body).toEqual({ items: [] });
    const { id } = await processed(team);
    expect((await get('json')).body.items.map((one: { id: string }) => one.id)).toEqual([id]);
  });
});
