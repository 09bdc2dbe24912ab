/** A smoke test for CI with a test key: it leaves nothing behind, and nobody gets a message. */
const base = `${process.env.INTERLOCK_URL ?? 'http://127.0.0.1:4000'}/api/v1`;

async function call(method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: {
      authorization: `Bearer ${process.env.PIVOTAL_API_KEY_TEST}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.error.code}`);
  return answer;
}
const create = (path, body) => call('POST', path, body);
const patch = (path, body) => call('PATCH', path, body);
const del = (path) => call('DELETE', path);

const { mode } = await call('GET', '/me');
if (mode !== 'test') throw new Error('This is a live key; nothing was done.');

const tag = process.env.GITHUB_SHA?.slice(0, 7) ?? `local-${Date.now()}`;
const slug = `ci-${tag}`;

const customer = await create('/customers', {
  name: `CI ${tag}`,
  slug,
  status: 'onboarding',
  metadata: { ci_run_id: tag, test: true },
});

const contact = await create(`/customers/${customer.display_id}/contacts`, {
  name: 'CI Bot',
  email: `ci+${tag}@example.com`,
  is_primary: true,
});

const onb = await create('/onboardings', {
  customer_id: customer.display_id.toString(),
  phase: 'before_getting_started',
  state: 'active',
});

await patch(`/onboardings/${onb.display_id}`, { phase: 'program_design' });

// teardown
await del(`/onboardings/${onb.display_id}`);
await del(`/contacts/${contact.display_id}`);
await del(`/customers/${customer.display_id}`);
console.log(`The smoke test of ${tag} passed.`);
