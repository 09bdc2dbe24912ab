// Makes, finds and cancels a schedule and draws twice, all with test keys; ends with 1 if anything is not as it should be.
// Before: npm start in another terminal, then here: set -a; . .interlock/dev.env; set +a
// Run it: node examples/ci-smoke-test.mjs

const { INTERLOCK_URL: url, SCHED_API_KEY_TEST: schedKey, PROVABLE_API_KEY_TEST: provableKey } = process.env;
const run = process.env.GITHUB_RUN_ID ?? `local-${process.pid}-${Date.now()}`;

async function ask(key, method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const sched = (method, path, body) => ask(schedKey, method, path, body);
const provable = (path) => ask(provableKey, 'GET', path);

const me = await sched('GET', '/v1/me');
if (me.mode !== 'test') throw new Error(`this is a ${me.mode} key; a smoke test runs with a test key only`);

const schedule = await sched('POST', '/v1/schedules', {
  endpoint: 'https://example.com/hooks/orders',
  delay: '24h',
  metadata: { ci_run: run },
});
try {
  const found = await sched('GET', `/v1/schedules/${schedule.id}`);
  if (found.metadata.ci_run !== run) throw new Error('the schedule came back without its metadata');
} finally {
  await sched('POST', `/v1/schedules/${schedule.id}/cancel`);
}

const draw = () => provable(`/api/ints?clientSeed=${encodeURIComponent('ci-fixture-loot')}&count=3&min=1&max=100`);
const [first, second] = [await draw(), await draw()];
if (String(first.outcome) !== String(second.outcome)) throw new Error('two test draws of one seed differ');

console.log(`smoke test ${run}: scheduled, found, canceled; drew ${first.outcome.join(', ')} twice`);
