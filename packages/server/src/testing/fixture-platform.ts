import { randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';
import type { Service } from '../core/service.ts';
import { fixtureServices, unlimited } from './fixtures/services.ts';
import { asOwner, createFreshDatabase } from './fresh-database.ts';
import { createTestPlatform, type TestPlatform } from './harness.ts';

/** Platforms on a database of their own, whose owner may create roles and is no superuser, as at a hosting provider. */
export interface FixtureWorld {
  readonly t: TestPlatform;
  readonly owner: ClientConfig;
  /** The login roles are `<prefix>_live`, `<prefix>_test` … */
  readonly rolePrefix: string;
  /** Another server process, as far as the database can tell. */
  another(env?: Readonly<Record<string, string>>): Promise<TestPlatform>;
  close(): Promise<void>;
}

export interface FixtureOptions {
  /** Besides the fixtures. */
  readonly services?: readonly Service[];
  readonly env?: Readonly<Record<string, string>>;
  readonly poolSize?: number;
}

export async function createFixtureWorld(options: FixtureOptions = {}): Promise<FixtureWorld> {
  const fresh = await createFreshDatabase();
  const rolePrefix = fresh.env.INTERLOCK_ROLE_PREFIX ?? '';
  const user = `${rolePrefix}_owner`;
  const password = randomBytes(12).toString('hex');
  await asOwner(fresh.owner, `create role ${user} login createrole password '${password}'`);
  await asOwner(fresh.owner, `alter database ${rolePrefix} owner to ${user}`);
  const owner = { ...fresh.owner, user, password };
  const open = new Set<TestPlatform>();
  const start = async (env: Readonly<Record<string, string>> = {}) => {
    const created = await createTestPlatform({
      services: [...(options.services ?? []), ...fixtureServices],
      owner,
      env: {
        ...unlimited,
        INTERLOCK_POOL_SIZE: String(options.poolSize ?? 4),
        ...fresh.env,
        ...options.env,
        ...env,
      },
    });
    const platform: TestPlatform = {
      ...created,
      async close() {
        if (open.delete(platform)) await created.close();
      },
    };
    open.add(platform);
    return platform;
  };
  const t = await start();
  return {
    t,
    owner,
    rolePrefix,
    another: start,
    async close() {
      for (const platform of open) await platform.close();
      await fresh.drop();
    },
  };
}
