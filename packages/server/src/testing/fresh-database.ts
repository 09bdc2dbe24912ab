import { randomBytes } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import { inject } from 'vitest';

/** A database of its own on the run's PostgreSQL, for tests that look at everything in it. */
export interface FreshDatabase {
  readonly owner: ClientConfig;
  /** What a platform on it needs in its environment: login roles belong to the whole server. */
  readonly env: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

export async function createFreshDatabase(): Promise<FreshDatabase> {
  const name = `fresh_${randomBytes(6).toString('hex')}`;
  await asOwner(inject('postgres'), `create database ${name} template template0`);
  return {
    owner: { ...inject('postgres'), database: name },
    env: { INTERLOCK_ROLE_PREFIX: name },
    async drop() {
      await asOwner(inject('postgres'), `drop database ${name} with (force)`);
      for (const { rolname } of await asOwner<{ rolname: string }>(
        inject('postgres'),
        'select rolname from pg_roles where starts_with(rolname, $1)',
        [name],
      )) {
        await asOwner(inject('postgres'), `drop role ${rolname}`);
      }
    },
  };
}

/** One statement with all rights: for what a test has to plant, spoil or look at from outside. */
export async function asOwner<Row = Record<string, unknown>>(
  owner: ClientConfig,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client(owner);
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}
