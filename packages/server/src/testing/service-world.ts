import { expect } from 'vitest';
import { expectCleanLog } from './clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from './fresh-database.ts';
import {
  type Answer,
  type Caller,
  createTestPlatform,
  type TestPlatform,
  type TestPlatformOptions,
} from './harness.ts';

/** A platform on a database of its own, for the tests of one service. */
export interface ServiceWorld {
  readonly t: TestPlatform;
  /** How the owner of the database connects. */
  readonly owner: FreshDatabase['owner'];
  /** Rows as the owner sees them, of all workspaces. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Also holds the log against what may stand in one. */
  close(): Promise<void>;
}

export async function createServiceWorld(
  env: Readonly<Record<string, string>>,
  options: Pick<TestPlatformOptions, 'services'> = {},
): Promise<ServiceWorld> {
  const db = await createFreshDatabase();
  const t = await createTestPlatform({ ...options, owner: db.owner, env: { ...db.env, ...env } });
  return {
    t,
    owner: db.owner,
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

export function patch(caller: Caller, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return caller.send('PATCH', path, JSON.stringify(body), {
    headers: { 'content-type': 'application/json', ...headers },
  });
}
