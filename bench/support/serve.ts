/** A server for benches, in a process of its own: prints one line of JSON with its address and keys, ends with its parent. */
import Fastify from 'fastify';
import { Type } from 'typebox';
import { allow } from '../../packages/server/src/core/allow.ts';
import { authenticate } from '../../packages/server/src/core/authenticate.ts';
import { createAuthenticator } from '../../packages/server/src/core/keys/authenticator.ts';
import { createBadKeys } from '../../packages/server/src/core/keys/bad-keys.ts';
import { addressGroup } from '../../packages/server/src/core/limits/address-group.ts';
import { createLimiter, limitHeaders } from '../../packages/server/src/core/limits/limiter.ts';
import { author, type Operation, type Service } from '../../packages/server/src/core/service.ts';
import { systemClock } from '../../packages/server/src/core/sources.ts';
import { invoices } from '../../packages/server/src/services/invoices/service.ts';
import { onboarding } from '../../packages/server/src/services/onboarding/service.ts';
import { contract as randomnessContract } from '../../packages/server/src/services/randomness/contract.ts';
import { randomness } from '../../packages/server/src/services/randomness/service.ts';
import { scheduler } from '../../packages/server/src/services/scheduler/service.ts';
import { notes } from '../../packages/server/src/testing/fixtures/notes/service.ts';
import { startPlatform } from './platform.ts';

const answer = { ok: true, mode: 'test' };

/** One route that does nothing, behind the whole line. */
function emptyService(): Service {
  const { webhooks: _, ...contract } = randomnessContract;
  const { operation, service } = author({
    ...contract,
    name: 'empty',
    title: 'Empty',
    tables: {},
    modes: { ...randomnessContract.modes, data: { live: 'pure', test: 'pure' }, effects: {} } as const,
  });
  return service({
    operations: [
      operation({
        id: 'empty.ping',
        summary: 'Nothing',
        tag: 'Bench',
        method: 'GET',
        path: '/ping',
        scope: 'read',
        input: Type.Object({}),
        output: Type.Unknown(),
        run: () => answer,
      }),
    ],
    loops: [],
    migrations: new URL('./no-migrations/', import.meta.url),
  });
}

/** The bare route with the gates before it and nothing else of the line: limit, key, allowlists, scope, mode. */
async function serveGates(): Promise<void> {
  const { platform, postgres, test, stop } = await startPlatform(randomness);
  const runtime = platform.services[0];
  if (runtime === undefined) throw new Error('no service');
  const { contract } = runtime;
  const authenticator = createAuthenticator({
    database: platform.database,
    clock: systemClock,
    trustMs: 3_600_000,
    unheardTrustMs: 500,
  });
  await authenticator.ready;
  const limiter = createLimiter(contract);
  const badKeys = createBadKeys(systemClock);
  const operation: Pick<Operation, 'id' | 'scope' | 'caller'> = { id: 'gates.ping', scope: 'read' };
  const app = Fastify({ logger: false });
  app.get('/api/ping', async (request, reply) => {
    const incoming = { headers: request.headers, address: request.ip, query: '' };
    const taken = limiter.take('live', addressGroup(incoming.address), systemClock.now());
    const state = taken instanceof Promise ? await taken : taken;
    const found = authenticate({ contract, operation, authenticator, badKeys, findPerson: async () => null }, incoming);
    const who = found instanceof Promise ? await found : found;
    allow(operation, who, incoming, () => {});
    reply.headers(state === null ? {} : limitHeaders(state)).header('interlock-mode', who.mode);
    return answer;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  announce({
    port: (app.server.address() as { port: number }).port,
    test,
    owner: postgres.connection,
    postgresPid: postgres.pid,
  });
  process.on('SIGTERM', () => {
    void (async () => {
      await app.close();
      await authenticator.close();
      await stop();
    })();
  });
}

async function servePlatform(service: Service, dispatches = false): Promise<void> {
  const { platform, postgres, test, live, workspaceId, stop } = await startPlatform(service);
  if (dispatches) platform.startLoops();
  const url = process.env['INTERLOCK_BENCH_WEBHOOK'];
  if (url !== undefined) {
    await platform.webhooks.desk(workspaceId, 'bench').create({ service: service.contract.name, mode: 'live', url });
  }
  await platform.app.listen({ port: 0, host: '127.0.0.1' });
  announce({
    port: (platform.app.server.address() as { port: number }).port,
    test,
    live,
    owner: postgres.connection,
    postgresPid: postgres.pid,
  });
  process.on('SIGTERM', () => void stop());
}

function announce(facts: object): void {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel only tells that the parent is gone; it must not keep a stopped server alive.
process.channel?.unref();
switch (process.argv[2]) {
  case 'gates':
    await serveGates();
    break;
  case 'line':
    await servePlatform(emptyService());
    break;
  case 'dispatch':
    await servePlatform(notes, true);
    break;
  case 'webhooks':
    await servePlatform(randomness, true);
    break;
  case 'invoices':
    await servePlatform(invoices, true);
    break;
  case 'onboarding':
    await servePlatform(onboarding);
    break;
  case 'scheduler':
    await servePlatform(scheduler);
    break;
  default:
    await servePlatform(randomness);
}
