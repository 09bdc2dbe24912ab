import { expect } from 'vitest';
import type { Answer, Caller } from '../../testing/harness.ts';
import { createServiceWorld, made, patch, type ServiceWorld } from '../../testing/service-world.ts';

export { made, patch };

export type Mode = 'live' | 'test';

/** Workspaces with a key in each mode, on a database of this file's own. */
export interface OnboardingWorld extends ServiceWorld {
  /** A workspace of its own for one test. */
  org(): Promise<Org>;
}

export interface Org {
  readonly id: string;
  readonly live: Caller;
  readonly test: Caller;
  readonly keys: Readonly<Record<Mode, string>>;
}

const unlimited = { PIVOTAL_LIVE_PER_MINUTE: '1000000', PIVOTAL_TEST_PER_MINUTE: '1000000' };

export async function createOnboardingWorld(env: Readonly<Record<string, string>> = {}): Promise<OnboardingWorld> {
  const world = await createServiceWorld({ ...unlimited, ...env });
  const { t } = world;
  return {
    ...world,
    async org() {
      const id = await t.workspace();
      const key = async (mode: Mode, name: string) => (await t.key(id, { service: 'onboarding', mode, name })).key;
      const keys = { live: await key('live', 'prod-server'), test: await key('test', 'ci-smoke') };
      return { id, keys, live: t.as(keys.live), test: t.as(keys.test) };
    },
  };
}

const typeOf: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  429: 'rate_limit_error',
};

/** A refusal, held against the envelope of the specification (5.4). */
export async function refusal(answer: Promise<Answer>): Promise<readonly [number, string, string | null]> {
  const { status, body, text } = await answer;
  expect(Object.keys(body), text).toEqual(['error']);
  expect(body.error.type, text).toBe(typeOf[status]);
  expect(body.error.message, text).toMatch(/^.{10,}$/s);
  return [status, body.error.code, body.error.field ?? null];
}

export const remove = (caller: Caller, path: string) => caller.send('DELETE', path);

/** A customer under a name that nobody else has. */
export async function newCustomer(caller: Caller, more: Readonly<Record<string, unknown>> = {}) {
  return made(caller.post('/api/v1/customers', { name: 'Northwind Tea', ...more }));
}
