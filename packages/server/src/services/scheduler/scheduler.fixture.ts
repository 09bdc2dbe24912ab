import { expect } from 'vitest';
import type { Answer, Caller } from '../../testing/harness.ts';
import { createServiceWorld, made, patch, type ServiceWorld } from '../../testing/service-world.ts';

export { made, patch };

export type Mode = 'live' | 'test';

/** A project with a key in each mode, on a database of this file's own. */
export interface SchedulerWorld extends ServiceWorld {
  /** A project of its own for one test. */
  project(): Promise<Project>;
}

export interface Project {
  readonly id: string;
  readonly live: Caller;
  readonly test: Caller;
  readonly keys: Readonly<Record<Mode, string>>;
}

export const url = 'https://example.com/hooks/orders';

export async function createSchedulerWorld(env: Readonly<Record<string, string>> = {}): Promise<SchedulerWorld> {
  const world = await createServiceWorld(env);
  const { t } = world;
  return {
    ...world,
    async project() {
      const id = await t.workspace();
      const key = async (mode: Mode) => (await t.key(id, { service: 'scheduler', mode })).key;
      const keys = { live: await key('live'), test: await key('test') };
      return { id, keys, live: t.as(keys.live), test: t.as(keys.test) };
    },
  };
}

/** A refusal, held against the envelope of the specification (3.1). */
export async function refusal(answer: Promise<Answer>): Promise<readonly [number, string, string | null]> {
  const { status, body, headers, text } = await answer;
  expect(body.error, text).toMatchObject({
    type: expect.any(String),
    message: expect.stringMatching(/^.{10,}[.)…]$/s),
  });
  expect(body.error.request_id).toBe(headers['sched-request-id']);
  expect(headers['sched-request-id']).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
  return [status, body.error.code, body.error.param];
}

const counted = ['scheduler_schedules', 'deliveries', 'messages', 'targets', 'target_versions', 'signing_secrets'];

/** How many rows each table of both modes has: what a refused call must not change. */
export async function rowCounts(world: SchedulerWorld): Promise<Readonly<Record<string, number>>> {
  const tables = (['live', 'test'] as const).flatMap((mode) =>
    [...counted, 'scheduler_clocks', 'idempotency_keys'].map((table) => `${mode}.${table}`),
  );
  const [row] = await world.rows<Record<string, number>>(
    `select ${tables.map((table) => `(select count(*)::int from ${table}) as "${table}"`).join(', ')}`,
  );
  return row ?? {};
}
