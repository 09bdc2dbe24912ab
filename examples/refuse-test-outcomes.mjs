// Draws once, and refuses to go on in production when the outcome came from a test key.
// Before: npm start in another terminal, then here: set -a; . .interlock/dev.env; set +a
// Run it: PROVABLE_API_KEY="$PROVABLE_API_KEY_TEST" NODE_ENV=production node examples/refuse-test-outcomes.mjs

const res = await fetch(`${process.env.INTERLOCK_URL}/api/dice?clientSeed=order-123&notation=3d6`, {
  headers: { 'x-api-key': process.env.PROVABLE_API_KEY },
});

const body = await res.json();
if (body.mode === 'test' && process.env.NODE_ENV === 'production') {
  throw new Error('refusing to use a test-mode outcome in production');
}
console.log(`${body.mode}: ${body.outcome.total}`);
