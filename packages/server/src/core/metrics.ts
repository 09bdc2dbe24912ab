import { Counter, Gauge, Registry } from 'prom-client';
import type { Observation } from './call.ts';
import { countedHistogram } from './counted-histogram.ts';
import type { Database } from './db/database.ts';
import { roleKinds } from './db/roles.ts';
import { type DispatchFigures, latenessBoundsMs } from './deliveries.ts';
import type { Mode } from './mode.ts';
import { RequestFigures } from './request-figures.ts';

/** Codes of refusals that a gate makes, as opposed to bad input. */
const gateRefusals = new Set([401, 403, 429]);

export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface Metrics {
  readonly registry: Registry;
  /** What there is, without asking for any figure: for the reference page. */
  describe(): MetricDescription[];
  observe(seen: Observation): void;
}

/** A figure that a service counts when it is asked, for each of some modes. */
export interface ServiceFigure {
  readonly name: string;
  readonly help: string;
  readonly modes: readonly Mode[];
  readonly read: (mode: Mode) => Promise<number>;
}

/** The server's figures in the Prometheus format. Labels are names and numbers of a closed set: never an id or a key. */
export function createMetrics(sources: {
  database: Pick<Database, 'pools'>;
  auditDropped: () => number;
  quotaPending: () => number;
  dispatch: () => DispatchFigures;
  /** `null` before the first measurement. */
  clockOffsetMs: () => number | null;
  services: readonly ServiceFigure[];
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const figures = new RequestFigures();
  new Counter({
    name: 'interlock_requests_total',
    help: 'Requests answered, by service, mode and status.',
    labelNames: ['service', 'mode', 'status'] as const,
    registers,
    collect() {
      this.reset();
      for (const { labels, count } of figures.statuses()) this.inc(labels, count);
    },
  });
  registry.registerMetric(
    figures.histogram({
      name: 'interlock_request_duration_seconds',
      help: 'Time from reading a request to its answer, by service and mode.',
    }),
  );
  const refusals = new Counter({
    name: 'interlock_gate_refusals_total',
    help: 'Requests that a gate refused (key, allowlist, scope, mode, limit, quota), by service, mode and code.',
    labelNames: ['service', 'mode', 'code'] as const,
    registers,
  });
  new Gauge({
    name: 'interlock_pool_connections',
    help: 'Database connections, by role and state.',
    labelNames: ['role', 'state'] as const,
    registers,
    collect() {
      for (const role of roleKinds) {
        const pool = sources.database.pools[role];
        this.set({ role, state: 'busy' }, pool.totalCount - pool.idleCount);
        this.set({ role, state: 'idle' }, pool.idleCount);
        this.set({ role, state: 'waiting' }, pool.waitingCount);
      }
    },
  });
  new Gauge({
    name: 'interlock_audit_rows_dropped',
    help: 'Audit rows of reads that were lost because the database was away for too long.',
    registers,
    collect() {
      this.set(sources.auditDropped());
    },
  });
  new Gauge({
    name: 'interlock_quota_units_pending',
    help: 'Quota units that this node has reserved and not yet spent.',
    registers,
    collect() {
      this.set(sources.quotaPending());
    },
  });
  new Gauge({
    name: 'interlock_memory_resident_bytes',
    help: 'Resident memory of the server process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });

  new Gauge({
    name: 'interlock_dispatch_held',
    help: 'Deliveries that this node holds: waiting for their instant, for a slot, or out.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const { held, inFlight } = sources.dispatch();
      this.set({ state: 'waiting' }, held - inFlight);
      this.set({ state: 'out' }, inFlight);
    },
  });
  new Counter({
    name: 'interlock_dispatch_attempts_total',
    help: 'Attempts to send, by service, mode and outcome.',
    labelNames: ['service', 'mode', 'outcome'] as const,
    registers,
    collect() {
      this.reset();
      for (const { count, ...labels } of sources.dispatch().attempts) this.inc(labels, count);
    },
  });
  new Counter({
    name: 'interlock_dispatch_deferrals_total',
    help: 'Deliveries that had to wait for their target, by reason.',
    labelNames: ['reason'] as const,
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(sources.dispatch().deferred)) this.inc({ reason }, count);
    },
  });
  new Counter({
    name: 'interlock_dispatch_reclaimed_total',
    help: 'Deliveries that this node took over from one that died.',
    registers,
    collect() {
      this.reset();
      this.inc(sources.dispatch().reclaimed);
    },
  });
  registry.registerMetric(
    countedHistogram({
      name: 'interlock_dispatch_lateness_seconds',
      help: 'Time from the instant of live first attempts to their first byte, by kind of delivery.',
      labelNames: ['kind'],
      buckets: latenessBoundsMs.map((ms) => ms / 1_000),
      read: () =>
        sources.dispatch().lateness.map(({ kind, inBucket, sumMs, count }) => ({
          labels: { kind },
          inBucket,
          sum: sumMs / 1_000,
          count,
        })),
    }),
  );
  new Gauge({
    name: 'interlock_clock_offset_seconds',
    help: 'How far the clock of this node is ahead of the clock of the database; past 1 s it dispatches nothing.',
    registers,
    collect() {
      this.set((sources.clockOffsetMs() ?? 0) / 1_000);
    },
  });

  for (const { name, help, modes, read } of sources.services) {
    new Gauge({
      name,
      help,
      labelNames: ['mode'] as const,
      registers,
      async collect() {
        this.reset();
        // A database that is away leaves this figure out, not the others.
        const figures = await Promise.allSettled(modes.map(async (mode) => ({ mode, count: await read(mode) })));
        for (const figure of figures)
          if (figure.status === 'fulfilled') this.set({ mode: figure.value.mode }, figure.value.count);
      },
    });
  }

  return {
    registry,
    describe: () => registry.getMetricsAsArray().map(describeMetric),
    observe(seen) {
      const { service, mode, status } = seen;
      figures.add(service, mode, status, seen.durationMs);
      if (seen.code !== null && gateRefusals.has(seen.status)) {
        refusals.inc({ service: seen.service, mode: seen.mode, code: seen.code });
      }
    },
  };
}

/** The library keeps kind and labels on every metric, though its types do not say so. */
function describeMetric(metric: object): MetricDescription {
  const { name, type, help, labelNames } = metric as { name: string; type: string; help: string; labelNames: string[] };
  return { name, type, help, labels: labelNames };
}
