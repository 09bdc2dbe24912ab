import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../../testing/harness.ts';
import {
  as,
  base,
  createInvoicesWorld,
  finished,
  type InvoicesWorld,
  made,
  processed,
  upload,
} from './invoices.fixture.ts';
import { makeInvoiceTruth } from './testing/invoice-truth.ts';
import { writeUbl } from './testing/write-ubl.ts';

let world: InvoicesWorld;
beforeAll(async () => {
  world = await createInvoicesWorld();
});
afterAll(() => world.close());

it('reads an e-invoice in live mode, takes one credit, and finds its copy', { timeout: 60_000 }, async () => {
  const team = await world.team();
  const canned = await processed(team);
  const exported = await textOf(team.test.get(`${base}/invoices/${canned.id}/export?format=ubl`, as(team.client.test)));
  const file = Buffer.from(exported);
  const { jobId } = await made(upload(team.live, { client: team.client.live, file, fileName: 'invoice.xml' }), 202);
  const job = await finished(team.live, jobId);
  expect(job, JSON.stringify(job.error)).toMatchObject({ status: 'completed', creditsCharged: 1 });
  const invoice = await made(team.live.get(`${base}/invoices/${job.invoiceId}`, as(team.client.live)), 200);
  expect(invoice).toMatchObject({
    mode: 'live',
    direction: 'purchase',
    invoiceNumber: canned.invoiceNumber,
    issueDate: '2026-01-15',
    currency: 'EUR',
    totals: { net: '140.00', tax: '23.00', gross: '163.00' },
    seller: { name: 'Fixture Supplies UAB' },
    duplicateOf: null,
  });
  expect(invoice.lineItems).toHaveLength(2);
  expect(invoice.evidence['totals.gross'].source).toBe('xml');
  expect((await made(team.live.get(`${base}/me/credits`), 200)).used).toBe(1);
  const again = await made(upload(team.live, { client: team.client.live, file, fileName: 'copy.xml' }), 202);
  const second = await finished(team.live, again.jobId);
  expect(second.creditsCharged).toBe(0);
  const copy = await made(team.live.get(`${base}/invoices/${second.invoiceId}`, as(team.client.live)), 200);
  expect(copy.duplicateOf).toBe(invoice.id);
});

it('takes of fifty uploads at once one credit for each document that was read, and one for all copies of it', {
  timeout: 120_000,
}, async () => {
  const team = await world.team();
  const send = (file: Buffer) => upload(team.live, { client: team.client.live, file, fileName: 'invoice.xml' });
  const copy = Buffer.from(writeUbl(makeInvoiceTruth(90)));
  const broken = (mark: number) => Buffer.from(`<?xml version="1.0"?><Invoice><!-- ${mark} ${'x'.repeat(250)} -->`);
  const files = Array.from({ length: 50 }, (_, at) =>
    at % 5 === 0 ? copy : at % 5 === 1 ? broken(at) : Buffer.from(writeUbl(makeInvoiceTruth(100 + at))),
  );
  const sent = await Promise.all(files.map((file) => made(send(file), 202)));
  const jobs = await Promise.all(sent.map(({ jobId }) => finished(team.live, jobId, 90_000)));
  const charged = jobs.reduce((sum, { creditsCharged }) => sum + creditsCharged, 0);
  const ended = (status: string) => jobs.filter((job) => job.status === status).length;
  expect([ended('completed'), ended('failed'), charged]).toEqual([40, 10, 31]);
  expect(await made(team.live.get(`${base}/me/credits`), 200)).toMatchObject({ used: 31, balance: 969 });
  expect(
    await world.rows('select used, reserved from shared.invoices_accounts where workspace_id = $1', [team.id]),
  ).toEqual([{ used: 31, reserved: 0 }]);
});

it('ends hostile documents as failed jobs that cost nothing', { timeout: 120_000 }, async () => {
  const team = await world.team();
  const files = {
    'bomb.xml': '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><Invoice>&c;</Invoice>',
    'xxe.xml': '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Invoice>&b;</Invoice>',
    'cut.xml': '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><cbc:ID>',
    'empty.pdf': '%PDF-1.4\n%%EOF\n',
    'picture.png': '\x89PNG\r\n\x1a\nnothing',
  };
  for (const [fileName, text] of Object.entries(files)) {
    const file = Buffer.from(text, 'latin1');
    const { jobId } = await made(upload(team.live, { client: team.client.live, file, fileName }), 202);
    const job = await finished(team.live, jobId);
    expect([fileName, job.status, job.invoiceId, job.creditsCharged]).toEqual([fileName, 'failed', null, 0]);
    expect(job.error.code).toMatch(/^(?:file|extract)\./);
    expect(job.error.message).not.toContain('root:');
  }
  expect((await made(team.live.get(`${base}/me/credits`), 200)).used).toBe(0);
});

async function textOf(answer: Promise<Answer>): Promise<string> {
  const { status, text } = await answer;
  expect([status, text]).toEqual([200, text]);
  return text;
}
