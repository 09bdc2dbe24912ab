// A snapshot test against the API itself, with nothing mocked: a test key always answers with the same outcome.
// Before: npm start in another terminal, then here: set -a; . .interlock/dev.env; set +a
// Run it twice: node scripts/run.mjs node_modules/vitest/vitest.mjs run --config examples/vitest.config.js

test('loot drop for fixture user is consistent', async () => {
  const res = await fetch(
    `${process.env.INTERLOCK_URL}/api/pick?clientSeed=test-user-1&items=common,rare,legendary&weights=70,25,5`,
    { headers: { 'x-api-key': process.env.PROVABLE_API_KEY_TEST } },
  );
  const body = await res.json();
  expect(body.mode).toBe('test');
  expect(body.outcome).toMatchSnapshot(); // stable across runs
  expect(body.index).toMatchSnapshot();
});
