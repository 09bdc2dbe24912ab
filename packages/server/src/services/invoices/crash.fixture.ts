import type { ClientConfig } from 'pg';
import { pino } from 'pino';
import { readConfig } from '../../config.ts';
import { createPlatform } from '../../platform.ts';
import { services } from '../index.ts';

/** A server process of its own, which works on the jobs of a test's database until it is killed. */
const { env, owner } = JSON.parse(process.env['CRASH_FIXTURE'] ?? '{}') as {
  env: Record<string, string>;
  owner: ClientConfig;
};
const contracts = services.map(({ contract }) => contract);
const platform = await createPlatform({
  config: readConfig(env, contracts),
  services,
  owner,
  log: pino({ level: 'silent' }),
});
platform.startLoops();
// Its parent is gone when nobody listens any more.
process.stdin.on('end', () => process.exit(1)).resume();
