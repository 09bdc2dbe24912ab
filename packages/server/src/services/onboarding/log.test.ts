import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { signUp, type TestPerson } from '../../testing/person.ts';

let t: TestPlatform;
let ann: TestPerson;
let api: ReturnType<TestPlatform['as']>;
beforeAll(async () => {
  t = await createTestPlatform();
  ann = await signUp(t);
  api = t.as(ann.keys.find(({ service, mode }) => service === 'onboarding' && mode === 'test')?.key ?? '');
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
});

const lineOf = async (answer: { headers: Record<string, unknown> }) => {
  await t.platform.flush();
  const { body } = await ann.get(`/audit?request=${String(answer.headers['x-request-id'])}`);
  expect(body.entries).toHaveLength(1);
  return body.entries[0];
};
const patch = (path: string, body: unknown) => api.send('PATCH', path, JSON.stringify(body), { headers: json });
const json = { 'content-type': 'application/json' };
const nothing = { event: null, target: null, diff: null };

describe('the log entry of a call (2.9)', () => {
  it('names what was done to what, and each field before and after', async () => {
    const made = await api.post('/api/v1/customers', { name: 'Northwind Tea' });
    const { id, display_id } = made.body;
    const target = { type: 'customer', id, display_id };
    expect(await lineOf(made)).toMatchObject({ event: 'customer_created', target, diff: null, idempotencyKey: null });
    const changed = await patch(`/api/v1/customers/${id}`, { plan: 'gold', mrr: 5 });
    expect(await lineOf(changed)).toMatchObject({
      event: 'customer_updated',
      target,
      diff: { plan: [null, 'gold'], mrr: [null, 5] },
    });
    const opened = await api.post('/api/v1/onboardings', { customer_id: id });
    const onboarding = { type: 'onboarding', id: opened.body.id, display_id: opened.body.display_id };
    expect(await lineOf(opened)).toMatchObject({ event: 'onboarding_created', target: onboarding });
    const path = `/api/v1/onboardings/${opened.body.display_id}`;
    expect(await lineOf(await patch(path, { phase: 'review' }))).toMatchObject({
      event: 'phase_changed',
      target: onboarding,
      diff: { phase: ['before_getting_started', 'review'] },
    });
    expect(await lineOf(await patch(path, { target_launch_date: '2027-01-15T00:00:00Z' }))).toMatchObject({
      event: 'target_shifted',
      diff: { target_launch_date: [null, '2027-01-15T00:00:00.000Z'] },
    });
    const contact = await api.post(`/api/v1/customers/${id}/contacts`, {
      name: 'Anna',
      email: 'anna@northwind.example',
    });
    expect(await lineOf(contact)).toMatchObject({
      event: 'contact_created',
      target: { type: 'contact', id: contact.body.id, display_id: contact.body.display_id },
    });
    const gone = await api.send('DELETE', `/api/v1/contacts/${contact.body.id}`);
    expect(await lineOf(gone)).toMatchObject({ event: 'contact_deleted', target: { id: contact.body.id } });
  });

  it('counts what a call did that changed many things, and names no one target', async () => {
    const rows = ['Ada', 'Bo', 'Cy'].map((name) => ({
      name,
      slug: name.toLowerCase(),
      metadata: { test: true },
      contacts: [{ name, email: `${name}@many.example`, metadata: { test: true } }],
    }));
    const bulk = (customers: unknown) => api.post('/api/v1/customers/bulk', { customers });
    const made = await bulk(rows);
    const many = { target: null, status: 200 };
    expect(await lineOf(made)).toMatchObject({ ...many, event: 'customers_upserted', diff: { created: [0, 3] } });
    const changed = await bulk([...rows.map((row) => ({ ...row, plan: 'gold' })), { name: 'Dee' }]);
    expect(await lineOf(changed)).toMatchObject({ ...many, diff: { created: [0, 1], updated: [0, 3] } });
    expect(await lineOf(await bulk(rows))).toMatchObject({ ...nothing, status: 200 });
    const csv = { headers: { 'content-type': 'text/csv' } };
    const file = 'slug,name,plan\nada,Ada,silver\neve,Eve,gold\n';
    const tried = await api.send('POST', '/api/v1/customers/import?dry_run=true', file, csv);
    expect(await lineOf(tried)).toMatchObject({ ...nothing, status: 200 });
    expect(await lineOf(await api.send('POST', '/api/v1/customers/import', file, csv))).toMatchObject({
      ...many,
      event: 'customers_imported',
      diff: { created: [0, 1], updated: [0, 1] },
    });
    const clean = (dry_run: boolean) => api.post('/api/v1/customers/cleanup', { dry_run });
    expect(await lineOf(await clean(true))).toMatchObject({ ...nothing, status: 200 });
    expect(await lineOf(await clean(false))).toMatchObject({
      ...many,
      event: 'test_records_deleted',
      diff: { contacts: [3, 0], customers: [3, 0] },
    });
    const [into, from] = [(await api.post('/api/v1/customers', { name: 'Into' })).body, await bulk([{ name: 'From' }])];
    const merged = await api.post(`/api/v1/customers/${into.id}/merge`, { source_id: from.body.data[0].id });
    expect(await lineOf(merged)).toMatchObject({
      event: 'customer_merged',
      target: { type: 'customer', id: into.id, display_id: into.display_id },
      diff: { merged: [from.body.data[0].id, into.id] },
    });
  });

  it('says nothing of reads, refusals and changes that changed nothing', async () => {
    const { body } = await api.post('/api/v1/customers', { name: 'Still' });
    const path = `/api/v1/customers/${body.id}`;
    expect(await lineOf(await api.get(path))).toMatchObject(nothing);
    expect(await lineOf(await patch(path, { name: 'Still' }))).toMatchObject({ ...nothing, status: 200 });
    expect(await lineOf(await patch(path, { mrr: -1 }))).toMatchObject({ ...nothing, status: 400 });
    expect(await lineOf(await api.post('/api/v1/customers', { name: 'x', slug: 'still' }))).toMatchObject({
      ...nothing,
      code: 'slug_taken',
    });
  });

  it('has the idempotency key, and whether the call was answered again', async () => {
    const send = (name: string) =>
      api.post('/api/v1/customers', { name }, { headers: { 'idempotency-key': 'order 66, retry' } });
    const first = await send('Once');
    const again = await send('Once');
    const other = await send('Other');
    expect([first.status, again.status, other.status]).toEqual([201, 201, 409]);
    const key = { idempotencyKey: 'order 66, retry' };
    expect(await lineOf(first)).toMatchObject({ ...key, idempotentReplay: false, event: 'customer_created' });
    expect(await lineOf(again)).toMatchObject({ ...key, ...nothing, idempotentReplay: true, status: 201 });
    expect(await lineOf(other)).toMatchObject({ ...key, ...nothing, idempotentReplay: false, status: 409 });
    const csv = (await ann.get(`/audit/export?request=${String(first.headers['x-request-id'])}`)).text;
    expect(csv.split('\n')[0]).toMatch(/,suppressed,idempotencyKey,idempotentReplay,event,target,diff$/);
    expect(csv).toContain('"order 66, retry",false,customer_created,');
  });
});
