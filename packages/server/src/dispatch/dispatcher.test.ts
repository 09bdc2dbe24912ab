import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../testing/fixture-platform.ts';
import { asOwner } from '../testing/fresh-database.ts';
import type { Caller } from '../testing/harness.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';

let world: FixtureWorld;
let receiver: Receiver;
let ws: string;
let live: Caller;
beforeAll(async () => {
  world = await createFixtureWorld({ env: { INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' } });
  receiver = await startReceiver();
  world.t.platform.startLoops();
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.answer = (_, response) => response.end('ok');
  ws = await world.t.workspace();
  live = world.t.as((await world.t.key(ws, { service: 'notes', mode: 'live' })).key);
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

interface DeliveryRow {
  status: string;
  attempt_count: number;
  last_status_code: number | null;
  dead_letter_reason: string | null;
  due_at: Date | null;
  finalized_at: Date | null;
  claimable: boolean;
  lease_owner: string | null;
  fire_class: string;
  deferral: string | null;
  first_deferral: string | null;
}

const delivery = async (id: string, mode = 'live'): Promise<DeliveryRow> => {
  const [row] = await asOwner<DeliveryRow>(world.owner, `select * from ${mode}.deliveries where id = $1`, [id]);
  if (row === undefined) throw new Error(`no delivery ${id}`);
  return row;
};
const attempts = (id: string) =>
  asOwner<Record<string, unknown>>(
    world.owner,
    'select attempt, kind, outcome, status_code, error_code, response_body, retry_after from live.attempts where delivery_id = $1 order by attempt',
    [id],
  );
const send = async (parcel: Record<string, unknown>, caller = live): Promise<string> => {
  const answer = await caller.post('/notes/v1/parcels', { url: receiver.url, ...parcel });
  expect(answer.status).toBe(201);
  return answer.body.id as string;
};
/** Until a delivery has ended; by its row, since that is what a caller sees. */
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const row = await delivery(id);
      expect(row.finalized_at).not.toBeNull();
      return row;
    },
    { timeout: 8_000, interval: 20 },
  );

describe('a delivery', () => {
  it('is sent as its sender wrote it, once, and ends as succeeded', async () => {
    const id = await send({ method: 'PUT', body: 'grüße', headers: { 'X-Own': 'mine', 'Sched-Attempt': '99' } });
    const row = await ended(id);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({
      method: 'PUT',
      body: 'grüße',
      headers: {
        'x-own': 'mine',
        'user-agent': 'Notes/1.0',
        'idempotency-key': id,
        'sched-delivery-id': id,
        'sched-attempt': '1',
      },
    });
    expect(row).toMatchObject({ status: 'succeeded', attempt_count: 1, last_status_code: 200, due_at: null });
    expect(row).toMatchObject({ claimable: false, lease_owner: null, fire_class: 'on_time' });
    expect(await attempts(id)).toEqual([
      {
        attempt: 1,
        kind: 'initial',
        outcome: 'succeeded',
        status_code: 200,
        error_code: null,
        response_body: null,
        retry_after: null,
      },
    ]);
  });

  it('never leaves before its instant, and soon after it', async () => {
    const dueAt = Date.now() + 1_300;
    await send({ delayMs: 1_300 });
    await receiver.count(1);
    expect(receiver.received[0]?.at).toBeGreaterThanOrEqual(dueAt);
  });

  it('is tried again with growing waits and the same idempotency key until it succeeds', async () => {
    receiver.answer = (_, response) => {
      response.statusCode = receiver.received.length < 3 ? 500 : 200;
      response.end('later');
    };
    const id = await send({ body: 'x' });
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt_count: 3 });
    expect(receiver.received.map(({ headers }) => headers['sched-attempt'])).toEqual(['1', '2', '3']);
    expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const [first, second, third] = receiver.received.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(39);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(79);
    expect(await attempts(id)).toMatchObject([
      { kind: 'initial', outcome: 'retryable', status_code: 500, response_body: 'later' },
      { kind: 'retry', outcome: 'retryable', status_code: 500 },
      { kind: 'retry', outcome: 'succeeded', status_code: 200 },
    ]);
  });

  it('is dead-lettered when its attempts are used up, or at once when the receiver refuses it', async () => {
    receiver.answer = (request, response) => {
      response.statusCode = request.body === 'never' ? 404 : 503;
      response.end();
    };
    const [exhausted, refused] = await Promise.all([send({ body: 'busy' }), send({ body: 'never' })]);
    expect(await ended(exhausted)).toMatchObject({
      status: 'dead_letter',
      dead_letter_reason: 'attempts_exhausted',
      attempt_count: 4,
    });
    expect(await ended(refused)).toMatchObject({
      status: 'dead_letter',
      dead_letter_reason: 'terminal_response',
      attempt_count: 1,
    });
  });

  it('expires at its deadline instead of being tried again', async () => {
    receiver.answer = (_, response) => {
      response.statusCode = 500;
      response.end();
    };
    const id = await send({ ttlMs: 100 });
    expect(await ended(id)).toMatchObject({ status: 'expired', dead_letter_reason: null });
  });

  it('to a place that may not be reached is dead-lettered without a connection', async () => {
    const id = await send({ url: 'http://169.254.169.254/latest/meta-data' });
    expect(await ended(id)).toMatchObject({ status: 'dead_letter', dead_letter_reason: 'url_blocked' });
  });

  it('that nobody listens for is recorded as such', async () => {
    const closed = await startReceiver();
    await closed.close();
    const id = await send({
      url: closed.url,
      retry: { strategy: 'exponential', maxAttempts: 1, baseMs: 0, factor: 1, maxMs: 0 },
    });
    expect(await ended(id)).toMatchObject({ status: 'dead_letter' });
    expect(await attempts(id)).toMatchObject([{ outcome: 'retryable', error_code: 'connect', status_code: null }]);
  });

  it('waits for what Retry-After asks', async () => {
    receiver.answer = (_, response) => {
      if (receiver.received.length === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end('ok');
    };
    const id = await send({});
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt_count: 2 });
    expect((receiver.received[1]?.at ?? 0) - (receiver.received[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(await attempts(id)).toMatchObject([{ retry_after: 1 }, {}]);
  });
});

describe('a target', () => {
  const target = async (policies: Record<string, unknown>): Promise<string> => {
    const id = `ep_${Math.random().toString(36).slice(2)}`;
    await asOwner(
      world.owner,
      `insert into live.targets (workspace_id, id, service, kind, rate_limit, retry_budget, breaker_policy, max_in_flight)
       values ($1, $2, 'notes', 'profile', $3, $4, $5, $6)`,
      [
        ws,
        id,
        ...['rate_limit', 'retry_budget', 'breaker_policy'].map((name) =>
          policies[name] === undefined ? null : JSON.stringify(policies[name]),
        ),
        policies.max_in_flight ?? null,
      ],
    );
    await asOwner(
      world.owner,
      `insert into live.target_versions (workspace_id, target_id, version, url) values ($1, $2, 1, $3)`,
      [ws, id, receiver.url],
    );
    return id;
  };

  it('is sent no more than its rate allows, and what waits uses no attempt', async () => {
    const to = await target({ rate_limit: { rate: 5, burst: 2 } });
    const from = Date.now();
    const ids = await Promise.all(Array.from({ length: 4 }, () => send({ url: undefined, target: to })));
    await receiver.count(4);
    // Two at once, and a token every 200 ms from then on.
    expect(Math.max(...receiver.received.map(({ at }) => at)) - from).toBeGreaterThanOrEqual(390);
    const rows = await Promise.all(ids.map(ended));
    expect(rows.map(({ attempt_count }) => attempt_count)).toEqual([1, 1, 1, 1]);
    // Two, or fewer where the machine took so long to ask that a token was there.
    expect(rows.map(({ first_deferral }) => first_deferral)).toContain('rate_limit');
  });

  it('has at most as many requests out as it may', async () => {
    const to = await target({ max_in_flight: 1 });
    let out = 0;
    let most = 0;
    receiver.answer = (_, response) => {
      most = Math.max(most, ++out);
      setTimeout(() => {
        out--;
        response.end('ok');
      }, 50);
    };
    // Each calls the next: a wait of its own for each of them would take longer than these tests do.
    const ids = await Promise.all(Array.from({ length: 12 }, () => send({ url: undefined, target: to })));
    await Promise.all(ids.map(ended));
    expect(most).toBe(1);
  });

  it('that fails is left alone by its breaker, probed, and used again', async () => {
    const to = await target({
      breaker_policy: { failureThreshold: 2, windowMs: 10_000, cooldownMs: 300, halfOpenMax: 1 },
    });
    let broken = true;
    receiver.answer = (_, response) => {
      response.statusCode = broken ? 500 : 200;
      response.end();
    };
    const retry = { strategy: 'exponential', maxAttempts: 8, baseMs: 20, factor: 1, maxMs: 20 };
    const first = await send({ url: undefined, target: to, retry });
    await receiver.count(2);
    broken = false;
    const row = await ended(first);
    expect(row).toMatchObject({ status: 'succeeded', attempt_count: 3, deferral: 'breaker' });
    expect((receiver.received[2]?.at ?? 0) - (receiver.received[1]?.at ?? 0)).toBeGreaterThanOrEqual(290);
  });

  it('whose retry budget is used up gets no more retries', async () => {
    const to = await target({ retry_budget: { rate: 0, burst: 1 } });
    receiver.answer = (_, response) => {
      response.statusCode = 500;
      response.end();
    };
    const id = await send({ url: undefined, target: to });
    expect(await ended(id)).toMatchObject({
      status: 'dead_letter',
      dead_letter_reason: 'retry_budget_exhausted',
      attempt_count: 2,
    });
  });
});

describe('two nodes', () => {
  it('share the work, and each delivery is sent once', async () => {
    const other = await world.another();
    other.platform.startLoops();
    const ids = await Promise.all(Array.from({ length: 60 }, (_, i) => send({ delayMs: 1_000 + i })));
    await Promise.all(ids.map(ended));
    expect(receiver.received).toHaveLength(60);
    await other.close();
  });

  it('take over what a dead one held, with an attempt that is recorded as lost', async () => {
    const id = await send({ delayMs: 3_600_000 });
    await asOwner(
      world.owner,
      `update live.deliveries set lease_owner = 'node_dead', lease_token = 7, claimable = false, due_at = now() - interval '1 s' where id = $1`,
      [id],
    );
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt_count: 2 });
    expect(await attempts(id)).toMatchObject([
      { attempt: 1, outcome: 'lost' },
      { attempt: 2, kind: 'reclaim', outcome: 'succeeded' },
    ]);
  });

  it('record nothing once their lease is lost, but for a success that nobody may deny', async () => {
    const open: (() => void)[] = [];
    receiver.answer = (_, response) => void open.push(() => response.writeHead(500).end());
    const id = await send({});
    await receiver.count(1);
    await asOwner(
      world.owner,
      `update live.deliveries set lease_token = lease_token + 1, lease_owner = null, status = 'canceled', due_at = null, finalized_at = now() where id = $1`,
      [id],
    );
    for (const answer of open) answer();
    await world.t.platform.dispatcher.settleDue();
    expect(await delivery(id)).toMatchObject({ status: 'canceled', attempt_count: 0 });
    expect(await attempts(id)).toEqual([]);
  });
});

describe('a node that stops', () => {
  it('finishes what is out and gives back what has not left', async () => {
    const leaving = await world.another();
    await world.t.platform.dispatcher.stop();
    // What is due in a moment stays so, however slow the machine is.
    leaving.clock.freeze();
    leaving.platform.startLoops();
    const caller = leaving.as((await world.t.key(ws, { service: 'notes', mode: 'live' })).key);
    const out: (() => void)[] = [];
    receiver.answer = (_, response) => void out.push(() => response.end('ok'));
    const sent = await send({}, caller);
    const waiting = await send({ delayMs: 900 }, caller);
    const canceled = await send({ delayMs: 900 }, caller);
    await receiver.count(1);
    for (const id of [waiting, canceled]) {
      await vi.waitFor(async () => expect((await delivery(id)).lease_owner).not.toBeNull(), { timeout: 3_000 });
    }
    await asOwner(world.owner, 'update live.deliveries set cancel_requested = true where id = $1', [canceled]);
    const closed = leaving.close();
    for (const answer of out) answer();
    await closed;
    expect(await delivery(sent)).toMatchObject({ status: 'succeeded' });
    expect(await delivery(waiting)).toMatchObject({ status: 'scheduled', lease_owner: null, claimable: true });
    expect(await delivery(canceled)).toMatchObject({ status: 'canceled', lease_owner: null, due_at: null });
    expect(await asOwner(world.owner, 'select * from live.dispatch_nodes')).toEqual([]);
  });
});
