// Receives one webhook on this machine and says whether its signature holds.
// Run it: WEBHOOK_SECRET=whsec_… node scripts/run.mjs examples/verify-webhook.mjs
// and make an endpoint at the address it prints, on a server that runs with INTERLOCK_ALLOW_PRIVATE_TARGETS=1.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

export function verifyWebhook(secret, headers, body, now = Date.now()) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= 300)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const holds = verifyWebhook(process.env.WEBHOOK_SECRET, request.headers, Buffer.concat(chunks));
  response.writeHead(holds ? 204 : 401).end();
  console.log(`${request.headers['webhook-id']}: the signature ${holds ? 'holds' : 'does not hold'}`);
  server.close();
  server.closeIdleConnections();
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
