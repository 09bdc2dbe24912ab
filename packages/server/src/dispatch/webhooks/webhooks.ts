import type { Logger } from 'pino';
import type { AuditLog } from '../../core/audit/audit.ts';
import type { DeskScope, Outward } from '../../core/context.ts';
import type { Database } from '../../core/db/database.ts';
import type { Mode } from '../../core/mode.ts';
import type { Sealer } from '../../core/sealing.ts';
import type { ServiceContract } from '../../core/service.ts';
import type { Settings, SettingValues } from '../../core/settings.ts';
import type { Clock } from '../../core/sources.ts';
import type { WebhookDesk } from '../../core/webhooks.ts';
import type { Courier } from '../couriers.ts';
import type { EventListener } from '../outward.ts';
import { webhookCourier } from './courier.ts';
import { openDesk } from './desk.ts';
import { dialectOf } from './dialects.ts';
import { createFanOut } from './fan-out.ts';
import { createHealthKeeper } from './health.ts';
import type { Publisher } from './plan-fan-out.ts';
import { recordChanges } from './record-change.ts';
import { createSubscriptions } from './subscriptions.ts';

export interface WebhooksOptions {
  readonly database: Database;
  readonly services: readonly { readonly contract: ServiceContract; readonly settings: SettingValues<Settings> }[];
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly outward: Pick<Outward, 'due' | 'withdraw' | 'targetProblem'>;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  /** How long a node that hears no changes believes its memory of endpoints, in milliseconds. */
  readonly unheardTrustMs: number;
  /** What waits between attempts are multiplied by. */
  readonly retryScale: number;
}

/** The webhooks of all services: events find their endpoints, deliveries are worded, endpoints are looked after. */
export interface Webhooks extends EventListener {
  /** How each service's webhooks are sent, by service. */
  readonly couriers: ReadonlyMap<string, Courier>;
  desk(workspaceId: string, personId: string): WebhookDesk;
  /** The same for one service and mode, for whoever calls an operation of the service. */
  deskOf(scope: DeskScope): WebhookDesk;
  /** Resolves once it is known who listens. */
  readonly ready: Promise<void>;
  start(): void;
  /** Hands out all events that wait, and writes the health of endpoints down. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { database, clock, sealer, outward, log } = options;
  const publishers = options.services.flatMap(({ contract, settings }): Publisher[] => {
    const dialect = dialectOf(contract, settings, options.retryScale);
    return dialect === null ? [] : [{ contract, dialect }];
  });
  const publisherOf = (service: string) => publishers.find(({ contract }) => contract.name === service);
  const onTrouble = (error: unknown, what: string): void => log.error({ err: error }, what);
  const record = recordChanges(options.audit);
  const subscriptions = createSubscriptions({ database, clock, unheardTrustMs: options.unheardTrustMs });
  const fanOut = createFanOut({ database, clock, sealer, publishers, due: outward.due, onTrouble });
  const health = createHealthKeeper({
    database,
    clock,
    publisherOf,
    record,
    onTrouble,
    disabled({ mode, workspaceId, endpointId }, service) {
      log.warn({ mode, workspaceId, endpointId }, 'a webhook endpoint was disabled');
      subscriptions.changed(mode, workspaceId, service);
      outward.withdraw(mode, [endpointId]);
    },
  });
  const deskOptions = {
    database,
    clock,
    sealer,
    publishers,
    record,
    targetProblem: outward.targetProblem,
    due: outward.due,
    withdraw: outward.withdraw,
    changed: (mode: Mode, workspaceId: string, service: string) => subscriptions.changed(mode, workspaceId, service),
  };

  return {
    couriers: new Map(
      publishers.map(({ contract, dialect }) => [contract.name, webhookCourier(dialect, health)] as const),
    ),
    mayListen: subscriptions.mayListen,
    emitted: fanOut.emitted,
    desk: (workspaceId, personId) => openDesk(deskOptions, workspaceId, { type: 'person', personId }),
    deskOf: ({ workspaceId, caller, requestId, ...call }) =>
      openDesk(deskOptions, workspaceId, { type: 'call', caller, requestId }, call),
    ready: subscriptions.ready,
    start: fanOut.start,
    async settle() {
      await fanOut.sweep();
      await health.flush();
    },
    async stop() {
      await fanOut.stop();
      await health.flush();
      await subscriptions.close();
    },
  };
}
