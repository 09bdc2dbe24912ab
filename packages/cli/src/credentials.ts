import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Mode, ServiceContract } from '../../server/src/core/service.ts';
import { readEnvFile } from '../../server/src/secrets.ts';
import { type Terminal, UsageError } from './terminal.ts';

/** How a command reaches a service over HTTP. */
export interface Credentials {
  readonly baseUrl: string;
  readonly key: string;
}

/** The key of a service and mode, from the environment or else from what `npm start` wrote down. */
export async function readCredentials(
  { env }: Terminal,
  { keys }: Pick<ServiceContract, 'keys'>,
  mode: Mode,
): Promise<Credentials> {
  const home = resolve(env.INTERLOCK_HOME ?? '.interlock');
  const kept = readEnvFile(await readFile(`${home}/dev.env`, 'utf8').catch(() => ''));
  const variable = mode === 'live' ? keys.env : `${keys.env}_TEST`;
  const key = env[variable] ?? kept[variable];
  if (key === undefined || key === '') {
    throw new UsageError(
      `There is no ${mode} key: set ${variable}, or start the server here once, which writes one into ${home}/dev.env.`,
    );
  }
  const baseUrl = env.INTERLOCK_URL ?? kept.INTERLOCK_URL ?? 'http://127.0.0.1:4000';
  if (!/^https?:/.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new UsageError(`INTERLOCK_URL takes a URL, such as http://127.0.0.1:4000; it is "${baseUrl}".`);
  }
  return { key, baseUrl };
}
