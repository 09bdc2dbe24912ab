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
const owner = process.env['BENCH_OWNER'];
if (owner !== undefined) {
  const { Pool } = await import('pg');
  const pool = new Pool({ ...JSON.parse(owner), max: 16 });
  app.addHook('onClose', () => pool.end());
  app.get('/api/v1/customers', async () => {
    const { rows } = await pool.query({
      name: 'list',
      text: `select id, display_id, name, slug, domain, status, plan, mrr, monthly_orders, health_score, hubspot_company_id,
          hubspot_deal_id, stripe_customer_id, intercom_company_id, slack_channel_id, metadata, created_at, updated_at
        from shared.onboarding_customers where workspace_id = 'ws_bench' and deleted_at is null
        order by created_at desc, id desc limit 21`,
    });
    return { object: 'list', data: rows.slice(0, 20), has_more: rows.length > 20, next_cursor: rows[19]?.created_at };
  });
}
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ port: (app.server.address() as { port: number }).port })}\n`);
process.on('SIGTERM', () => void app.close());
process.on('disconnect', () => void app.close());
process.channel?.unref();
