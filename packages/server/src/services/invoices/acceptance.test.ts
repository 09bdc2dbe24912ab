import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';
import {
  as,
  base,
  createInvoicesWorld,
  finished,
  type InvoicesWorld,
  made,
  patch,
  pdf,
  refusal,
  upload,
} from './invoices.fixture.ts';

let world: InvoicesWorld;
let receiver: Receiver;
beforeAll(async () => {
  world = await createInvoicesWorld();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await world.close();
});

/** As a receiver verifies: the secret without its prefix is base64url, the signed bytes are `t.body`. */
function verifies(secret: string, header: string, body: string): boolean {
  const t = /(?:^|,)t=(\d+)/.exec(header)?.[1] ?? '';
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64url');
  const v1 = createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
  return [...header.matchAll(/v1=([0-9a-f]{64})/g)].some(([, sent]) => sent === v1);
}

describe('the acceptance script of the specification (appendix C)', () => {
  it('runs from two keys to an empty test mode, with live untouched', { timeout: 60_000 }, async () => {
    // 1. Two keys of one team.
    const team = await world.team();
    const [live, test] = [await made(team.live.get(`${base}/me`), 200), await made(team.test.get(`${base}/me`), 200)];
    expect(test.team).toEqual(live.team);
    expect([live.mode, test.mode, live.key.mode, test.key.mode]).toEqual(['live', 'test', 'live', 'test']);
    expect(team.keys.test.key.startsWith(test.key.prefix)).toBe(true);
    expect(test.key.prefix).not.toBe(live.key.prefix);
    const creditsBefore = [
      await made(team.live.get(`${base}/me/credits`), 200),
      await made(team.test.get(`${base}/me/credits`), 200),
    ];

    // 2. A signed invoice.processed at a real receiver.
    const hook = await made(
      team.test.post(`${base}/webhooks`, { url: `${receiver.url}/test`, events: ['*'], description: 'CI' }),
    );
    expect(hook.secret).toMatch(/^whsec_[\w-]{43}$/);
    await made(team.live.post(`${base}/webhooks`, { url: `${receiver.url}/live`, events: ['*'] }));
    const file = pdf('acceptance');
    const key = { 'idempotency-key': 'upload-1' };
    const sent = await upload(team.test, { client: team.client.test, file, headers: key });
    const { jobId } = await made(Promise.resolve(sent), 202);
    expect(sent.headers['location']).toBe(`/external/v1/jobs/${jobId}`);
    expect(jobId).toMatch(/^job_test_[0-9A-Za-z]{22}$/);
    const job = await finished(team.test, jobId);
    expect(job).toMatchObject({ status: 'completed', creditsCharged: 0, error: null, sourceFile: 'invoice.pdf' });
    expect(job.invoiceId).toMatch(/^inv_test_/);
    const invoice = await made(team.test.get(`${base}/invoices/${job.invoiceId}`, as(team.client.test)), 200);
    expect(invoice).toMatchObject({
      mode: 'test',
      clientId: team.client.test,
      jobId,
      status: 'processed',
      direction: 'purchase',
      totals: { net: '140.00', tax: '23.00', gross: '163.00', payable: '163.00' },
      buyer: { name: 'Baltic Timber UAB', companyCode: '305123456' },
      validation: { status: 'passed', issues: [] },
      confidence: { overall: 0.99 },
      version: 1,
    });
    await receiver.count(1);
    const [event] = receiver.received;
    expect(event?.url).toBe('/test');
    const body = JSON.parse(event?.body ?? '');
    expect(body).toMatchObject({
      type: 'invoice.processed',
      apiVersion: '2026-04-01',
      mode: 'test',
      clientId: team.client.test,
    });
    expect(body.data.invoice).toEqual(invoice);
    expect(verifies(hook.secret, String(event?.headers['x-parseo-signature']), event?.body ?? '')).toBe(true);

    // 3. The same upload under another boundary.
    const again = await upload(team.test, { client: team.client.test, file, headers: key });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toEqual({ jobId, status: 'processing' });
    expect(await refusal(upload(team.test, { client: team.client.test, headers: key }))).toEqual([
      409,
      'idempotency.key_reused_with_different_params',
    ]);

    // 4. A scenario that fails.
    const failing = await made(
      upload(team.test, { client: team.client.test, fields: { 'hints.testScenario': 'failed' } }),
      202,
    );
    const failed = await finished(team.test, failing.jobId);
    expect(failed).toMatchObject({
      status: 'failed',
      invoiceId: null,
      error: { code: 'test.scenario_failed', retryable: false },
    });
    await receiver.count(2);
    expect(JSON.parse(receiver.received[1]?.body ?? '')).toMatchObject({
      type: 'invoice.failed',
      data: { job: { id: failing.jobId, status: 'failed', error: { code: 'test.scenario_failed' } } },
    });

    // 5. A live key finds nothing of it, and changes nothing.
    const contact = await made(team.test.post(`${base}/contacts`, { name: 'Somebody' }));
    const context = as(team.client.live);
    for (const path of ['', '/status', '/file', '/export']) {
      expect(await refusal(team.live.get(`${base}/invoices/${invoice.id}${path}`, context))).toEqual([
        404,
        'invoice.not_found',
      ]);
    }
    expect(await refusal(team.live.get(`${base}/jobs/${jobId}`))).toEqual([404, 'job.not_found']);
    expect(await refusal(patch(team.live, `${base}/invoices/${invoice.id}`, { notes: 'x' }, context.headers))).toEqual([
      404,
      'invoice.not_found',
    ]);
    expect(await refusal(team.live.send('DELETE', `${base}/invoices/${invoice.id}`, undefined, context))).toEqual([
      404,
      'invoice.not_found',
    ]);
    expect(await refusal(patch(team.live, `${base}/contacts/${contact.id}`, { name: 'x' }))).toEqual([
      404,
      'contact.not_found',
    ]);
    expect(await refusal(team.live.send('DELETE', `${base}/contacts/${contact.id}`))).toEqual([
      404,
      'contact.not_found',
    ]);
    expect(await refusal(team.live.get(`${base}/clients/${team.client.test}`))).toEqual([404, 'client.not_found']);
    expect(await made(team.test.get(`${base}/invoices/${invoice.id}`, as(team.client.test)), 200)).toEqual(invoice);

    // 6. References across are refused.
    const crossed = await upload(team.test, { client: team.client.live });
    expect(await refusal(Promise.resolve(crossed))).toEqual([400, 'validation.client_mode_mismatch']);
    expect(crossed.body).toMatchObject({
      title: 'Client mode mismatch',
      detail: 'The referenced client belongs to a different mode than the authenticating key.',
    });
    const liveContact = await made(team.live.post(`${base}/contacts`, { name: 'Live one' }));
    const bySeller = await upload(team.test, { client: team.client.test, fields: { sellerContactId: liveContact.id } });
    expect(bySeller.status).toBe(400);
    expect(bySeller.body.errors).toEqual([
      { field: 'sellerContactId', code: 'validation.client_mode_mismatch', message: expect.any(String) },
    ]);

    // 7. No credit was taken.
    expect([
      await made(team.live.get(`${base}/me/credits`), 200),
      await made(team.test.get(`${base}/me/credits`), 200),
    ]).toEqual(creditsBefore);

    // 9. Audit streams have nothing in common.
    const streams = await Promise.all(
      [team.live, team.test].map(async (caller) => (await made(caller.get(`${base}/audit-logs?limit=100`), 200)).items),
    );
    const ids = streams.map((items) => new Set(items.map((item: { id: string }) => item.id)));
    expect([...(ids[0] ?? [])].filter((id) => ids[1]?.has(id))).toEqual([]);
    const actions = streams[1].map((item: { action: string }) => item.action);
    expect(actions).toEqual(
      expect.arrayContaining([
        'client.create',
        'webhook.create',
        'invoice.create',
        'security.mode_mismatch',
        'api_key.create',
      ]),
    );
    expect(streams[0].map((item: { action: string }) => item.action)).not.toContain('invoice.create');

    // 10. The reset clears test data and nothing else.
    const liveBefore = await world.rows(`select * from live.invoices_clients order by id`);
    const dry = await made(team.test.post(`${base}/admin/test-mode/reset`, { confirm: 'RESET', dryRun: true }), 200);
    expect(await refusal(team.live.post(`${base}/admin/test-mode/reset`, { confirm: 'RESET' }))).toEqual([
      403,
      'test_mode.live_key_not_allowed',
    ]);
    expect(await refusal(team.test.post(`${base}/admin/test-mode/reset`, {}))).toEqual([
      400,
      'test_mode.confirmation_required',
    ]);
    const receipt = await made(team.test.post(`${base}/admin/test-mode/reset`, { confirm: 'RESET' }), 200);
    expect(receipt.deleted).toEqual(dry.deleted);
    expect(receipt.deleted).toMatchObject({ invoices: 1, jobs: 2, clients: 1, files: 2, webhooks: 0 });
    expect((await made(team.test.get(`${base}/clients`), 200)).items).toEqual([]);
    expect((await made(team.test.get(`${base}/contacts`), 200)).items).toEqual([]);
    expect((await made(team.test.get(`${base}/jobs`), 200)).items).toEqual([]);
    expect((await made(team.test.get(`${base}/webhooks`), 200)).items).toHaveLength(1);
    expect(await world.rows(`select * from live.invoices_clients order by id`)).toEqual(liveBefore);
    expect(await made(team.test.get(`${base}/admin/test-mode/reset/${receipt.id}`), 200)).toEqual(receipt);
  });
});
