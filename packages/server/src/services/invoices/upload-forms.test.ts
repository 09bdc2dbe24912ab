import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createInvoicesWorld,
  finished,
  form,
  type InvoicesWorld,
  made,
  type Part,
  pdf,
  type Team,
} from './invoices.fixture.ts';

/*
 * Forms as nobody's library writes them: each is taken, or refused naming the part that has to be mended.
 */

let world: InvoicesWorld;
let team: Team;
beforeAll(async () => {
  world = await createInvoicesWorld();
  team = await world.team();
});
afterAll(() => world.close());

const document = (fileName = 'invoice.pdf'): Part => ({ name: 'file', value: pdf(), fileName });

const send = (parts: readonly Part[], headers: Readonly<Record<string, string>> = {}) => {
  const { payload, headers: own } = form(parts);
  return team.test.send('POST', '/external/v1/invoices', payload, {
    headers: { ...own, 'x-client-id': team.client.test, ...headers },
  });
};

describe('texts of an upload', () => {
  it.each([
    ['metadata', '{"a":"b\\u0000c"}', 'metadata.a'],
    ['metadata', '{"a\\u0000":"b"}', 'metadata'],
    ['metadata', '{"a":"\\ud800"}', 'metadata.a'],
    ['metadata', '{"a":{"b":"c"}}', 'metadata'],
    ['tags', '["a","b\\u0000"]', 'tags[1]'],
    ['tags', '["\\udc00"]', 'tags[0]'],
    ['hints', '{"language":"de\\u0000"}', 'hints.language'],
    ['hints', '{"more":"\\ud83d"}', 'hints.more'],
    ['hints', '["failed"]', 'hints'],
    ['externalId', 'a\0b', 'body'],
  ])('%s = %s is refused at %s, and leaves nothing', async (name, value, field) => {
    const before = await jobs();
    const { status, body } = await send([document(), { name, value }]);
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'validation.invalid_body', field]);
    expect(await jobs()).toBe(before);
  });
});

describe('files of an upload', () => {
  it('are one: a second one is refused, under whatever name it comes', async () => {
    const before = await jobs();
    for (const name of ['file', 'attachment', 'file2', 'files[]']) {
      const { status, body } = await send([document(), { ...document(), name }]);
      expect([status, body.errors[0].field], name).toEqual([400, name]);
    }
    const { status, body } = await send([{ ...document(), name: 'document' }]);
    expect([status, body.code]).toEqual([400, 'file.missing']);
    expect(await jobs()).toBe(before);
  });

  it.each([
    ['..', 'document'],
    ['.', 'document'],
    ['../../etc/passwd', 'passwd'],
    ['C:%5Ctemp%5Cinvoice.pdf', 'C:%5Ctemp%5Cinvoice.pdf'],
    ['a\\"b\\".pdf', 'a"b".pdf'],
    ['a%22b.pdf', 'a"b.pdf'],
    ['C:\\temp\\invoice.pdf', 'invoice.pdf'],
    ['semi;colon, 100%.pdf', 'semi;colon, 100%.pdf'],
    ['\u202Efdp.exe', 'fdp.exe'],
    ['a\u0007b.pdf', 'ab.pdf'],
    ['Sąskaita 請求書 💶.pdf', 'Sąskaita 請求書 💶.pdf'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(251)}.pdf`],
  ])('called %j are called %j', async (sent, kept) => {
    const { jobId } = await made(send([document(sent)]), 202);
    expect((await finished(team.test, jobId)).sourceFile).toBe(kept);
  });

  it('that phones take are refused with what to do about it', async () => {
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(400)]);
    const { status, body } = await send([{ ...document('IMG_0001.HEIC'), value: heic }]);
    expect([status, body.code]).toEqual([415, 'file.unsupported_type']);
    expect(body.detail).toMatch(/HEIC.*JPEG/);
  });

  it('are the same file under another temporary name when a request is repeated', async () => {
    const headers = { 'idempotency-key': 'a retry' };
    const value = pdf();
    const first = await send([{ name: 'file', value, fileName: 'tmp1.pdf' }], headers);
    const again = await send([{ name: 'file', value, fileName: 'tmp2.pdf' }], headers);
    expect([first.status, again.status, again.body]).toEqual([202, 202, first.body]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const other = await send([{ name: 'file', value: pdf(), fileName: 'tmp1.pdf' }], headers);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency.key_reused_with_different_params']);
  });
});

async function jobs(): Promise<number | undefined> {
  const rows = await world.rows<{ n: number }>(
    'select count(*)::int as n from test.invoices_jobs where workspace_id = $1',
    [team.id],
  );
  return rows[0]?.n;
}
