import type { SystemRoute } from './app.ts';
import type { Database } from './core/db/database.ts';
import { newRequestId } from './core/ids.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import type { Metrics } from './core/metrics.ts';
import { openApiOf } from './core/openapi.ts';
import type { Service, ServiceContract } from './core/service.ts';
import type { Settings, SettingValues } from './core/settings.ts';
import type { ClockWatch } from './dispatch/clock-watch.ts';
import { describeEvents } from './dispatch/webhooks/describe-events.ts';

/** How long `/readyz` waits for the database. */
const pingMs = 2_000;

/** What the server answers about itself. */
export function systemRoutes(parts: {
  services: readonly Service[];
  settingsOf: (contract: ServiceContract) => SettingValues<Settings>;
  database: Database;
  metrics: Metrics;
  isDraining: () => boolean;
  clock: ClockWatch;
  publicUrl: () => string;
}): SystemRoute[] {
  const { services, database, metrics } = parts;
  const get = (path: string, handle: (incoming: Incoming) => Promise<Reply> | Reply): SystemRoute => ({
    method: 'GET',
    path,
    handle: async (incoming) => handle(incoming),
  });
  return [
    get('/healthz', () => json(200, { status: 'ok' })),
    get('/readyz', async () => {
      if (parts.isDraining()) return json(503, { status: 'stopping' });
      if (!(await database.ping(pingMs))) return json(503, { status: 'database_unreachable' });
      // It still answers requests, but what is due has to leave from a node whose clock is right.
      if (parts.clock.isOff) return json(503, { status: 'clock_off', clock_offset_ms: parts.clock.offsetMs });
      // The pools exist only after the migrator has finished, so a reachable database is a migrated one.
      return json(200, {
        status: 'ready',
        database: 'ok',
        migrations: 'current',
        clock_offset_ms: parts.clock.offsetMs,
      });
    }),
    get('/metrics', async () => ({
      status: 200,
      headers: { 'content-type': metrics.registry.contentType, ...common() },
      body: await metrics.registry.metrics(),
    })),
    get('/openapi.json', () =>
      json(200, {
        services: services.map(({ contract }) => ({
          name: contract.name,
          title: contract.title,
          document: `${parts.publicUrl()}/openapi/${contract.name}.json`,
          pages: `${parts.publicUrl()}/docs/api/${contract.name}`,
        })),
      }),
    ),
    // Also where a service's own callers look for it.
    ...services.flatMap((service) =>
      [`/openapi/${service.contract.name}.json`, `${service.contract.basePath}/openapi.json`].map((path) =>
        get(path, () => {
          const events = describeEvents(service, parts.settingsOf(service.contract));
          return json(200, openApiOf(service, parts.publicUrl(), events));
        }),
      ),
    ),
  ];
}

function json(status: number, body: unknown): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...common() },
    body: JSON.stringify(body),
  };
}

function common(): Record<string, string> {
  return { 'x-request-id': newRequestId(), 'cache-control': 'no-store' };
}
