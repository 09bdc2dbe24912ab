import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSchedulerWorld, made, type Project, refusal, type SchedulerWorld, url } from './scheduler.fixture.ts';

let world: SchedulerWorld;
let p: Project;
beforeAll(async () => {
  world = await createSchedulerWorld();
});
beforeEach(async () => {
  p = await world.project();
});
afterAll(() => world.close());

const at = Date.parse('2027-03-12T18:00:00Z');

describe('a schedule', () => {
  it('is created by a destination and a timing field, and stored with its delivery', async () => {
    const answer = await p.live.post('/v1/schedules', { endpoint: url, delay: '30s', body: '{"a":1}' });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v1/schedules/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^sch_[0-9A-HJKMNP-TV-Z]{26}$/),
      object: 'schedule',
      mode: 'live',
      kind: 'one_shot',
      state: 'active',
      endpoint: url,
      endpoint_id: null,
      method: 'POST',
      cron: null,
      timezone: null,
      ttl: null,
      retry_policy: { max_attempts: 8, strategy: 'exponential', base: '5s', factor: 2, max: '1h0m0s', jitter: true },
      body_bytes: 7,
      signed: false,
    });
    expect(answer.body.next_runs).toEqual([answer.body.fire_at]);
    const [delivery] = await world.rows('select * from live.deliveries where source_id = $1', [answer.body.id]);
    expect(delivery).toMatchObject({
      status: 'scheduled',
      claimable: true,
      held: false,
      watched: false,
      service: 'scheduler',
    });
    expect((await p.live.get(`/v1/schedules/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('recurs on the wall clock of its zone, with one occurrence kept ready', async () => {
    world.t.clock.freeze(at);
    try {
      const body = await made(
        p.test.post('/v1/schedules', {
          endpoint: url,
          cron: '30 9 * * *',
          timezone: 'America/New_York',
          headers: { 'X-Team': 'growth' },
          ttl: '1h',
          metadata: { team: 'growth' },
          idempotency_key: 'digest',
        }),
      );
      expect(body).toMatchObject({
        kind: 'recurring',
        mode: 'test',
        cron: '30 9 * * *',
        timezone: 'America/New_York',
        header_keys: ['X-Team'],
        fire_at: null,
        next_fire_at: '2027-03-13T14:30:00Z',
        next_runs: ['13T14:30', '14T13:30', '15T13:30', '16T13:30', '17T13:30'].map((run) => `2027-03-${run}:00Z`),
        ttl: '1h0m0s',
        metadata: { team: 'growth' },
        created_at: '2027-03-12T18:00:00Z',
      });
      expect(JSON.stringify(body)).not.toContain('X-Team":');
      const deliveries = await world.rows('select * from test.deliveries where source_id = $1', [body.id]);
      expect(deliveries).toEqual([
        expect.objectContaining({
          watched: true,
          idempotency_key: 'digest_1',
          deadline: new Date('2027-03-13T15:30:00Z'),
        }),
      ]);
      expect((await p.test.get(`/v1/schedules/${body.id}`)).body).toEqual(body);
    } finally {
      world.t.clock.thaw();
    }
  });

  it('keeps the wall time that was asked for, moved out of a gap', async () => {
    const body = await made(
      p.live.post('/v1/schedules', {
        endpoint: url,
        local_fire_at: '2027-03-14T02:30:00',
        timezone: 'America/New_York',
      }),
    );
    expect(body).toMatchObject({
      fire_at: '2027-03-14T07:30:00Z',
      local_fire_at: '2027-03-14T02:30:00',
      timezone: 'America/New_York',
      dst_adjusted: true,
    });
    const [delivery] = await world.rows('select fire_class from live.deliveries where source_id = $1', [body.id]);
    expect(delivery).toEqual({ fire_class: 'dst_shifted' });
  });

  it('has bounds: from when, until when, how often', async () => {
    world.t.clock.freeze(at);
    const body = await made(
      p.live.post('/v1/schedules', {
        endpoint: url,
        cron: '0 12 * * *',
        start_at: '2027-04-01T00:00:00Z',
        end_at: '2027-04-30T00:00:00Z',
        max_fires: 2,
      }),
    );
    world.t.clock.thaw();
    expect(body.next_runs).toEqual(['2027-04-01T12:00:00Z', '2027-04-02T12:00:00Z']);
    expect(body).toMatchObject({ start_at: '2027-04-01T00:00:00Z', end_at: '2027-04-30T00:00:00Z', max_fires: 2 });
  });

  it('keeps headers and body encrypted', async () => {
    await made(
      p.live.post('/v1/schedules', {
        endpoint: url,
        delay: '1h',
        body: 'plain-body',
        headers: { 'X-Key': 'plain-value' },
      }),
    );
    const found = await world.rows(
      `select 1 from live.messages m where m::text ~ 'plain' or encode(sealed_body, 'escape') ~ 'plain'`,
    );
    expect(found).toEqual([]);
  });

  it('is created at once by many calls, each its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => p.live.post('/v1/schedules', { endpoint: url, delay: `${i + 60}s` })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(50);
    const [count] = await world.rows('select count(*)::int as n from live.deliveries where workspace_id = $1', [p.id]);
    expect(count).toEqual({ n: 50 });
  });
});

describe('a list of schedules', () => {
  it('is newest first, and a walk through its pages misses none while more are added', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++)
      ids.unshift((await made(p.live.post('/v1/schedules', { endpoint: url, delay: '1h' }))).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await made(p.live.get(`/v1/schedules?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`), 200);
      seen.push(...page.data.map(({ id }: { id: string }) => id));
      cursor = page.next_cursor;
      expect(page.has_more).toBe(cursor !== null);
      await made(p.live.post('/v1/schedules', { endpoint: url, delay: '1h' }));
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it('is filtered by state, kind, time and metadata', async () => {
    const one = await made(p.live.post('/v1/schedules', { endpoint: url, delay: '1h', metadata: { team: 'a' } }));
    const two = await made(
      p.live.post('/v1/schedules', { endpoint: url, cron: '* * * * *', metadata: { team: 'b', x: 'y' } }),
    );
    const ids = async (query: string) =>
      (await made(p.live.get(`/v1/schedules?${query}`), 200)).data.map(({ id }: { id: string }) => id);
    expect(await ids('kind=recurring')).toEqual([two.id]);
    expect(await ids('kind=one_shot&state=active')).toEqual([one.id]);
    expect(await ids('state=paused')).toEqual([]);
    expect(await ids('metadata[team]=a')).toEqual([one.id]);
    expect(await ids('metadata%5Bteam%5D=b&metadata[x]=y')).toEqual([two.id]);
    expect(await ids('metadata[team]=b&metadata[x]=z')).toEqual([]);
    expect(await ids('created_before=2026-01-01T00:00:00Z')).toEqual([]);
    expect(await ids('created_after=2026-01-01T00:00:00Z')).toEqual([two.id, one.id]);
    expect(await ids('mode=test')).toEqual([two.id, one.id]);
  });

  it.each([
    ['limit=0', 'invalid_limit', 'limit'],
    ['limit=101', 'invalid_limit', 'limit'],
    ['limit=x', 'invalid_limit', 'limit'],
    ['limit=1&limit=2', 'invalid_limit', 'limit'],
    ['cursor=nonsense', 'invalid_cursor', 'cursor'],
    ['cursor=', 'invalid_cursor', 'cursor'],
    ['state=gone', 'invalid_filter', 'state'],
    ['kind=both', 'invalid_filter', 'kind'],
    ['created_after=yesterday', 'invalid_filter', 'created_after'],
    ['metadata[a]=1&metadata[a]=2', 'invalid_filter', 'metadata[a]'],
  ])('refuses %s', async (query, code, param) => {
    expect(await refusal(p.live.get(`/v1/schedules?${query}`))).toEqual([400, code, param]);
  });

  it('refuses a cursor of another project, mode or set of filters', async () => {
    for (const caller of [p.live, p.test]) {
      for (let i = 0; i < 2; i++) await made(caller.post('/v1/schedules', { endpoint: url, delay: '1h' }));
    }
    const { next_cursor: cursor } = await made(p.live.get('/v1/schedules?limit=1'), 200);
    const other = await world.project();
    for (const call of [
      p.test.get(`/v1/schedules?limit=1&cursor=${cursor}`),
      other.live.get(`/v1/schedules?limit=1&cursor=${cursor}`),
      p.live.get(`/v1/schedules?limit=1&state=active&cursor=${cursor}`),
      p.live.get(`/v1/schedules?limit=1&cursor=${cursor}A`),
    ]) {
      expect(await refusal(call)).toEqual([400, 'invalid_cursor', 'cursor']);
    }
    expect((await p.live.get(`/v1/schedules?limit=5&cursor=${cursor}`)).body.data).toHaveLength(1);
  });
});
