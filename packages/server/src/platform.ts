/** Assembly: database, clock, entropy, services. Defines nothing that acts by itself; `main.ts` starts it. */
import type { Logger } from 'pino';
import { type App, createApp, type MountedService } from './app.ts';
import type { Config } from './config.ts';
import { platformSecrets } from './config-variables.ts';
import { createConsole } from './console/console.ts';
import { createAuditLog } from './core/audit/audit.ts';
import { findKey } from './core/authenticate.ts';
import { createLine, type Line, type LineParts } from './core/call.ts';
import type { ServiceRuntime } from './core/context.ts';
import { type Database, openDatabase } from './core/db/database.ts';
import { openFiles } from './core/files/open-files.ts';
import { newRequestId } from './core/ids.ts';
import { createAuthenticator } from './core/keys/authenticator.ts';
import { createBadKeys } from './core/keys/bad-keys.ts';
import { type KeyRing, keyRingOf } from './core/keys/key-ring.ts';
import { createServiceKeys } from './core/keys/service-keys.ts';
import { LatencyWindow } from './core/latency-window.ts';
import { createLimiter } from './core/limits/limiter.ts';
import { createQuota, type QuotaCounter } from './core/limits/quota.ts';
import { createSharedTallies } from './core/limits/redis-tallies.ts';
import { setLimits } from './core/limits/set-limits.ts';
import { type RunningLoops, startLoops } from './core/loops.ts';
import { startMaintenance } from './core/maintenance.ts';
import { createMetrics } from './core/metrics.ts';
import { wordRefusal } from './core/refusal.ts';
import { createSealer } from './core/sealing.ts';
import type { Service, ServiceContract } from './core/service.ts';
import type { Settings, SettingValues } from './core/settings.ts';
import { type Clock, csprng, systemClock } from './core/sources.ts';
import { type RunningStages, startStages } from './core/stages.ts';
import { dashboardRoutes } from './dashboard-routes.ts';
import { createChannels } from './dispatch/channels/channels.ts';
import { type ClockWatch, createClockWatch } from './dispatch/clock-watch.ts';
import { createDispatcher, type Dispatcher } from './dispatch/dispatcher.ts';
import { mailServerProblem } from './dispatch/egress.ts';
import { checkEffects } from './dispatch/emit.ts';
import { createAnnouncements, createRelay } from './dispatch/node-announcements.ts';
import { createOutward } from './dispatch/outward.ts';
import { createWebhooks, type Webhooks } from './dispatch/webhooks/webhooks.ts';
import type { Within } from './dispatch/within.ts';
import { docsRoutes } from './docs-routes.ts';
import { builtDocs, docsSiteRoutes, openDocsSite } from './docs-site.ts';
import { feedRoutes } from './feed-routes.ts';
import { inboundRoutes } from './inbound-routes.ts';
import { mailRoutes } from './mail-routes.ts';
import { mcpRoutes } from './mcp/mcp-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { createHttpTransport } from './transports/http.ts';
import { onFirstUse } from './transports/on-first-use.ts';
import { verifyRoute } from './verify-route.ts';

export interface PlatformOptions {
  readonly config: Config;
  readonly services: readonly Service[];
  /** How the owner of the database connects. */
  readonly owner: import('pg').ClientConfig;
  readonly log: Logger;
  /** The built dashboard; without it no screens are served. */
  readonly dashboard?: string;
  readonly clock?: Clock;
  /** Holds every answer and every event against what is declared, and fails what differs: for tests. */
  readonly checkAnswers?: boolean;
}

export interface Platform {
  readonly app: App;
  readonly database: Database;
  readonly services: readonly Service[];
  readonly config: Config;
  /** Told by whoever listens, for links in answers. */
  setPublicUrl(url: string): void;
  keysOf(workspaceId: string): KeyRing;
  readonly people: import('./console/console.ts').Console;
  /** Writes what is batched: audit rows, uses of keys. */
  flush(): Promise<void>;
  /** Starts the services' loops. */
  startLoops(): void;
  /** Runs the started loops that are due by the clock, now. */
  runDueLoops(): Promise<void>;
  readonly dispatcher: Dispatcher;
  readonly clockWatch: ClockWatch;
  readonly webhooks: Webhooks;
  /** Answers `/readyz` with 503 from now on. */
  drain(): void;
  /** Finishes what is in flight, flushes, gives quota back, closes the pools. */
  close(): Promise<void>;
}

export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  // What is open when something fails is closed again: a connection or a timer left behind would keep the process alive.
  await using opening = new AsyncDisposableStack();
  const { config, log } = options;
  const clock = options.clock ?? systemClock;
  const services = options.services.map((service) => effective(service, config));
  const contracts = services.map((service) => service.contract);
  for (const contract of contracts) checkEffects(contract);
  const database = await openDatabase({
    owner: options.owner,
    rolePrefix: config.rolePrefix,
    ...(config.roleUrls === null ? {} : { roleUrls: config.roleUrls }),
    poolSize: config.poolSize,
    listen: config.listens,
    services: services.map(({ contract, migrations }) => ({ contract, migrations })),
  });
  opening.defer(() => database.close());
  const redis =
    config.redisUrl === null
      ? undefined
      : await (await import('./core/limits/redis.ts')).openRedis(config.redisUrl, log);
  opening.defer(() => redis?.close());
  const tallies = redis === undefined ? undefined : createSharedTallies(redis.client);
  const authenticator = createAuthenticator({ database, clock, trustMs: 3_600_000, unheardTrustMs: config.keyTrustMs });
  opening.defer(() => authenticator.close());
  const badKeys = createBadKeys(clock);
  const audit = createAuditLog(database);
  opening.defer(() => audit.close());
  const sealer = createSealer(secretOf(config, platformSecrets.dataKey.env));
  const egress = { allowPrivateTargets: config.allowPrivateTargets, deniedHosts: ownHosts(config) };
  const outward = createOutward(egress);
  const files = await openFiles(config);
  opening.defer(() => files.close());
  let stages: RunningStages | undefined;
  let publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const webhooks = createWebhooks({
    database,
    services: contracts.map((contract) => ({ contract, settings: settingsOf(config, contract) })),
    clock,
    sealer,
    audit,
    outward,
    log,
    unheardTrustMs: config.keyTrustMs,
    retryScale: config.webhookRetryScale,
  });
  opening.defer(() => webhooks.stop());
  outward.tellEvents(webhooks);
  const transport = createHttpTransport({ clock, policy: egress });
  const channels = createChannels({
    database,
    contracts,
    clock,
    sealer,
    audit,
    egress: {
      targetProblem: outward.targetProblem,
      mailServerProblem: (host, port, isEncrypted) => mailServerProblem(host, port, isEncrypted, egress),
    },
    due: outward.due,
    transports: {
      slack: onFirstUse(async () => (await import('./transports/slack.ts')).createSlackTransport(transport, clock)),
      email: onFirstUse(async () =>
        (await import('./transports/email.ts')).createEmailTransport(transport, { clock, policy: egress }),
      ),
      stripe: onFirstUse(async () => (await import('./transports/stripe.ts')).createStripeTransport(transport, clock)),
    },
    retryScale: config.webhookRetryScale,
  });
  opening.defer(() => channels.close());
  const people = createConsole({
    config,
    database,
    services,
    files,
    clock,
    log,
    webhooks,
    channelsOf: channels.desk,
    publicUrl: () => publicUrl,
  });

  const runtimes = services.map((service): ServiceRuntime => {
    const { contract } = service;
    const rule = contract.modes.quota.live;
    return {
      service,
      settings: settingsOf(config, contract),
      limiter: createLimiter(contract, tallies),
      badKeys: contract.keys.badKeys === undefined ? badKeys : createBadKeys(clock, contract.keys.badKeys),
      quota: rule === 'uncounted' ? null : createQuota(database, contract.name, rule, clock),
      latency: new LatencyWindow(),
      derived: { kind: 'derived', secret: derivedSecretOf(config, contract) },
    };
  });
  const quotas = runtimes.map((runtime) => runtime.quota).filter((quota): quota is QuotaCounter => quota !== null);
  for (const quota of quotas) opening.defer(() => quota.close());
  const watch = createClockWatch({
    database,
    clock,
    onChange: (isOff, offsetMs) =>
      log[isOff ? 'error' : 'info'](
        { offsetMs },
        isOff ? "this clock is off the database's; nothing is dispatched from here" : 'the clock is right again',
      ),
  });
  const dispatcher = createDispatcher({
    database,
    services,
    webhooks: webhooks.couriers,
    messages: channels.couriers,
    clock,
    sealer,
    transport,
    log,
    random: () => csprng.bytes(4).readUInt32BE() / 2 ** 32,
    slots: config.dispatchSlots,
    isClockOff: () => watch.isOff,
  });
  opening.defer(() => dispatcher.stop());
  const metrics = createMetrics({
    database,
    auditDropped: () => audit.dropped,
    quotaPending: () => quotas.reduce((units, quota) => units + quota.pending(), 0),
    dispatch: () => dispatcher.figures,
    clockOffsetMs: () => watch.offsetMs,
    services: runtimes.flatMap((runtime) =>
      (runtime.service.gauges ?? []).map((gauge) => ({
        ...gauge,
        read: (mode) => line.within(runtime, mode, 'system', 'metrics', gauge.read),
      })),
    ),
  });
  const onBug: LineParts['onBug'] = (error, about) => log.error({ err: error, ...about }, 'a request failed');
  const line = createLine({
    database,
    clock,
    csprng,
    authenticator,
    findPerson: people.findPerson,
    audit,
    publicUrl: () => publicUrl,
    contracts,
    sealer,
    outward,
    files,
    deskOf: webhooks.deskOf,
    wake: (service, mode, at) => stages?.wake(service, mode, at),
    checkAnswers: options.checkAnswers === true,
    onBug,
    observe: metrics.observe,
  });
  outward.tell(
    config.dispatches
      ? dispatcher
      : createRelay(
          createAnnouncements(database, newRequestId(), (error) =>
            log.error({ err: error }, 'the dispatching nodes could not be told'),
          ),
          () => clock.now(),
        ),
  );
  const within: Within = (name, mode, workspaceId, work) => {
    const runtime = runtimes.find(({ service }) => service.contract.name === name);
    if (runtime === undefined) throw new Error(`there is no service "${name}"`);
    return line.within(runtime, mode, workspaceId, 'dispatch', work);
  };
  const docsSite = openDocsSite(builtDocs);
  const serviceKeys = createServiceKeys(config.serviceKeys);
  let draining = false;
  const stopping = new AbortController();
  const mountedServices = runtimes.map((runtime) => mounted(line, runtime));
  const app = await createApp({
    services: mountedServices,
    systemRoutes: [
      ...systemRoutes({
        services,
        settingsOf: (contract) => settingsOf(config, contract),
        database,
        metrics,
        isDraining: () => draining,
        clock: watch,
        publicUrl: () => publicUrl,
      }),
      verifyRoute({
        runtimes,
        authenticator,
        badKeys,
        serviceKeys,
        clock,
        onBug,
      }),
      ...docsRoutes(contracts, () => publicUrl),
      ...inboundRoutes({
        runtimes,
        line,
        clock,
        stripeSecret: channels.stripeSecret,
        verifyStripe: async (...signed) => (await import('./transports/stripe.ts')).verifyStripeEvent(...signed),
        badSignatures: createBadKeys(clock),
        onBug: (error, about) => log.error({ err: error, ...about }, 'an event of another system failed'),
      }),
      ...mailRoutes({ runtimes, line, serviceKeys, onBug }),
      ...feedRoutes({ runtimes, line, sealer, badSecrets: createBadKeys(clock), onBug }),
      ...docsSiteRoutes(docsSite, () => publicUrl),
      ...mcpRoutes({
        services: mountedServices,
        site: docsSite,
        version: '0.1.0',
        publicUrl: () => publicUrl,
        findKey: async (contract, text, address) => {
          const runtime = runtimes.find(({ service }) => service.contract.name === contract.name);
          return findKey({ contract, authenticator, badKeys: runtime?.badKeys ?? badKeys }, text, address);
        },
        onBug,
      }),
      ...(options.dashboard === undefined ? [] : dashboardRoutes(options.dashboard)),
      ...people.routes,
      ...runtimes.flatMap((runtime) => people.routesOf(runtime.service, (operation) => line.call(runtime, operation))),
    ],
    trustedProxies: config.trustedProxies,
    stopping: stopping.signal,
    onBug,
  });
  opening.defer(() => app.close());

  const opened = opening.move();
  let loops: RunningLoops | undefined;
  let maintenance: { stop(): Promise<void> } | undefined;
  const flush = async (): Promise<void> => {
    await Promise.all([audit.flush(), authenticator.flush()]);
  };
  return {
    app,
    database,
    services,
    config,
    people,
    setPublicUrl(url) {
      if (config.publicUrl === null) publicUrl = url;
    },
    keysOf: (workspaceId) => keyRingOf(database, contracts, workspaceId, clock, null),
    flush,
    startLoops() {
      maintenance ??= startMaintenance({
        database,
        contracts,
        files,
        clock,
        auditKeepDays: config.auditKeepDays,
        log,
      });
      // A clock that a test steers is right by definition.
      if (options.clock === undefined) watch.start();
      if (config.dispatches) dispatcher.start(within);
      webhooks.start();
      loops ??= startLoops({ line, runtimes, clock, log, signal: stopping.signal });
      stages ??= startStages({ line, runtimes, clock, log, signal: stopping.signal });
    },
    runDueLoops: async () => loops?.runDue(),
    dispatcher,
    clockWatch: watch,
    webhooks,
    drain() {
      draining = true;
    },
    async close() {
      draining = true;
      stopping.abort();
      await Promise.all([loops?.stop(), stages?.stop(), maintenance?.stop()]);
      watch.stop();
      await opened.disposeAsync();
    },
  };
}

function mounted(line: Line, runtime: ServiceRuntime): MountedService {
  const { contract } = runtime.service;
  return {
    service: runtime.service,
    call: (operation) => line.call(runtime, operation),
    refusal: (error) => line.refusal(runtime, error),
    render: (error) => wordRefusal(contract, error, newRequestId()),
  };
}

function secretOf(config: Config, name: string): Buffer {
  const secret = config.secrets[name];
  if (secret === undefined) throw new Error(`${name} is missing`);
  return secret;
}

/** Where this service itself can be reached: nobody may have it call itself. */
function ownHosts({ publicUrl, host, port }: Config): string[] {
  const own = [`${host.includes(':') ? `[${host}]` : host}:${port}`];
  return publicUrl === null ? own : [...own, new URL(publicUrl).host];
}

function settingsOf(config: Config, contract: ServiceContract): SettingValues<Settings> {
  return config.services[contract.name] ?? {};
}

/** The secret behind derived entropy: the service's own, so that no two services share fixtures. */
function derivedSecretOf(config: Config, contract: ServiceContract): Buffer {
  if (contract.derivedFrom === undefined) return Buffer.alloc(0);
  const value: unknown = settingsOf(config, contract)[contract.derivedFrom];
  if (value instanceof Buffer) return value;
  throw new Error(
    `${contract.name} derives entropy from "${contract.derivedFrom}", which is not a secret setting of it`,
  );
}

/** The contract with what the operator's settings replace. */
function effective(service: Service, config: Config): Service {
  const { contract } = service;
  const settings = settingsOf(config, contract);
  const quota = (mode: 'live' | 'test') => {
    const rule = contract.modes.quota[mode];
    const value = rule === 'uncounted' || rule.setting === undefined ? undefined : settings[rule.setting];
    return rule !== 'uncounted' && typeof value === 'number' ? { ...rule, perDay: value } : rule;
  };
  return {
    ...service,
    contract: {
      ...contract,
      keys: { ...contract.keys, anonymous: config.allowAnonymous ? contract.keys.anonymous : 'refuse' },
      modes: {
        ...contract.modes,
        limits: setLimits(contract.modes.limits, settings),
        quota: { live: quota('live'), test: quota('test') },
      },
    },
  };
}
