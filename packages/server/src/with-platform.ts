import { resolve } from 'node:path';
import type { ClientConfig } from 'pg';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import type { Service } from './core/service.ts';
import { createPlatform, type Platform } from './platform.ts';
import { devSecrets } from './secrets.ts';

/**
 * Has a platform for the duration of some work: it answers calls in this process, listens nowhere and dispatches nothing, which
 * is left to the servers.
 */
export async function withPlatform<T>(
  parts: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly services: readonly Service[];
    readonly owner: ClientConfig;
  },
  work: (platform: Platform) => Promise<T>,
): Promise<T> {
  const { env, services, owner } = parts;
  const contracts = services.map(({ contract }) => contract);
  const secrets =
    env.NODE_ENV === 'production' ? {} : await devSecrets(resolve(env.INTERLOCK_HOME ?? '.interlock'), contracts);
  const config = readConfig({ ...secrets, ...env, INTERLOCK_DISPATCH: 'off' }, contracts);
  const platform = await createPlatform({ config, services, owner, log: pino({ enabled: false }) });
  try {
    await platform.app.ready();
    return await work(platform);
  } finally {
    await platform.close();
  }
}
