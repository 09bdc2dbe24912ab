/** Claim: 100 parallel requests with one idempotency key run the handler once, in each mode; 1,000 rounds. */
import { Agent, request } from 'node:http';
import { Client } from 'pg';
import { type BenchResult, print } from './support/result.ts';
import { type BenchServer, startServer } from './support/server.ts';

const rounds = Number(process.env['ROUNDS'] ?? 1_000);
const parallel = 100;

export async function run(): Promise<BenchResult> {
  const server = await startServer('randomness');
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  try {
    let wrong = 0;
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round++) {
      for (const key of [server.live, server.test]) {
        const url = `${server.url}/api/ints?clientSeed=round-${round}&count=5&min=1&max=1000000`;
        const answers = await Promise.all(
          Array.from({ length: parallel }, () =>
            get(agent, url, { 'x-api-key': key, 'idempotency-key': `round-${round}` }),
          ),
        );
        const bodies = new Set(answers.map((answer) => answer.body));
        const first = answers.filter((answer) => !answer.replayed).length;
        // One body for all, and exactly one of them was not a replay: the handler ran once.
        if (bodies.size !== 1 || first !== 1 || answers.some((answer) => answer.status !== 200)) wrong++;
      }
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const drawn = await countOutcomes(server.owner);
    return {
      claim: `idempotency: ${parallel} parallel requests with one key, ${rounds} rounds in each mode`,
      figures: [
        { name: 'rounds in which the handler did not run exactly once', value: wrong, unit: '' },
        { name: 'live draws that were recorded', value: drawn, unit: '' },
        { name: 'answers', value: (rounds * 2 * parallel) / seconds, unit: 'requests/s' },
      ],
      bar: 'no such round, and one draw for each live round',
      passed: wrong === 0 && drawn === rounds,
    };
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/** A draw that ran and was answered to nobody would show here. */
async function countOutcomes(owner: BenchServer['owner']): Promise<number> {
  const client = new Client(owner);
  await client.connect();
  const { rows } = await client.query<{ count: number }>('select count(*)::int from live.randomness_outcomes');
  await client.end();
  return rows[0]?.count ?? 0;
}

function get(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; replayed: boolean; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          replayed: response.headers['idempotent-replayed'] === 'true',
          body: Buffer.concat(chunks).toString(),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

if (import.meta.main) print(await run());
