import { env } from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Document, requestsOf } from '../../testing/requests-of.ts';
import { contract } from './contract.ts';
import { createOnboardingWorld, made, newCustomer, type OnboardingWorld, type Org } from './onboarding.fixture.ts';

/** `FUZZ_RUNS=20000` looks longer. */
const runs = Number(env.FUZZ_RUNS ?? 800);

let world: OnboardingWorld;
let org: Org;
let words: string[];
beforeAll(async () => {
  world = await createOnboardingWorld();
  org = await world.org();
  const customer = await newCustomer(org.live, { slug: 'aurora', domain: 'aurora.example' });
  const contact = await made(
    org.live.post(`/api/v1/customers/${customer.id}/contacts`, { name: 'A', email: 'a@b.example' }),
  );
  const onboarding = await made(org.live.post('/api/v1/onboardings', { customer_id: customer.id }));
  const task = await made(org.live.post(`/api/v1/onboardings/${onboarding.id}/tasks`, { title: 'T' }));
  words = [customer.id, contact.id, onboarding.id, task.id, '1', '2', 'aurora', 'true', 'launch', 'completed'];
});
afterAll(() => world?.close());

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
};

it(
  'answers whatever is sent to any operation with what it declares or a refusal of its catalogue, never with a 500',
  async () => {
    const document: Document = (await org.live.get('/openapi/onboarding.json')).body;
    const answered = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(requestsOf(document, words), fc.constantFrom('live', 'test'), async (request, mode) => {
        const { method, url, body, headers, operation } = request;
        const answer = await org[mode as 'live'].send(method, url, body, { headers });
        const seen = `${method} ${url} ${JSON.stringify(headers)} ${body?.toString()} → ${answer.status} ${answer.text}`;
        expect(answer.status, seen).toBeLessThan(500);
        if (operation !== 'onboarding.health') expect(answer.headers['x-request-id'], seen).toMatch(/^req_/);
        if (answer.status < 300) {
          answered.set(operation, (answered.get(operation) ?? 0) + 1);
          return;
        }
        const { error, ...others } = answer.body;
        expect(others, seen).toEqual({});
        const { type, code, message, field, ...more } = error;
        expect(more, seen).toEqual({});
        expect(type, seen).toBe(types[answer.status]);
        expect(contract.errors[code as 'conflict']?.status, seen).toBe(answer.status);
        expect(message, seen).toMatch(/^.{10,}$/s);
        if (field !== undefined) expect(field, seen).toMatch(/^./s);
      }),
      { numRuns: runs, endOnFailure: true, ...(env.FUZZ_SEED === undefined ? {} : { seed: Number(env.FUZZ_SEED) }) },
    );
    // It is no use to be refused everywhere.
    expect(answered.size).toBeGreaterThan(Object.keys(document.paths).length / 2);
  },
  60_000 + runs * 100,
);
