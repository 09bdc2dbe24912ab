// Draws live, reveals the hidden seed by rotating the chain, and checks the outcome without asking the server.
// Before: npm start in another terminal, then here: set -a; . .interlock/dev.env; set +a
// Run it: node scripts/run.mjs examples/verify-offline.mjs

import { verifyOutcome } from '../packages/client/src/verify.ts';

const { INTERLOCK_URL: url, PROVABLE_API_KEY: key } = process.env;
const clientSeed = `order-${process.pid}`;

async function ask(path, body) {
  const res = await fetch(url + path, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(await res.text());
  return res.json();
}

const items = ['common', 'rare', 'legendary'];
const outcome = await ask('/api/pick', { clientSeed, items, weights: [70, 25, 5] });
const { revealed } = await ask('/api/rotate', { clientSeed });

const verdict = verifyOutcome(outcome, revealed.serverSeed, { items });
if (!verdict.ok) throw new Error(verdict.reason);
console.log(`${outcome.outcome}: ${verdict.checked.join(', ')} hold`);

const changed = verifyOutcome({ ...outcome, index: (outcome.index + 1) % 3 }, revealed.serverSeed, { items });
console.log(changed.ok ? 'a changed outcome passed' : `changed afterwards: ${changed.reason}`);
