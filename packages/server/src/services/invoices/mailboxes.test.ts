import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, Type } from '../../core/service.ts';
import { readAccount } from './account.ts';
import { operation } from './contract.ts';
import { ingest } from './ingest.ts';
import {
  as,
  base,
  createInvoicesWorld,
  finished,
  type InvoicesWorld,
  type Mode,
  made,
  pdf,
  refusal,
  type Team,
} from './invoices.fixture.ts';
import { invoices } from './service.ts';

const serviceKey = 'a1'.repeat(32);
const strangersKey = 'b2'.repeat(32);

/** A way in that believes whatever client it is told, as none of ours does. */
const scraping: Service = {
  ...invoices,
  operations: [
    ...invoices.operations,
    operation({
      id: 'invoices.scrape',
      summary: 'Take in what was scraped',
      tag: 'Invoices',
      method: 'POST',
      path: '/scraped',
      scope: 'invoice:write',
      input: Type.Object({ client: Type.String({ description: 'For whom.' }) }),
      output: Type.Unknown(),
      writes: true,
      run: async (ctx, { client }) => {
        const file = { name: 'scraped.pdf', bytes: pdf() };
        return ingest(ctx, await readAccount(ctx), { clientId: client, file, hints: {}, given: {}, source: 'scraper' });
      },
    }) as Service['operations'][number],
  ],
};

let world: InvoicesWorld;
let team: Team;
beforeAll(async () => {
  world = await createInvoicesWorld(
    {
      INVOICE_MAIL_DOMAIN: 'in.example.com',
      INTERLOCK_SERVICE_KEYS: `invoices:${serviceKey}, scheduler:${strangersKey}`,
    },
    { services: [scraping] },
  );
  team = await world.team();
});
afterAll(() => world.close());

interface MailPart {
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

const attached = (name: string, body: Buffer, more: readonly string[] = []): MailPart => ({
  headers: [
    `Content-Type: application/octet-stream; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    ...more,
  ],
  body: (body.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n'),
});

let messages = 0;

function mail(parts: readonly MailPart[], headers: readonly string[] = []): Buffer {
  const boundary = `mixed-${++messages}`;
  return Buffer.concat([
    Buffer.from(
      [
        'From: Fixture Supplies <billing@fixture.example>',
        'To: accounts@baltic.example',
        'Subject: Your invoice',
        ...headers,
        'MIME-Version: 1.0',
        `Content-Type: multipart/mixed; boundary="${boundary}"`,
        '\r\n',
      ].join('\r\n'),
    ),
    ...parts.flatMap(({ headers: own, body }) => [
      Buffer.from(`--${boundary}\r\n${own.join('\r\n')}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

const text = (body: string): MailPart => ({ headers: ['Content-Type: text/plain; charset=utf-8'], body });

const handIn = (to: string | null, message: Buffer, key: string | null = serviceKey) =>
  world.t
    .as(key)
    .send('POST', `${base}/integrations/mail${to === null ? '' : `?to=${encodeURIComponent(to)}`}`, message, {
      headers: { 'content-type': 'message/rfc822' },
    });

async function mailboxOf(mode: Mode, { [mode]: caller, client } = team): Promise<string> {
  return (await made(caller.get(`${base}/clients/${client[mode]}`), 200)).ingest.mailbox;
}

async function rowsOf(mode: Mode): Promise<number> {
  const [row] = await world.rows<{ n: number }>(
    `select (select count(*) from ${mode}.invoices_jobs)::int + (select count(*) from ${mode}.invoices_files)::int
      + (select count(*) from ${mode}.invoices_invoices)::int as n`,
  );
  return row?.n ?? 0;
}

describe('mail', () => {
  it('gives each client an address of its own in each mode, that says which', async () => {
    const own = { live: await mailboxOf('live'), test: await mailboxOf('test') };
    expect(own.live).toMatch(/^live-[0-9a-f]{32}@in\.example\.com$/);
    expect(own.test).toMatch(/^test-[0-9a-f]{32}@in\.example\.com$/);
    expect(await mailboxOf('test', await world.team())).not.toBe(own.test);
    const { body } = await team.test.get(`${base}/clients`);
    expect(body.items[0].ingest.mailbox).toBe(own.test);
  });

  it('89: to a test mailbox makes rows of test mode alone, and runs the fixture pipeline', async () => {
    const before = await rowsOf('live');
    // What a message says of itself decides nothing.
    const answer = await handIn(
      await mailboxOf('test'),
      mail([text('Dear customer, see the invoice.'), attached('invoice.pdf', pdf())], ['X-Mode: live']),
    );
    expect([answer.status, answer.headers['interlock-mode']], answer.text).toEqual([200, 'test']);
    expect(answer.body).toMatchObject({ mode: 'test', duplicate: false, files: [{ fileName: 'invoice.pdf' }] });
    const job = await finished(team.test, answer.body.files[0].jobId);
    expect(job).toMatchObject({ status: 'completed', source: 'email', sourceFile: 'invoice.pdf', creditsCharged: 0 });
    const invoice = await made(team.test.get(`${base}/invoices/${job.invoiceId}`, as(team.client.test)), 200);
    expect(invoice).toMatchObject({ mode: 'test', source: 'email', clientId: team.client.test });
    expect(invoice.invoiceNumber).toMatch(/^TEST-/);
    expect(await rowsOf('live')).toBe(before);
  });

  it('to a live mailbox is an upload of live mode, with its credit and its place in the stream', async () => {
    const before = await rowsOf('test');
    const balance = async () => (await team.live.get(`${base}/me/credits`)).body.balance;
    const credits = await balance();
    const { body } = await handIn(await mailboxOf('live'), mail([attached('a.pdf', pdf())]));
    expect(body.mode).toBe('live');
    expect(await balance()).toBe(credits - 1);
    const entry = (await team.live.get(`${base}/audit-logs?resourceId=${body.files[0].jobId}`)).body.items[0];
    expect(entry).toMatchObject({ action: 'invoice.create', actor: { type: 'system', label: 'mail' } });
    expect(await rowsOf('test')).toBe(before);
  });

  it('is an upload for each document in it, and for nothing that a mail program adds of its own', async () => {
    const forwarded = mail([attached('forwarded.pdf', pdf())]);
    const logo = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(900)]);
    const { body, status } = await handIn(
      await mailboxOf('test'),
      mail([
        text('see below'),
        { headers: ['Content-Type: text/html'], body: '<p>see below</p>' },
        attached('=?utf-8?Q?S=C4=85skaita_1.pdf?=', pdf()),
        {
          headers: [
            'Content-Type: application/pdf',
            "Content-Disposition: attachment; filename*=UTF-8''Re%C3%A7u%202.pdf",
            'Content-Transfer-Encoding: quoted-printable',
          ],
          body: pdf('quoted').toString('latin1').replaceAll('=', '=3D').replaceAll('\n', '\r\n'),
        },
        {
          headers: ['Content-Type: image/png', 'Content-ID: <logo>', 'Content-Transfer-Encoding: base64'],
          body: logo.toString('base64'),
        },
        {
          headers: ['Content-Type: message/rfc822', 'Content-Disposition: attachment; filename="Fwd.eml"'],
          body: forwarded,
        },
        attached('smime.p7s', Buffer.from('3080'), ['X: y']),
        attached('notes.docx', Buffer.from('PK\x03\x04 and so on')),
        { headers: ['Content-Type: application/pkcs7-signature; name="s.p7s"'], body: 'MIIB' },
      ]),
    );
    expect(status, JSON.stringify(body)).toBe(200);
    expect(
      body.files.map((file: { fileName: string; code?: string }) => [file.fileName, file.code ?? 'taken']),
    ).toEqual([
      ['Sąskaita 1.pdf', 'taken'],
      ['Reçu 2.pdf', 'taken'],
      ['forwarded.pdf', 'taken'],
      ['smime.p7s', 'file.unsupported_type'],
      ['notes.docx', 'file.unsupported_type'],
    ]);
  });

  it('that is handed in again, even at the same moment, makes nothing more', async () => {
    const to = await mailboxOf('test');
    const message = mail([attached('once.pdf', pdf()), attached('twice.pdf', pdf())]);
    const answers = await Promise.all([1, 2, 3].map(() => handIn(to, message)));
    const again = await handIn(to, message);
    const jobs = [...answers, again].map(({ body }) => body.files.map(({ jobId }: { jobId: string }) => jobId).sort());
    expect(new Set(jobs.map((ids) => ids.join())).size).toBe(1);
    expect([...answers, again].filter(({ body }) => body.duplicate === false)).toHaveLength(1);
    // The same message to somebody else is another one.
    const other = await handIn(await mailboxOf('test', await world.team()), message);
    expect(other.body.duplicate).toBe(false);
  });

  it('is refused from whoever is no mail server of this installation', async () => {
    const to = await mailboxOf('test');
    const message = mail([attached('a.pdf', pdf())]);
    expect(await refused(handIn(to, message, null))).toEqual([401, 'auth.missing_credentials']);
    expect(await refused(handIn(to, message, 'c3'.repeat(32)))).toEqual([401, 'auth.invalid_key']);
    expect(await refused(handIn(to, message, team.keys.test.key))).toEqual([401, 'auth.invalid_key']);
    expect(await refused(handIn(to, message, strangersKey))).toEqual([403, 'auth.insufficient_scope']);
  });

  it('to nobody’s mailbox, or to one that is made to look like the other mode’s, is not taken', async () => {
    const message = mail([attached('a.pdf', pdf())]);
    const to = await mailboxOf('test');
    for (const address of [
      to.replace('test-', 'live-'),
      to.replace('in.example.com', 'example.com'),
      `test-${'0'.repeat(32)}@in.example.com`,
      'accounts@baltic.example',
      '',
    ]) {
      expect(await refused(handIn(address, message)), address).toEqual([404, 'route.not_found']);
    }
    expect(await refused(handIn(null, message))).toEqual([400, 'validation.invalid_body']);
    expect((await handIn(to.toUpperCase(), message)).status).toBe(200);
    expect((await handIn(`<${to}>`, message)).body.duplicate).toBe(true);
  });

  it('to an address that its client gave up is not taken, and to the new one it is', async () => {
    const other = await world.team();
    const to = await mailboxOf('test', other);
    const path = `${base}/clients/${other.client.test}/rotate-mailbox`;
    const { ingest, ...rest } = await made(other.test.post(path, {}), 200);
    expect(ingest.mailbox).not.toBe(to);
    expect(rest.id).toBe(other.client.test);
    expect(await mailboxOf('test', other)).toBe(ingest.mailbox);
    expect(await refused(handIn(to, mail([attached('a.pdf', pdf())])))).toEqual([404, 'route.not_found']);
    expect((await handIn(ingest.mailbox, mail([attached('a.pdf', pdf())]))).status).toBe(200);
    expect(await refusal(other.live.post(path, {}))).toEqual([404, 'client.not_found']);
  });

  it('that no mail program sends is refused, and holds up nobody', async () => {
    const to = await mailboxOf('test');
    const nested = Array.from(
      { length: 5_000 },
      (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\r\n\r\n--b${at}\r\n`,
    );
    for (const message of [
      Buffer.from(`From: a@b.example\r\n${nested.join('')}`),
      Buffer.from(`Subject: ${'x'.repeat(200_000)}\r\n\r\nhello`),
      mail(Array.from({ length: 2_000 }, () => attached('a.pdf', Buffer.from('a')))),
    ]) {
      expect(await refused(handIn(to, message))).toEqual([400, 'validation.invalid_body']);
    }
    for (const message of ['', 'hello', '\0\0\0', 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x']) {
      const { status, body } = await handIn(to, Buffer.from(message));
      expect([status, body.files], JSON.stringify(message)).toEqual([200, []]);
    }
    expect((await handIn(to, Buffer.alloc(42_000_000))).status).toBe(413);
  });

  it('for a client that takes no uploads is refused as a whole', async () => {
    const other = await world.team();
    const to = await mailboxOf('test', other);
    await made(
      other.test.send('PATCH', `${base}/clients/${other.client.test}`, '{"status":"archived"}', {
        headers: { 'content-type': 'application/json' },
      }),
      200,
    );
    expect(await refused(handIn(to, mail([attached('a.pdf', pdf())])))).toEqual([409, 'client.archived']);
  });
});

describe('ways in (LIFT-3)', () => {
  it('87: a document of one mode for a client of the other is refused before anything is written', async () => {
    const before = [await rowsOf('live'), await rowsOf('test')];
    const scrape = (mode: Mode, client: string) => team[mode].post(`${base}/scraped`, { client });
    expect(await refusal(scrape('live', team.client.test))).toEqual([404, 'client.not_found']);
    expect(await refusal(scrape('test', team.client.live))).toEqual([404, 'client.not_found']);
    expect([await rowsOf('live'), await rowsOf('test')]).toEqual(before);
    const { jobId } = await made(scrape('test', team.client.test), 200);
    expect(await finished(team.test, jobId)).toMatchObject({ status: 'completed', mode: 'test', source: 'scraper' });
  });

  it('88: the database itself takes no invoice of one mode for a client of the other', async () => {
    const insert = (mode: Mode, client: string) =>
      world.rows(
        `insert into ${mode}.invoices_invoices (workspace_id, id, client_id, job_id, status, review_status, document_type,
           direction, source, source_file, fields, confidence, validation, created_at, updated_at)
         values ($1, 'inv_raw', $2, 'job_raw', 'processed', 'confirmed', 'invoice', 'purchase', 'api', 'a.pdf', '{}', '{}',
           'passed', now(), now())`,
        [team.id, client],
      );
    const refusedByKey = { code: '23503', constraint: 'invoices_invoices_workspace_id_client_id_fkey' };
    await expect(insert('live', team.client.test)).rejects.toMatchObject(refusedByKey);
    await expect(insert('test', team.client.live)).rejects.toMatchObject(refusedByKey);
    await insert('test', team.client.test);
  });
});

async function refused(answer: ReturnType<typeof handIn>): Promise<readonly [number, string]> {
  const { status, body } = await answer;
  return [status, body.code];
}
