import { expect } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

export type Mode = 'live' | 'test';

/** Workspaces with a key in each mode, on a database of this file's own. */
export interface OnboardingWorld {
  readonly t: TestPlatform;
  /** A workspace of its own for one test. */
  org(): Promise<Org>;
  /** Rows as the owner sees them, of all workspaces. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface Org {
  readonly id: string;
  readonly live: Caller;
  readonly test: Caller;
  readonly keys: Readonly<Record<Mode, string>>;
}

const unlimited = { PIVOTAL_LIVE_PER_MINUTE: '1000000', PIVOTAL_TEST_PER_MINUTE: '1000000' };

export async function createOnboardingWorld(env: Readonly<Record<string, string>> = {}): Promise<OnboardingWorld> {
  const db = await createFreshDatabase();
  const t = await createTestPlatform({ owner: db.owner, env: { ...unlimited, ...db.env, ...env } });
  return {
    t,
    async org() {
      const id = await t.workspace();
      const key = async (mode: Mode, name: string) => (await t.key(id, { service: 'onboarding', mode, name })).key;
      const keys = { live: await key('live', 'prod-server'), test: await key('test', 'ci-smoke') };
      return { id, keys, live: t.as(keys.live), test: t.as(keys.test) };
    },
    rows: (text, values = []) => asOwner(db.owner, text, [...values]),
    async close() {
      expectCleanLog(t.log);
      await t.close();
      await db.drop();
    },
  };
}

/** What a call made, which must have worked. */
export async function made(answer: Promise<Answer>, status = 201) {
  const { status: seen, body, text } = await answer;
  expect([seen, text]).toEqual([status, text]);
  return body;
}

const typeOf: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found',
  409: 'conflict',
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

export function patch(caller: Caller, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return caller.send('PATCH', path, JSON.stringify(body), {
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export const remove = (caller: Caller, path: string) => caller.send('DELETE', path);

/** A customer under a name that nobody else has. */
export async function newCustomer(caller: Caller, more: Readonly<Record<string, unknown>> = {}) {
  return made(caller.post('/api/v1/customers', { name: 'Northwind Tea', ...more }));
}
