import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signUp } from '../../testing/person.ts';
import {
  as,
  base,
  createInvoicesWorld,
  finished,
  type InvoicesWorld,
  made,
  patch,
  pdf,
  processed,
  refusal,
  upload,
} from './invoices.fixture.ts';
import { scenarioNames } from './scenarios.ts';

/*
 * The numbered rules of the specification (4.6 to 4.8), each in the words of its number.
 */

let world: InvoicesWorld;
beforeAll(async () => {
  world = await createInvoicesWorld();
});
afterAll(() => world.close());

const mismatch = [400, 'validation.client_mode_mismatch'];

describe('keys and identity', () => {
  it('1, 2, 3: a team holds keys of both modes, whose first twelve characters tell which', async () => {
    const { keys } = await world.team();
    expect(keys.live.key).toMatch(/^parseo_live_[0-9A-Za-z]{48}$/);
    expect(keys.test.key).toMatch(/^parseo_test_[0-9A-Za-z]{48}$/);
    expect(keys.test.key.slice(0, 12)).toBe('parseo_test_');
  });

  it('6: a test key without a scope is refused as a live one is, and told which scope', async () => {
    const team = await world.team();
    for (const mode of ['live', 'test'] as const) {
      const { key } = await world.t.key(team.id, { service: 'invoices', mode, scopes: ['client:read'] });
      const answer = await world.t.as(key).get(`${base}/contacts`);
      expect([answer.status, answer.body.code, answer.body.requiredScope]).toEqual([
        403,
        'auth.insufficient_scope',
        'contact:read',
      ]);
    }
  });

  it('5: a key is live unless another mode is chosen', async () => {
    const person = await signUp(world.t);
    const create = (name: string, more: object = {}) =>
      person.send('POST', '/keys', { service: 'invoices', name, ...more });
    const chosen = await Promise.all([
      create('Unsaid'),
      create('Live', { mode: 'live' }),
      create('Test', { mode: 'test' }),
    ]);
    expect(chosen.map(({ status, body }) => [status, body.mode, body.key.slice(0, 12)])).toEqual([
      [201, 'live', 'parseo_live_'],
      [201, 'live', 'parseo_live_'],
      [201, 'test', 'parseo_test_'],
    ]);
    const { status, body } = await create('Neither', { mode: 'sandbox' });
    expect([status, body.error.field]).toEqual([400, 'mode']);
  });

  it('7: the text of a key is shown when it is made and when it is rotated, and nowhere else', async () => {
    const person = await signUp(world.t);
    const shown = (await person.send('POST', '/keys', { service: 'invoices', mode: 'test', name: 'CI' })).body;
    const rotated = (await person.send('POST', `/keys/${shown.id}/rotate`, { overlapSeconds: 3_600 })).body;
    const secrets = [shown.key, rotated.key].map((text: string) => text.slice('parseo_test_'.length));
    const caller = world.t.as(rotated.key);
    await world.t.platform.flush();
    const pages = [
      ...(await Promise.all(
        ['/keys', `/keys/${shown.id}`, `/keys/${shown.id}/activity`, '/audit?limit=50', '/workspace', '/services'].map(
          (path) => person.get(path),
        ),
      )),
      ...(await Promise.all(['/me', '/me/quota', '/audit-logs?limit=100'].map((path) => caller.get(`${base}${path}`)))),
      await person.send('PATCH', `/keys/${shown.id}`, { name: 'Renamed' }),
      await person.send('POST', `/keys/${shown.id}/revoke`, {}),
    ];
    for (const { text } of pages) for (const secret of secrets) expect(text).not.toContain(secret);
    const stored = await world.rows<{ text: string }>(
      `select (k.*)::text as text from core.api_keys k where id = $1
       union all select (s.*)::text from core.api_key_secrets s where key_id = $1`,
      [shown.id],
    );
    expect(stored.length).toBeGreaterThan(2);
    for (const { text } of stored) for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('8, 9, 10: /me says the real team, the prefix of the key and its mode, and nothing of what the team holds', async () => {
    const team = await world.team();
    const me = await made(team.test.get(`${base}/me`), 200);
    expect(Object.keys(me).sort()).toEqual(['apiVersion', 'key', 'mode', 'team']);
    expect([me.mode, me.key.mode, me.key.prefix]).toEqual(['test', 'test', team.keys.test.key.slice(0, 16)]);
    expect(me.team.name).toMatch(/^Test /);
  });

  it('11: a key that is made to look like one of the other mode is none', async () => {
    const team = await world.team();
    const forged = world.t.as(team.keys.test.key.replace('_test_', '_live_'));
    expect(await refusal(forged.get(`${base}/me`))).toEqual([401, 'auth.invalid_key']);
  });

  it('12, 13, 14, 55: a revoked key is told so at once, the other mode goes on, and the stream of its mode knows', async () => {
    const team = await world.team();
    const second = await world.t.key(team.id, { service: 'invoices', mode: 'test', name: 'second' });
    await world.t.platform.keysOf(team.id).revoke(team.keys.test.id);
    expect(await refusal(team.test.get(`${base}/me`))).toEqual([401, 'auth.key_revoked']);
    await made(team.live.get(`${base}/me`), 200);
    const { items } = await made(world.t.as(second.key).get(`${base}/audit-logs?action=api_key.revoke`), 200);
    expect(items).toMatchObject([{ resource: { type: 'api_key', id: team.keys.test.id } }]);
    expect((await made(team.live.get(`${base}/audit-logs?action=api_key.revoke`), 200)).items).toEqual([]);
  });

  it('15, 16, 17: test keys of a team share its data, other teams see none of it, and revoking a key deletes nothing', async () => {
    const [team, other] = [await world.team(), await world.team()];
    const second = await world.t.key(team.id, { service: 'invoices', mode: 'test' });
    await world.t.platform.keysOf(team.id).revoke(team.keys.test.id);
    const seen = await made(world.t.as(second.key).get(`${base}/clients`), 200);
    expect(seen.items.map(({ id }: { id: string }) => id)).toEqual([team.client.test]);
    expect(await refusal(other.test.get(`${base}/clients/${team.client.test}`))).toEqual([404, 'client.not_found']);
    expect(await refusal(other.test.get(`${base}/invoices`, as(team.client.test)))).toEqual([
      403,
      'client.not_in_team',
    ]);
  });
});

describe('tags at write', () => {
  it('18, 19, 22: what a key makes has its mode and says so in its id, whatever the body claims', async () => {
    const team = await world.team();
    const client = await made(team.test.post(`${base}/clients`, { name: 'A', mode: 'live' }));
    expect([client.mode, client.id.slice(0, 8)]).toEqual(['test', 'cl_test_']);
    const contact = await made(team.live.post(`${base}/contacts`, { name: 'A', mode: 'test' }));
    expect([contact.mode, contact.id.slice(0, 9)]).toEqual(['live', 'con_live_']);
  });

  it('20: no operation changes a mode', async () => {
    const team = await world.team();
    const invoice = await processed(team);
    const path = `${base}/invoices/${invoice.id}`;
    expect(await refusal(patch(team.test, path, { mode: 'live' }, as(team.client.test).headers))).toEqual([
      400,
      'validation.invalid_body',
    ]);
    expect((await made(patch(team.test, `${base}/clients/${team.client.test}`, { mode: 'live' }), 200)).mode).toBe(
      'test',
    );
  });

  it('21, 71, 72: everything that comes of a test upload is of test mode', async () => {
    const team = await world.team();
    const invoice = await processed(team);
    const second = await world.t.key(team.id, { service: 'invoices', mode: 'test', scopes: ['invoice:read'] });
    expect(await made(world.t.as(second.key).get(`${base}/invoices/${invoice.id}`, as(team.client.test)), 200)).toEqual(
      invoice,
    );
    expect(invoice.sellerContactId).toMatch(/^con_test_/);
    const contact = await made(team.test.get(`${base}/contacts/${invoice.sellerContactId}`), 200);
    expect(contact).toMatchObject({ source: 'fixture', mode: 'test', roles: ['seller'] });
    const { items } = await made(team.test.get(`${base}/events`), 200);
    expect(items).toMatchObject([{ type: 'invoice.processed', mode: 'test', clientId: team.client.test }]);
    expect(await world.rows('select id from live.invoices_jobs where workspace_id = $1', [team.id])).toEqual([]);
  });
});

describe('reads', () => {
  it('23, 26, 30: lists of a mode have nothing of the other, under any filter', async () => {
    const team = await world.team();
    await processed(team);
    for (const query of ['', '?q=Fixture', '?sort=issueDate', '?currency=EUR', '?grossMin=1&hasIssues=false']) {
      expect((await made(team.live.get(`${base}/invoices${query}`, as(team.client.live)), 200)).items, query).toEqual(
        [],
      );
      expect(
        (await made(team.test.get(`${base}/invoices${query}`, as(team.client.test)), 200)).items,
        query,
      ).toHaveLength(1);
    }
    const counted = await made(team.live.get(`${base}/invoices?includeTotal=true`, as(team.client.live)), 200);
    expect(counted.total).toBe(0);
    expect((await made(team.live.get(`${base}/clients`), 200)).items.map(({ id }: { id: string }) => id)).toEqual([
      team.client.live,
    ]);
  });

  it('24: contacts are listed, found, changed and deleted in the mode of the key alone', async () => {
    const team = await world.team();
    const [live, test] = await Promise.all(
      [team.live, team.test].map((caller) =>
        made(caller.post(`${base}/contacts`, { name: 'Same', email: 'same@example.com', externalId: 'same' })),
      ),
    );
    for (const [caller, own, foreign] of [
      [team.live, live, test],
      [team.test, test, live],
    ] as const) {
      for (const query of ['', '?q=Same', '?email=same@example.com', '?externalId=same', '?limit=100']) {
        const { items } = await made(caller.get(`${base}/contacts${query}`), 200);
        expect(items, query).toEqual([own]);
      }
      const path = `${base}/contacts/${foreign.id}`;
      const answers = [caller.get(path), patch(caller, path, { name: 'Other' }), caller.send('DELETE', path)];
      expect(await Promise.all(answers.map(refusal))).toEqual(answers.map(() => [404, 'contact.not_found']));
    }
    expect((await team.test.send('DELETE', `${base}/contacts/${test.id}`)).status).toBe(204);
    expect(await made(team.live.get(`${base}/contacts/${live.id}`), 200)).toEqual(live);
  });

  it('25, 27, 28, 29, 43: an id of the other mode in a path is answered like one that nobody has', async () => {
    const team = await world.team();
    const invoice = await processed(team);
    const context = as(team.client.live);
    const strip = (text: string) => text.replace(/"requestId":"[^"]*"/, '').replace(/"instance":"[^"]*"/, '');
    for (const path of ['', '/status', '/file', '/export']) {
      const [foreign, unknown] = await Promise.all(
        [invoice.id, 'inv_live_0000000000000000000000'].map((id) =>
          team.live.get(`${base}/invoices/${id}${path}`, context),
        ),
      );
      expect([foreign?.status, strip(foreign?.text ?? '')]).toEqual([404, strip(unknown?.text ?? '')]);
    }
    const foreign = [
      team.live.get(`${base}/contacts/${invoice.sellerContactId}`),
      patch(team.live, `${base}/contacts/${invoice.sellerContactId}`, { name: 'x' }),
      team.live.send('DELETE', `${base}/clients/${team.client.test}`),
      team.live.get(`${base}/jobs/${invoice.jobId}`),
    ];
    expect((await Promise.all(foreign.map(refusal))).map(([status]) => status)).toEqual([404, 404, 404, 404]);
    expect(await made(team.test.get(`${base}/invoices/${invoice.id}`, as(team.client.test)), 200)).toEqual(invoice);
  });

  it('31: a cursor of one mode is none in the other, nor in another list', async () => {
    const team = await world.team();
    for (const caller of [team.live, team.test])
      for (const name of ['A', 'B']) await made(caller.post(`${base}/contacts`, { name }));
    const { nextCursor } = await made(team.live.get(`${base}/contacts?limit=1`), 200);
    expect((await made(team.live.get(`${base}/contacts?limit=1&cursor=${nextCursor}`), 200)).items).toHaveLength(1);
    expect(await refusal(team.test.get(`${base}/contacts?limit=1&cursor=${nextCursor}`))).toEqual([
      400,
      'pagination.invalid_cursor',
    ]);
    expect(await refusal(team.live.get(`${base}/clients?cursor=${nextCursor}`))).toEqual([
      400,
      'pagination.invalid_cursor',
    ]);
  });

  it('32: the same external id, company code and URL may stand in both modes, and once in each', async () => {
    const team = await world.team();
    for (const caller of [team.live, team.test]) {
      const body = { name: 'A', externalId: 'erp-1' };
      const { id } = await made(caller.post(`${base}/clients`, body));
      const twin = await caller.post(`${base}/clients`, body);
      expect([twin.status, twin.body.code, twin.body.existingId]).toEqual([409, 'client.duplicate', id]);
      const contact = { name: 'A', companyCode: '1', address: { country: 'LT' } };
      await made(caller.post(`${base}/contacts`, contact));
      expect(await refusal(caller.post(`${base}/contacts`, contact))).toEqual([409, 'contact.duplicate']);
      const hook = { url: 'https://example.com/hooks', events: ['*'] };
      await made(caller.post(`${base}/webhooks`, hook));
      for (const url of [hook.url, 'https://EXAMPLE.com:443/hooks', 'https://example.com/a/../hooks']) {
        const twice = caller.post(`${base}/webhooks`, { ...hook, url });
        expect(await refusal(twice), url).toEqual([409, 'webhook.duplicate_url']);
      }
      await made(caller.post(`${base}/webhooks`, { ...hook, url: 'https://example.com/Hooks' }));
    }
  });

  it('34: what is read varies by the key and is stored nowhere', async () => {
    const team = await world.team();
    const invoice = await processed(team);
    const { headers } = await team.test.get(`${base}/invoices/${invoice.id}`, as(team.client.test));
    expect(headers).toMatchObject({
      etag: '"v1"',
      vary: 'Authorization',
      'cache-control': 'private, no-store',
      'x-mode': 'test',
    });
  });
});

describe('references', () => {
  it('35 to 40: the header and every field of a body are refused in both directions, before anything happens', async () => {
    const team = await world.team();
    const contacts = {
      live: (await made(team.live.post(`${base}/contacts`, { name: 'L' }))).id,
      test: (await made(team.test.post(`${base}/contacts`, { name: 'T' }))).id,
    };
    const invoice = await processed(team);
    const counts = () =>
      world.rows(`select (select count(*) from live.invoices_jobs) + (select count(*) from test.invoices_jobs)
        + (select count(*) from live.invoices_files) + (select count(*) from test.invoices_files)
        + (select count(*) from live.idempotency_keys) + (select count(*) from test.idempotency_keys) as rows`);
    const before = await counts();
    for (const [mode, other] of [
      ['live', 'test'],
      ['test', 'live'],
    ] as const) {
      const caller = team[mode];
      const client = team.client[mode];
      const foreign = team.client[other];
      const calls = [
        upload(caller, { client: foreign, headers: { 'idempotency-key': 'k' } }),
        upload(caller, { client, fields: { clientId: foreign } }),
        upload(caller, { client, fields: { sellerContactId: contacts[other] } }),
        upload(caller, { client, fields: { buyerContactId: contacts[other] } }),
        caller.get(`${base}/invoices`, as(foreign)),
        caller.get(`${base}/invoices?sellerContactId=${contacts[other]}`, as(client)),
        caller.get(`${base}/contacts?clientId=${foreign}`),
        caller.get(`${base}/audit-logs?clientId=${foreign}`),
        caller.get(`${base}/jobs`, as(foreign)),
        caller.post(`${base}/contacts`, { name: 'x', clientId: foreign }),
        patch(caller, `${base}/contacts/${contacts[mode]}`, { clientId: foreign }),
        caller.post(`${base}/webhooks`, { url: 'https://example.com/x', events: ['*'], clientId: foreign }),
        patch(caller, `${base}/invoices/${invoice.id}`, { sellerContactId: contacts[other] }, as(client).headers),
        patch(caller, `${base}/invoices/${invoice.id}`, { buyerContactId: contacts[other] }, as(client).headers),
        patch(caller, `${base}/invoices/${invoice.id}`, { notes: 'x' }, as(foreign).headers),
        caller.post(`${base}/invoices/${invoice.id}/reprocess`, {}, as(foreign)),
        caller.post(`${base}/invoices/${invoice.id}/confirm`, {}, as(foreign)),
      ];
      expect(await Promise.all(calls.map(refusal)), mode).toEqual(calls.map(() => mismatch));
    }
    expect(await counts()).toEqual(before);
  });

  it('38: each field of a body that crosses is named', async () => {
    const team = await world.team();
    const { id } = await made(team.live.post(`${base}/contacts`, { name: 'L' }));
    const { body } = await upload(team.test, {
      client: team.client.test,
      fields: { sellerContactId: id, buyerContactId: id },
    });
    expect(body.errors.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([
      ['sellerContactId', 'validation.client_mode_mismatch'],
      ['buyerContactId', 'validation.client_mode_mismatch'],
    ]);
  });

  it('41: what belongs to another team is never said to be of the other mode', async () => {
    const [team, other] = [await world.team(), await world.team()];
    for (const mode of ['live', 'test'] as const) {
      const caller = team[mode];
      const theirs = (await made(other[mode].post(`${base}/contacts`, { name: 'Theirs' }))).id;
      const context = as(team.client[mode]);
      expect(await refusal(caller.get(`${base}/invoices`, as(other.client[mode])))).toEqual([
        403,
        'client.not_in_team',
      ]);
      expect(await refusal(upload(caller, { client: other.client[mode] }))).toEqual([403, 'client.not_in_team']);
      expect(await refusal(caller.post(`${base}/contacts`, { name: 'x', clientId: other.client[mode] }))).toEqual([
        403,
        'client.not_in_team',
      ]);
      const named = await upload(caller, { client: team.client[mode], fields: { buyerContactId: theirs } });
      expect([named.status, named.body.errors[0].code]).toEqual([400, 'validation.unknown_reference']);
      const filtered = await made(caller.get(`${base}/invoices?sellerContactId=${theirs}`, context), 200);
      expect(filtered.items).toEqual([]);
    }
    // An id that carries the other mode is told apart by its text alone: whose it is, is not looked at and not said.
    const said = async (id: string) => {
      const { body } = await team.test.get(`${base}/invoices`, as(id));
      return [body.code, body.detail];
    };
    expect(await said(other.client.live)).toEqual(await said('cl_live_0000000000000000000000'));
  });

  it('42: an unknown id in a filter is an empty page, in a body it is named, and a malformed one is said to be', async () => {
    const team = await world.team();
    const unknown = 'con_test_0000000000000000000000';
    expect(
      (await made(team.test.get(`${base}/invoices?sellerContactId=${unknown}`, as(team.client.test)), 200)).items,
    ).toEqual([]);
    const named = await upload(team.test, { client: team.client.test, fields: { sellerContactId: unknown } });
    expect([named.status, named.body.errors[0].code]).toEqual([400, 'validation.unknown_reference']);
    const malformed = await upload(team.test, { client: team.client.test, fields: { sellerContactId: 'foo' } });
    expect(malformed.body).toMatchObject({
      code: 'validation.invalid_body',
      errors: [
        {
          field: 'sellerContactId',
          code: 'validation.invalid_public_id',
          message: 'must be a contact ID (con_…); got "foo"',
        },
      ],
    });
  });

  it('42: a filter of any list that names something of the other mode is refused, in every way to name it', async () => {
    const team = await world.team();
    const [mine, foreign] = [team.client.test, team.client.live];
    const stranger = 'inv_live_0000000000000000000000';
    for (const [query, field] of [
      [`/invoices?clientId=${foreign}`, 'clientId'],
      [`/invoices/export?format=csv&clientId=${foreign}`, 'clientId'],
      [`/jobs?clientId=${foreign}`, 'clientId'],
      [`/events?clientId=${foreign}`, 'clientId'],
      [`/audit-logs?resourceId=${stranger}`, 'resourceId'],
      [`/audit-logs?clientId=${foreign}`, 'clientId'],
    ] as const) {
      const answer = await team.test.get(`${base}${query}`);
      expect([answer.status, answer.body.code, answer.body.errors?.[0]?.field], query).toEqual([
        400,
        'validation.client_mode_mismatch',
        field,
      ]);
    }
    // A filter by client serves a key of the whole team as the header does, and must not contradict it.
    expect((await made(team.test.get(`${base}/invoices?clientId=${mine}`), 200)).items).toEqual([]);
    const other = (await made(team.test.post(`${base}/clients`, { name: 'Another' }))).id;
    expect(await refusal(team.test.get(`${base}/invoices?clientId=${other}`, as(mine)))).toEqual([
      400,
      'validation.invalid_body',
    ]);
    // A key of one client has no other list, whatever its filter says.
    const { key } = await world.t.key(team.id, { service: 'invoices', mode: 'test', boundTo: mine });
    const { jobId } = await made(upload(team.test, { client: mine }), 202);
    const [invoice] = [await finished(team.test, jobId)];
    for (const query of ['', `?clientId=${mine}`, `?clientId=${other}`]) {
      const { items } = await made(world.t.as(key).get(`${base}/invoices${query}`), 200);
      expect(items.map(({ id }: { id: string }) => id)).toEqual([invoice.invoiceId]);
    }
    const patched = await patch(
      team.test,
      `${base}/invoices/${invoice.invoiceId}`,
      { duplicateOf: stranger },
      as(mine).headers,
    );
    expect([patched.status, patched.body.code]).toEqual([400, 'validation.client_mode_mismatch']);
  });

  it('5.2: what is wrong with a query is said to be the query’s', async () => {
    const team = await world.team();
    for (const query of [
      'limit=0',
      'limit=1.5',
      'status=eaten',
      'sort=name',
      'grossMin=much',
      'createdFrom=soon',
      'q=%00',
    ]) {
      const answer = await team.test.get(`${base}/invoices?${query}`, as(team.client.test));
      expect([answer.status, answer.body.code, answer.body.errors[0].field], query).toEqual([
        400,
        'validation.invalid_query',
        query.split('=')[0],
      ]);
    }
  });

  it('44: a key of one mode is bound to no client of the other, and a bound key acts for its own alone', async () => {
    const team = await world.team();
    const bind = (boundTo: string) => world.t.key(team.id, { service: 'invoices', mode: 'test', boundTo });
    await expect(bind(team.client.live)).rejects.toMatchObject({ code: 'mode_mismatch' });
    const { key } = await bind(team.client.test);
    const bound = world.t.as(key);
    const second = await made(team.test.post(`${base}/clients`, { name: 'Second' }));
    expect((await made(bound.get(`${base}/clients`), 200)).items).toHaveLength(1);
    expect((await made(bound.get(`${base}/invoices`), 200)).items).toEqual([]);
    expect(await refusal(bound.get(`${base}/invoices`, as(second.id)))).toEqual([403, 'client.scope_mismatch']);
    expect(await refusal(bound.get(`${base}/invoices`, as(team.client.live)))).toEqual(mismatch);
    expect(await refusal(bound.post(`${base}/clients`, { name: 'x' }))).toEqual([403, 'client.scope_mismatch']);
    expect(await refusal(team.test.send('DELETE', `${base}/clients/${team.client.test}`))).toEqual([
      409,
      'client.bound_to_key',
    ]);
    expect(await refusal(team.test.get(`${base}/invoices`))).toEqual([400, 'client.context_required']);
    expect(await refusal(team.test.get(`${base}/invoices`, as('cl_test_0000000000000000000000')))).toEqual([
      404,
      'client.not_found',
    ]);
  });
});

describe('webhooks and audit', () => {
  it('47, 50: endpoints stand in their own mode, each with a secret of its own', async () => {
    const team = await world.team();
    const body = { url: 'https://example.com/hooks', events: ['invoice.processed'] };
    const [live, test] = [
      await made(team.live.post(`${base}/webhooks`, body)),
      await made(team.test.post(`${base}/webhooks`, body)),
    ];
    expect(live.secret).not.toBe(test.secret);
    expect((await made(team.test.get(`${base}/webhooks`), 200)).items.map(({ id }: { id: string }) => id)).toEqual([
      test.id,
    ]);
    expect(await refusal(team.test.get(`${base}/webhooks/${live.id}`))).toEqual([404, 'webhook.not_found']);
    expect(await refusal(team.test.get(`${base}/webhooks/${live.id}/deliveries`))).toEqual([404, 'webhook.not_found']);
    expect(await refusal(team.test.post(`${base}/webhooks/${live.id}/deliveries/dlv_x/redeliver`))).toEqual([
      404,
      'webhook.not_found',
    ]);
    expect((await made(team.test.get(`${base}/webhooks/${test.id}`), 200)).secret).toBeUndefined();
  });

  it('53, 54: changes are written down with who and what, and refused crossings without what they named', async () => {
    const team = await world.team();
    const { id } = await made(team.test.post(`${base}/contacts`, { name: 'A' }));
    await made(patch(team.test, `${base}/contacts/${id}`, { email: 'a@b.example' }), 200);
    await refusal(team.test.get(`${base}/invoices`, as(team.client.live)));
    const { items } = await made(team.test.get(`${base}/audit-logs?limit=2`), 200);
    expect(items[0]).toMatchObject({
      action: 'security.mode_mismatch',
      actor: { type: 'api_key', id: team.keys.test.id },
    });
    expect(JSON.stringify(items[0])).not.toContain(team.client.live);
    expect(items[1]).toMatchObject({
      action: 'contact.update',
      resource: { type: 'contact', id },
      changes: { email: { from: null, to: 'a@b.example' } },
    });
  });
});

describe('idempotency and what both modes share', () => {
  it('56: one idempotency key of two keys is two requests', async () => {
    const team = await world.team();
    const headers = { 'idempotency-key': 'same' };
    const [a, b] = [
      await made(team.test.post(`${base}/contacts`, { name: 'A' }, { headers })),
      await made(team.live.post(`${base}/contacts`, { name: 'A' }, { headers })),
    ];
    expect(a.id).not.toBe(b.id);
    expect(
      await refusal(team.test.post(`${base}/contacts`, { name: 'A' }, { headers: { 'idempotency-key': '' } })),
    ).toEqual([400, 'idempotency.invalid_key']);
  });

  it('58 to 61: test work costs nothing, and goes on when no credit is left', async () => {
    const team = await world.team();
    await world.rows(
      `insert into shared.invoices_accounts (workspace_id, included, period_start) values ($1, 0, date_trunc('month', now(), 'UTC'))`,
      [team.id],
    );
    expect((await made(team.live.get(`${base}/me/credits`), 200)).balance).toBe(0);
    expect(await made(team.test.get(`${base}/me/credits`), 200)).toEqual(
      await made(team.live.get(`${base}/me/credits`), 200),
    );
    expect((await made(team.test.get(`${base}/me/quota`), 200)).credits.mode).toBe('live');
    await processed(team);
    expect(await refusal(upload(team.live, { client: team.client.live }))).toEqual([402, 'quota.credits_exhausted']);
    expect((await made(team.test.get(`${base}/me/credits`), 200)).balance).toBe(0);
  });

  it('65, 66: a change of the plan holds for both modes at once', async () => {
    const team = await world.team();
    await world.rows(
      `insert into shared.invoices_accounts (workspace_id, plan, period_start) values ($1, 'free', now())`,
      [team.id],
    );
    for (const caller of [team.live, team.test]) {
      expect(await refusal(caller.get(`${base}/me`))).toEqual([403, 'plan.api_access_disabled']);
    }
  });
});

describe('the team', () => {
  it('67: its name, plan and members are the same in both modes', async () => {
    const person = await signUp(world.t);
    const callers = await Promise.all(
      (['live', 'test'] as const).map(async (mode) =>
        world.t.as((await world.t.key(person.workspaceId, { service: 'invoices', mode })).key),
      ),
    );
    const teams = async () =>
      Promise.all(callers.map(async (caller) => (await made(caller.get(`${base}/me`), 200)).team));
    const [live, test] = await teams();
    expect(live).toEqual(test);
    const renamed = await person.send('PATCH', '/workspace', { name: 'Renamed Oy' });
    expect([renamed.status, renamed.text]).toEqual([200, renamed.text]);
    expect(await teams()).toEqual([
      { ...live, name: 'Renamed Oy' },
      { ...live, name: 'Renamed Oy' },
    ]);
  });
});

describe('the test pipeline', () => {
  const ends: Readonly<Record<string, string>> = {
    failed: 'test.scenario_failed',
    ocr_unavailable: 'ocr.provider_error',
    not_an_invoice: 'extract.not_an_invoice',
    timeout: 'extract.timeout',
  };

  it.each(scenarioNames.filter((name) => name !== 'slow' && name !== 'timeout'))(
    '69, 70: the scenario %s ends as it says',
    async (scenario) => {
      const team = await world.team();
      const { jobId } = await made(
        upload(team.test, { client: team.client.test, fields: { hints: JSON.stringify({ testScenario: scenario }) } }),
        202,
      );
      const job = await finished(team.test, jobId);
      if (ends[scenario] !== undefined) {
        expect([job.status, job.error.code, job.invoiceId]).toEqual(['failed', ends[scenario], null]);
        return;
      }
      expect([job.status, job.invoiceId.slice(0, 9)]).toEqual(['completed', 'inv_test_']);
      const invoice = await made(team.test.get(`${base}/invoices/${job.invoiceId}`, as(team.client.test)), 200);
      const codes = invoice.validation.issues.map(({ code }: { code: string }) => code);
      switch (scenario) {
        case 'totals_mismatch':
          expect([invoice.totals.gross, codes, invoice.validation.status]).toEqual([
            '163.50',
            ['totals.gross_mismatch'],
            'failed',
          ]);
          break;
        case 'low_confidence':
          expect([invoice.confidence.overall, invoice.dueDate, codes[0]]).toEqual([0.41, null, 'confidence.low']);
          break;
        case 'credit_note':
          expect([invoice.documentType, invoice.totals.gross, invoice.lineItems[0].netAmount]).toEqual([
            'credit_note',
            '-163.00',
            '-100.00',
          ]);
          break;
        case 'reverse_charge':
          expect([invoice.taxes[0].category, invoice.totals.tax, invoice.seller.vatCode.slice(0, 2)]).toEqual([
            'AE',
            '0.00',
            'DE',
          ]);
          break;
        case 'foreign_currency':
          expect([invoice.currency, invoice.exchangeRate]).toEqual(['USD', '0.925000']);
          break;
        case 'no_line_items':
          expect([invoice.lineItems, invoice.totals.gross]).toEqual([[], '163.00']);
          break;
        case 'many_lines':
          expect([invoice.lineItems.length, invoice.lineItems.at(-1).page, codes]).toEqual([250, 6, []]);
          break;
        default:
          expect(codes).toEqual([]);
      }
    },
  );

  it('73, 74: scenarios are for test keys, and unknown ones are listed', async () => {
    const team = await world.team();
    expect(
      await refusal(upload(team.live, { client: team.client.live, fields: { 'hints.testScenario': 'failed' } })),
    ).toEqual([400, 'validation.test_scenario_in_live_mode']);
    const unknown = await upload(team.test, { client: team.client.test, fields: { 'hints[testScenario]': 'nope' } });
    expect([unknown.body.code, unknown.body.errors[0].field]).toEqual([
      'validation.invalid_body',
      'hints.testScenario',
    ]);
    expect(unknown.body.errors[0].message).toContain('success, failed');
  });

  it('75: files are looked at in test mode as in live', async () => {
    const team = await world.team();
    for (const mode of ['live', 'test'] as const) {
      const send = (file: Buffer) => refusal(upload(team[mode], { client: team.client[mode], file }));
      expect(await send(Buffer.alloc(0))).toEqual([400, 'file.empty']);
      expect(await send(Buffer.from('hello'))).toEqual([415, 'file.unsupported_type']);
      expect(await send(Buffer.from('%PDF-1.7\nnothing'))).toEqual([422, 'file.corrupt']);
      expect(await send(Buffer.concat([pdf(), Buffer.from('trailer << /Encrypt 5 0 R >> %%EOF')]))).toEqual([
        422,
        'file.encrypted',
      ]);
      expect(await send(Buffer.alloc(21_000_000, '%PDF-'))).toEqual([413, 'file.too_large']);
      expect(await refusal(team[mode].post(`${base}/invoices`, {}, as(team.client[mode])))).toEqual([
        415,
        'request.unsupported_media_type',
      ]);
    }
  });

  it('33, 77: the same bytes give the same invoice under another id, as a duplicate', async () => {
    const team = await world.team();
    const file = pdf('the same');
    const [first, second] = [await processed(team, { file }), await processed(team, { file })];
    expect(second.id).not.toBe(first.id);
    expect([second.invoiceNumber, second.totals, second.seller]).toEqual([
      first.invoiceNumber,
      first.totals,
      first.seller,
    ]);
    expect([first.duplicateOf, second.duplicateOf]).toEqual([null, first.id]);
  });
});

describe('an invoice', () => {
  it('is corrected, confirmed, read again, exported and deleted', async () => {
    const team = await world.team();
    const context = as(team.client.test);
    const invoice = await processed(team, {
      fields: { 'hints.testScenario': 'reprocess_failed', tags: 'a,b', externalId: 'x-1' },
    });
    expect([invoice.tags, invoice.externalId]).toEqual([['a', 'b'], 'x-1']);
    const path = `${base}/invoices/${invoice.id}`;
    const changed = await made(
      patch(team.test, path, { totals: { gross: '170.00' }, accounting: { debitAccount: '6000' } }, context.headers),
      200,
    );
    expect(changed).toMatchObject({
      version: 2,
      totals: { gross: '170.00', net: '140.00' },
      accounting: { debitAccount: '6000', assignedBy: 'api' },
      validation: { status: 'failed' },
    });
    expect(changed.evidence['totals.gross']).toBeUndefined();
    expect(await refusal(patch(team.test, path, { notes: 'x' }, { ...context.headers, 'if-match': '"v1"' }))).toEqual([
      412,
      'invoice.version_conflict',
    ]);
    expect((await made(team.test.post(`${path}/confirm`, {}, context), 200)).reviewStatus).toBe('confirmed');
    const { jobId } = await made(team.test.post(`${path}/reprocess`, {}, context), 202);
    expect((await finished(team.test, jobId)).status).toBe('failed');
    const after = await made(team.test.get(path, context), 200);
    expect(after).toMatchObject({
      status: 'failed',
      totals: { gross: '170.00' },
      error: { code: 'test.scenario_failed' },
    });
    expect(await refusal(team.test.get(`${path}/export`, context))).toEqual([409, 'invoice.not_exportable']);
    const again = await made(team.test.post(`${path}/reprocess`, { hints: { testScenario: 'success' } }, context), 202);
    expect((await finished(team.test, again.jobId)).status).toBe('completed');
    for (const format of ['json', 'csv', 'xlsx', 'ubl']) {
      const { status, headers } = await team.test.get(`${path}/export?format=${format}`, context);
      expect([status, headers['content-disposition']?.slice(0, 20)]).toEqual([200, 'attachment; filename']);
    }
    expect(await refusal(team.test.get(`${path}/export?format=doc`, context))).toEqual([
      400,
      'export.unsupported_format',
    ]);
    const file = await team.test.get(`${path}/file`, context);
    expect([file.status, file.headers['etag']]).toEqual([200, `"${invoice.file.sha256}"`]);
    expect((await team.test.send('DELETE', path, undefined, context)).status).toBe(204);
    expect(await refusal(team.test.get(path, context))).toEqual([404, 'invoice.not_found']);
    const { items } = await made(team.test.get(`${base}/events`), 200);
    expect(items.map(({ type }: { type: string }) => type)).toEqual([
      'invoice.deleted',
      'invoice.processed',
      'invoice.failed',
      'invoice.updated',
      'invoice.updated',
      'invoice.processed',
    ]);
  });
});
