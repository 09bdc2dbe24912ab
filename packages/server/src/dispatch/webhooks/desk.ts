import { committed } from '../../core/db/committed.ts';
import type { Database } from '../../core/db/database.ts';
import type { Sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';
import { refuse } from '../../core/errors.ts';
import { modeOfId } from '../../core/ids.ts';
import type { Mode } from '../../core/mode.ts';
import type { Sealer } from '../../core/sealing.ts';
import type { Clock } from '../../core/sources.ts';
import type { WebhookDesk } from '../../core/webhooks.ts';
import { deliveryDesk } from './deliveries.ts';
import { endpointDesk } from './endpoints.ts';
import { type EndpointRow, findEndpoint, lockEndpoint } from './endpoints-repository.ts';
import type { Publisher } from './plan-fan-out.ts';
import type { Actor, EndpointChange, RecordChange } from './record-change.ts';

/** What desks need of the platform. */
export interface DeskOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly publishers: readonly Publisher[];
  readonly targetProblem: (url: string) => string | null;
  /** Which endpoints are enabled has changed. */
  readonly changed: (mode: Mode, workspaceId: string, service: string) => void;
  readonly due: (mode: Mode, at: number) => void;
  readonly withdraw: (mode: Mode, ids: readonly string[]) => void;
  readonly record: RecordChange;
}

type EndpointWork<T> = (db: Db, endpoint: EndpointRow, mode: Mode) => Promise<T>;

/** What the parts of one workspace's desk work with. */
export interface DeskParts {
  readonly workspaceId: string;
  readonly clock: Clock;
  readonly sealer: Sealer;
  /** A transaction of the workspace under the mode's own role. */
  within<T>(mode: Mode, work: (db: Db) => Promise<T>): Promise<T>;
  /** The same with one endpoint. */
  ofEndpoint<T>(endpointId: string, work: EndpointWork<T>): Promise<T>;
  /** The same with the endpoint held, for changes; `after` is called when they are committed. */
  onEndpoint<T>(
    endpointId: string,
    work: EndpointWork<T>,
    after?: (mode: Mode, service: string, result: T) => void,
  ): Promise<T>;
  /** The service with its dialect, if endpoints can hear of it in this mode. */
  publisherIn(service: string, mode: Mode): Publisher;
  targetProblem(url: string): string | null;
  changed(mode: Mode, service: string): void;
  due(mode: Mode, at: number): void;
  /** What nodes hold for an endpoint goes by what stands now. */
  withdraw(mode: Mode, endpointId: string): void;
  record(db: Pick<Db, 'defer'>, change: Pick<EndpointChange, 'mode' | 'service' | 'change' | 'endpointId'>): void;
}

/** The call of a service that a desk is opened in: outside of its service and mode no endpoint exists. */
export interface DeskCall {
  readonly service: string;
  readonly mode: Mode;
  /**
   * The transaction of the call. What is asked for happens in it, so that it stands or falls with the rest; a transaction
   * of its own would wait for a second connection while the call holds one, and enough such calls wait for each other.
   */
  readonly db: Db;
  /** Called when it has committed, and not otherwise. */
  afterCommit(tell: () => void): void;
}

/** Opens the desk of one workspace in somebody's name. */
export function openDesk(options: DeskOptions, workspaceId: string, actor: Actor, only?: DeskCall): WebhookDesk {
  const { database, clock, sealer, publishers } = options;
  const withEndpoint = async <T>(endpointId: string, find: typeof findEndpoint, work: EndpointWork<T>) => {
    // The id says in which schema to look.
    const mode = modeOfId('wh', endpointId);
    if (mode === null || (only !== undefined && only.mode !== mode)) throw noEndpoint(endpointId);
    return parts.within(mode, async (db) => {
      const row = await find(db, endpointId);
      if (row === undefined || (only !== undefined && only.service !== row.service)) throw noEndpoint(endpointId);
      return { result: await work(db, row, mode), mode, service: row.service };
    });
  };
  const told = (tell: () => void): void => {
    if (only === undefined) tell();
    else only.afterCommit(tell);
  };
  const parts: DeskParts = {
    workspaceId,
    clock,
    sealer,
    within: (mode, work) =>
      only?.mode === mode ? inCall(only.db, work) : committed(database.transaction(mode, workspaceId), work),
    ofEndpoint: (endpointId, work) => withEndpoint(endpointId, findEndpoint, work).then(({ result }) => result),
    async onEndpoint(endpointId, work, after) {
      const { result, mode, service } = await withEndpoint(endpointId, lockEndpoint, work);
      after?.(mode, service, result);
      return result;
    },
    publisherIn: (service, mode) => publisherIn(publishers, service, mode),
    targetProblem: options.targetProblem,
    changed: (mode, service) => told(() => options.changed(mode, workspaceId, service)),
    due: (mode, at) => told(() => options.due(mode, at)),
    withdraw: (mode, endpointId) => told(() => options.withdraw(mode, [endpointId])),
    record: (db, change) => options.record(db, { ...change, workspaceId, actor, code: null, at: clock.now() }),
  };
  return { ...endpointDesk(parts), ...deliveryDesk(parts) };
}

/** What a desk defers would travel with its commit; here it goes with the end of its own part, and is seen from then on. */
async function inCall<T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> {
  const deferred: (readonly [Sql, readonly unknown[]])[] = [];
  const result = await work({
    rows: (statement, values) => db.rows(statement, values),
    row: (statement, values) => db.row(statement, values),
    run: (statement, values) => db.run(statement, values),
    entry: (batch, entry) => db.entry(batch, entry),
    defer: (statement, values) => void deferred.push([statement, values]),
  });
  for (const [statement, values] of deferred) await db.run(statement, values);
  return result;
}

function publisherIn(publishers: readonly Publisher[], service: string, mode: Mode): Publisher {
  const publisher = publishers.find(({ contract }) => contract.name === service);
  if (publisher === undefined) {
    const names = publishers.map(({ contract }) => contract.name).join(', ') || 'none';
    throw refuse('invalid_input', `There is no service "${service}" with webhooks; there are: ${names}.`, {
      param: 'service',
    });
  }
  const { modes, title } = publisher.contract;
  if (modes.data[mode] !== 'pure') return publisher;
  throw refuse(
    'invalid_input',
    `Nothing of ${title} leaves in ${mode} mode: its events are recorded as suppressed. Make the endpoint in the other mode.`,
    { param: 'mode' },
  );
}

function noEndpoint(id: string): Error {
  return refuse('not_found', `There is no endpoint "${id.slice(0, 64)}" in this workspace.`, { param: 'endpointId' });
}
