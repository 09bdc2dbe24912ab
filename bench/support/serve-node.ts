/** One of several dispatching processes on a database that somebody else keeps: prints a line when it runs, ends with its parent. */
import { pino } from 'pino';
import { readConfig } from '../../packages/server/src/config.ts';
import { createPlatform } from '../../packages/server/src/platform.ts';
import { notes } from '../../packages/server/src/testing/fixtures/notes/service.ts';
import { benchEnvironment } from './platform.ts';

const services = [notes];
const contracts = services.map(({ contract }) => contract);
const platform = await createPlatform({
  config: readConfig(benchEnvironment(contracts), contracts),
  services,
  owner: JSON.parse(process.env['BENCH_OWNER'] ?? '{}') as object,
  log: pino({ level: 'fatal' }, pino.destination(2)),
});
platform.startLoops();
process.stdout.write('running\n');
const stop = (): void => void platform.close();
process.on('SIGTERM', stop);
process.on('disconnect', stop);
process.channel?.unref();
