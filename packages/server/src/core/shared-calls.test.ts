import { connect, createServer, type Socket } from 'node:net';
import type { ClientConfig } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { type Answer, createTestPlatform, type TestPlatform } from '../testing/harness.ts';

/*
 * Live draws that arrive together share transactions. Whatever happens to one of them, or to the connection, each caller
 * gets what he would get alone.
 */

let db: FreshDatabase;
let t: TestPlatform;
let account: string;
let key: string;
beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
});
beforeEach(async () => {
  account = await t.workspace();
  key = (await t.key(account, { mode: 'live' })).key;
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

const draw = (clientSeed: string, platform = t) => platform.as(key).get(`/api/ints?clientSeed=${clientSeed}&count=2`);
const together = (count: number, call: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));
const idOf = (answer: Answer) => answer.headers['x-request-id'] ?? '';
const drawn = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200);
const codesOf = (answers: readonly Answer[]) => new Set(answers.map(({ status, body }) => body.code ?? status));

/** The nonces that a chain gave, in order. */
function noncesOf(answers: readonly Answer[], clientSeed: string): number[] {
  const own = drawn(answers).filter(({ body }) => body.clientSeed === clientSeed);
  return own.map(({ body }) => body.nonce as number).sort((a, b) => a - b);
}
const upTo = (count: number) => Array.from({ length: count }, (_, nonce) => nonce);

interface Stored {
  readonly request: string;
  /** Which transaction wrote it. */
  readonly transaction: string;
}
const storedIn = (table: 'audit_log' | 'effects') =>
  asOwner<Stored>(
    db.owner,
    `select request_id as request, xmin::text as transaction from live.${table} where workspace_id = $1`,
    [account],
  );
const outcomes = () =>
  asOwner<{ id: string; seed: string; nonce: number }>(
    db.owner,
    `select short_id as id, client_seed as seed, nonce::int from live.randomness_outcomes where workspace_id = $1`,
    [account],
  );

/** Puts a chain where its next nonce is this one. */
const moveChain = (clientSeed: string, nonce: bigint) =>
  asOwner(db.owner, 'update live.randomness_chains set nonce = $3 where workspace_id = $1 and client_seed = $2', [
    account,
    clientSeed,
    nonce,
  ]);
const lastNonce = 9_007_199_254_740_989n;

const deadlocks = async () => {
  const [row] = await asOwner<{ deadlocks: number }>(
    db.owner,
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  );
  return row?.deadlocks;
};

describe('draws that arrive together', () => {
  it('take consecutive nonces of their chains, each once, with one audit row and one effect for each', async () => {
    const answers = await together(200, (i) => draw(`chain-${i % 3}`));
    expect(codesOf(answers)).toEqual(new Set([200]));
    expect(noncesOf(answers, 'chain-0')).toEqual(upTo(67));
    expect(noncesOf(answers, 'chain-1')).toEqual(upTo(67));
    expect(noncesOf(answers, 'chain-2')).toEqual(upTo(66));
    for (const table of ['audit_log', 'effects'] as const) {
      const rows = await storedIn(table);
      expect(rows.map(({ request }) => request).sort()).toEqual(answers.map(idOf).sort());
      expect(new Set(rows.map(({ transaction }) => transaction)).size).toBeLessThan(100);
    }
    expect((await outcomes()).map(({ id }) => id).sort()).toEqual(answers.map(({ body }) => body.shortId).sort());
  });

  it('do not fail with the one among them whose chain is used up', async () => {
    await draw('spent');
    await moveChain('spent', lastNonce + 1n);
    const answers = await together(60, (i) => draw(i === 30 ? 'spent' : `chain-${i % 3}`));
    expect(answers[30]?.body).toMatchObject({ code: 'nonce_exhausted', param: 'clientSeed' });
    expect(drawn(answers)).toHaveLength(59);
    for (const chain of upTo(3)) {
      const nonces = noncesOf(answers, `chain-${chain}`);
      expect(nonces).toEqual(upTo(nonces.length));
    }
    const succeeded = [...drawn(answers).map(idOf)].sort();
    // The first draw of the chain that is used up stands there as well.
    expect(
      (await storedIn('effects'))
        .map(({ request }) => request)
        .filter((id) => succeeded.includes(id))
        .sort(),
    ).toEqual(succeeded);
    expect(await storedIn('effects')).toHaveLength(60);
  });

  it('get the last nonces of a chain, and no more', async () => {
    await draw('ending');
    await moveChain('ending', lastNonce - 1n);
    const answers = await together(20, () => draw('ending'));
    expect(noncesOf(answers, 'ending')).toEqual([Number(lastNonce - 1n), Number(lastNonce)]);
    expect(codesOf(answers)).toEqual(new Set([200, 'nonce_exhausted']));
  });

  it('take exactly the quota of the day', async () => {
    const limited = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '70' } });
    const answers = await together(140, (i) => draw(`chain-${i % 5}`, limited));
    expect(drawn(answers)).toHaveLength(70);
    expect(codesOf(answers)).toEqual(new Set([200, 'quota_exceeded']));
    expect(await outcomes()).toHaveLength(70);
    expect(await storedIn('effects')).toHaveLength(70);
    const usage = await limited.as(key).get('/api/usage');
    expect(usage.body.quota).toMatchObject({ limit: 70, used: 70, remaining: 0 });
    expectCleanLog(limited.log);
    await limited.close();
  });
});

describe('when connections break', () => {
  it('no draw is lost that was answered, and no nonce is given twice or left out', async () => {
    const answers: Answer[] = [];
    let ended = 0;
    for (let round = 0; round < 6; round++) {
      const wave = together(100, (i) => draw(`chain-${i % 3}`));
      // Wherever they are: waiting for a connection, at their statements, at the commit.
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      const [killed] = await asOwner<{ count: number }>(
        db.owner,
        `select count(pg_terminate_backend(pid))::int as count from pg_stat_activity
         where datname = current_database() and usename = $1`,
        [`${db.env.INTERLOCK_ROLE_PREFIX}_live`],
      );
      ended += killed?.count ?? 0;
      answers.push(...(await wave));
    }
    expect(ended).toBeGreaterThan(0);
    const codes = codesOf(answers);
    codes.delete('unavailable');
    expect(codes).toEqual(new Set([200]));
    const rows = await outcomes();
    const stored = new Set(rows.map(({ id }) => id));
    expect(drawn(answers).filter(({ body }) => !stored.has(body.shortId))).toEqual([]);
    for (const chain of upTo(3)) {
      const nonces = rows.filter(({ seed }) => seed === `chain-${chain}`).map(({ nonce }) => nonce);
      expect(nonces.sort((a, b) => a - b)).toEqual(upTo(nonces.length));
    }
    expect(await storedIn('effects')).toHaveLength(rows.length);
  });

  it('a draw whose commit was not answered is not drawn again: nobody knows what became of it', async () => {
    const way = await openForgetfulWay(db.owner);
    const beyond = await createTestPlatform({ owner: way.owner, env: db.env });
    expect((await draw('before', beyond)).status).toBe(200);
    way.forget();
    const answers = await together(3, (i) => draw(`chain-${i}`, beyond));
    const unknown = answers.filter(({ status }) => status !== 200);
    expect(unknown.length).toBeGreaterThan(0);
    for (const { status, body, headers } of unknown) {
      expect([status, body.code, headers['retry-after']]).toEqual([503, 'unavailable', '2']);
    }
    expect((await outcomes()).map(({ seed, nonce }) => `${seed} ${nonce}`).sort()).toEqual([
      'before 0',
      'chain-0 0',
      'chain-1 0',
      'chain-2 0',
    ]);
    expect((await draw('chain-1', beyond)).body.nonce).toBe(1);
    expectCleanLog(beyond.log);
    await beyond.close();
    await way.close();
  });
});

/** With few connections each: other tests run beside this one, on the same PostgreSQL. */
const twoServers = () =>
  Promise.all([0, 1].map(() => createTestPlatform({ owner: db.owner, env: { ...db.env, INTERLOCK_POOL_SIZE: '3' } })));

describe('two servers on one database', () => {
  it('never block each other, and number the draws of a chain without a gap', async () => {
    const before = await deadlocks();
    const servers = await twoServers();
    const answers: Answer[] = [];
    for (let round = 0; round < 5; round++) {
      const wave = await together(120, (i) => draw(`chain-${(i * 7 + round) % 5}`, servers[i % 2]));
      answers.push(...wave);
    }
    expect(codesOf(answers)).toEqual(new Set([200]));
    for (const chain of upTo(5)) {
      const nonces = noncesOf(answers, `chain-${chain}`);
      expect(nonces.length).toBeGreaterThan(100);
      expect(nonces).toEqual(upTo(nonces.length));
    }
    for (const server of servers) expectCleanLog(server.log);
    // A connection tells what it counted when it ends.
    await Promise.all(servers.map((server) => server.close()));
    expect(await deadlocks()).toBe(before);
  });

  it('never block each other either when batches take the same chains in another order', async () => {
    const before = await deadlocks();
    const servers = await twoServers();
    const seeds = ['a', 'b', 'c', 'd'];
    for (const clientSeed of seeds) await draw(clientSeed);
    const backwards = seeds.toReversed().map((clientSeed) => ({ endpoint: 'ints', params: { clientSeed } }));
    for (let round = 0; round < 5; round++) {
      const answers = await together(100, (i) =>
        i % 10 === 0
          ? (servers[i % 2] ?? t).as(key).post('/api/batch', { draws: backwards })
          : draw(seeds[i % seeds.length] ?? '', servers[i % 2]),
      );
      expect(codesOf(answers)).toEqual(new Set([200]));
    }
    for (const server of servers) expectCleanLog(server.log);
    await Promise.all(servers.map((server) => server.close()));
    expect(await deadlocks()).toBe(before);
  });
});

/** A way to the database that can forget the answer to the next commit of a draw: it goes there, and the connection breaks. */
async function openForgetfulWay(database: ClientConfig) {
  const { host = '127.0.0.1', port = 5432 } = database;
  let forgetting = false;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    let swallowing = false;
    sockets.add(socket).add(upstream);
    socket.on('data', (sent: Buffer) => {
      if (forgetting && sent.includes('outcome.created') && sent.includes('commit; reset all')) {
        forgetting = false;
        swallowing = true;
      }
      upstream.write(sent);
    });
    upstream.on('data', (answered: Buffer) => {
      if (!swallowing) socket.write(answered);
      else if (answered.includes('COMMIT')) socket.destroy();
    });
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    owner: { ...database, host: '127.0.0.1', port: own },
    forget() {
      forgetting = true;
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
