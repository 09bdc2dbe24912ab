/** env → config → platform → listen. The only file that touches the process. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ClientConfig } from 'pg';
import { pino } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { writeDevEnv } from './console/dev-env.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './core/db/embedded/embedded.ts';
import { loadServices } from './load-services.ts';
import { createPlatform, type Platform } from './platform.ts';
import { devSecrets } from './secrets.ts';

/** Where `npm start` builds the dashboard. */
const dashboard = resolve(import.meta.dirname, '../../dashboard/dist');
/** Beyond this a stop that hangs is ended by force. */
const stopWithinMs = 25_000;

async function main(): Promise<void> {
  const services = await loadServices(process.env);
  const contracts = services.map((service) => service.contract);
  const production = process.env['NODE_ENV'] === 'production';
  const home = resolve(process.env['INTERLOCK_HOME'] ?? '.interlock');
  const config = readConfig(
    production ? process.env : { ...(await devSecrets(home, contracts)), ...process.env },
    contracts,
  );
  const log = pino({
    level: config.logLevel,
    // Nothing with a credential is logged on purpose; this holds for what a library might attach to an error.
    redact: {
      paths: [
        '*.headers.authorization',
        '*.headers["x-api-key"]',
        '*.headers.cookie',
        'password',
        '*.password',
        'connectionString',
        '*.connectionString',
      ],
      remove: true,
    },
  });

  let embedded: EmbeddedPostgres | undefined;
  let platform: Platform | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (code: number): Promise<void> => {
    stopping ??= (async () => {
      setTimeout(() => process.exit(1), stopWithinMs).unref();
      process.exitCode = code;
      await platform?.close().catch((error: unknown) => {
        log.error({ err: error }, 'not all that was open could be closed');
        process.exitCode = 1;
      });
      await embedded?.stop();
    })();
    return stopping;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));

  try {
    let owner: ClientConfig;
    if (config.databaseUrl === null) {
      await mkdir(home, { recursive: true, mode: 0o700 });
      embedded = await startEmbeddedPostgres({ directory: `${home}/postgres`, log: (message) => log.info(message) });
      owner = embedded.connection;
    } else owner = { connectionString: config.databaseUrl };
    if (stopping !== undefined) return;
    platform = await createPlatform({ config, services, owner, log, dashboard });
    await platform.app.listen({ host: config.host, port: config.port });
    const url = listeningUrl(platform, config.host);
    platform.setPublicUrl(url);
    platform.startLoops();
    const seeded = config.production ? null : await writeDevEnv(platform, home, config.publicUrl ?? url);
    log.info({ url, applied: platform.database.applied.length }, 'listening');
    if (!config.production) process.stdout.write(welcome(url, seeded));
  } catch (error) {
    // Who is stopped half-way meets what the stop has closed already.
    if (stopping !== undefined) return stopping;
    const reason =
      (error as { code?: string }).code === 'EADDRINUSE'
        ? `port ${config.port} is taken; set PORT to another one`
        : (error as Error).message;
    process.stderr.write(`Interlock cannot start: ${reason}\n`);
    log.debug({ err: error }, 'start failed');
    await stop(1);
  }
}

function listeningUrl(platform: Platform, host: string): string {
  const address = platform.app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function welcome(url: string, devEnv: string | null): string {
  const lines = [
    '',
    `  Interlock          ${url}`,
    `  Documentation      ${url}/docs`,
    `  Dashboard          ${url}/`,
    `  API pages          ${url}/docs/api`,
    `  Health, metrics    ${url}/healthz  ${url}/readyz  ${url}/metrics`,
    ...(devEnv === null ? [] : [`  Keys for trying    ${devEnv}`]),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    error instanceof ConfigError ? `${error.message}\n` : `Interlock cannot start: ${(error as Error).message}\n`,
  );
  process.exitCode = 1;
}
