/** Bare Fastify, in a process that loads nothing else: what the benches compare with. */
import Fastify from 'fastify';

const answer = { ok: true, mode: 'test' };

/** An answer of the size of a test draw's. */
const drawSized = { outcome: [86, 7, 88], filling: 'x'.repeat(520) };

const app = Fastify({ logger: false });
app.get('/api/ping', async () => answer);
const querystring = {
  type: 'object',
  properties: {
    clientSeed: { type: 'string', minLength: 1, maxLength: 256 },
    count: { type: 'integer', minimum: 1, maximum: 100, default: 1 },
    min: { type: 'integer', minimum: 0, default: 1 },
    max: { type: 'integer', minimum: 1, default: 100 },
  },
};
app.get('/api/ints', { schema: { querystring } }, async () => drawSized);
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ port: (app.server.address() as { port: number }).port })}\n`);
process.on('SIGTERM', () => void app.close());
process.on('disconnect', () => void app.close());
process.channel?.unref();
