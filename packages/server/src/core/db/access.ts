import type { Channel } from '../channels.ts';
import type { Mode } from '../mode.ts';
import { modes } from '../mode.ts';
import type { ServiceContract, TableKind } from '../service.ts';
import type { RoleKind } from './roles.ts';

export type Privilege = 'select' | 'insert' | 'update' | 'delete';

/** Who may do what to one table, and whose rows each role sees. */
export interface TableAccess {
  readonly schema: 'core' | 'shared' | Mode;
  readonly table: string;
  /**
   * `workspace`: rows of the current workspace; `public`: all read, only the system writes; `seat`: the one row of the
   * seat that the transaction shows; `all`: no row filter.
   */
  readonly rows: TableKind | 'seat' | 'all';
  readonly grants: Readonly<Partial<Record<RoleKind, readonly Privilege[]>>>;
  /** Roles that see all rows where the others are filtered. */
  readonly unfiltered?: readonly RoleKind[];
  /** For deliveries: the only services that may queue any. */
  readonly senders?: readonly string[];
  /** For deliveries: the only messages that may be queued. */
  readonly messages?: readonly PermittedMessage[];
  /** For an outbox: the only effects that may be written, each with what its contract makes of it in this mode. */
  readonly effects?: readonly PermittedEffect[];
}

/** One line of a contract, as the database holds it against each outbox row. */
export interface PermittedEffect {
  readonly service: string;
  readonly name: string;
  readonly disposition: 'deliver' | 'suppress';
}

/** A message that leaves in a mode. */
export interface PermittedMessage {
  readonly service: string;
  readonly channel: Channel;
  readonly name: string;
}

/** Who may enter each schema. */
export const schemaUsers: Readonly<Record<TableAccess['schema'], readonly RoleKind[]>> = {
  core: ['authenticator', 'console'],
  shared: ['live', 'test'],
  live: ['live', 'console', 'live_dispatch'],
  test: ['test', 'console', 'test_dispatch'],
};

/** Who may call a schema's functions: the windows through which a service looks across workspaces. */
export const functionUsers: Readonly<Record<TableAccess['schema'], readonly RoleKind[]>> = {
  core: [],
  shared: ['live', 'test'],
  live: ['live'],
  test: ['test'],
};

const all = ['select', 'insert', 'update', 'delete'] as const satisfies Privilege[];

/** The schemas in which a service's tables stand: one for each mode, one for both, or none. */
export function schemasOf(contract: ServiceContract): ('shared' | Mode)[] {
  const schemas = new Set<'shared' | Mode>();
  for (const mode of modes) {
    const rule = contract.modes.data[mode];
    if (rule === 'isolated') schemas.add(mode);
    if (rule === 'shared') schemas.add('shared');
  }
  return [...schemas];
}

/** Every table that may exist, with its expected access: the migrator grants it, the guarantees compare it. */
export function expectedAccess(contracts: readonly ServiceContract[]): TableAccess[] {
  return [...coreAccess, ...lineAccess(contracts), ...contracts.flatMap(serviceAccess)];
}

const coreAccess: TableAccess[] = [
  { schema: 'core', table: 'migrations', rows: 'all', grants: { console: ['select'] } },
  { schema: 'core', table: 'role_secrets', rows: 'all', grants: {} },
  { schema: 'core', table: 'workspaces', rows: 'all', grants: { console: all } },
  { schema: 'core', table: 'seat_secret', rows: 'all', grants: {} },
  // Read by the row policies of the others; without usage of the schema a request's own statements cannot name it.
  {
    schema: 'core',
    table: 'seats',
    rows: 'seat',
    grants: { live: ['select'], test: ['select'], console: ['select'] },
  },
  {
    schema: 'core',
    table: 'api_keys',
    rows: 'workspace',
    grants: { console: all, authenticator: ['select', 'update'] },
    unfiltered: ['authenticator'],
  },
  {
    schema: 'core',
    table: 'api_key_secrets',
    rows: 'workspace',
    grants: { console: all, authenticator: ['select'] },
    unfiltered: ['authenticator'],
  },
  {
    schema: 'core',
    table: 'key_activity',
    rows: 'workspace',
    grants: { console: ['select', 'insert', 'delete'], authenticator: ['insert'] },
    unfiltered: ['authenticator'],
  },
  // People belong to several workspaces, so their tables have no workspace to filter by; only the console reaches them.
  ...['people', 'sessions', 'accounts', 'verifications', 'members', 'invitations'].map(
    (table): TableAccess => ({ schema: 'core', table, rows: 'all', grants: { console: all } }),
  ),
];

/** What may be written to the outbox of a mode. What a contract refuses there is in no list. */
function permittedEffects(contracts: readonly ServiceContract[], mode: Mode): PermittedEffect[] {
  return contracts.flatMap((contract) =>
    Object.entries(contract.modes.effects).flatMap(([name, rule]) => {
      const disposition = rule[mode];
      const hasOutbox = contract.modes.data[mode] !== 'pure' && disposition !== 'refuse';
      return hasOutbox ? [{ service: contract.name, name, disposition }] : [];
    }),
  );
}

function lineAccess(contracts: readonly ServiceContract[]): TableAccess[] {
  const perMode = modes.flatMap((mode): TableAccess[] => [
    { schema: mode, table: 'idempotency_keys', rows: 'workspace', grants: { [mode]: all } },
    {
      schema: mode,
      table: 'effects',
      rows: 'workspace',
      // Updated when its listeners were found; a trigger keeps all but the state.
      grants: { [mode]: ['select', 'insert', 'update'], [`${mode}_dispatch`]: ['select'], console: ['select'] },
      unfiltered: [`${mode}_dispatch`],
      effects: permittedEffects(contracts, mode),
    },
    { schema: mode, table: 'audit_log', rows: 'workspace', grants: { [mode]: ['insert'], console: ['select'] } },
    { schema: mode, table: 'figure_hours', rows: 'workspace', grants: { console: all } },
    { schema: mode, table: 'figure_marks', rows: 'workspace', grants: { console: all } },
    { schema: mode, table: 'quota_usage', rows: 'workspace', grants: { [mode]: ['select', 'insert', 'update'] } },
    { schema: mode, table: 'inbound_events', rows: 'workspace', grants: { [mode]: ['select', 'insert'] } },
    ...dispatchAccess(contracts, mode),
  ]);
  return [
    ...perMode,
    { schema: 'shared', table: 'idempotency_keys', rows: 'workspace', grants: { live: all, test: all } },
  ];
}

/**
 * The dispatcher works across workspaces under a role of its own for each mode, with rights on what it moves and on
 * nothing else. What a request may queue is bound to the services whose contract lets something leave.
 */
function dispatchAccess(contracts: readonly ServiceContract[], mode: Mode): TableAccess[] {
  const dispatcher: RoleKind = `${mode}_dispatch`;
  const table = (name: string, request: readonly Privilege[], dispatch: readonly Privilege[]): TableAccess => ({
    schema: mode,
    table: name,
    rows: 'workspace',
    grants: { [mode]: request, [dispatcher]: dispatch, console: ['select'] },
    unfiltered: [dispatcher],
  });
  return [
    table('targets', all, ['select', 'update']),
    table('target_versions', all, ['select']),
    table('messages', all, ['select']),
    {
      ...table('deliveries', all, ['select', 'update']),
      senders: sendersIn(contracts, mode),
      messages: messagesIn(contracts, mode),
    },
    table('attempts', ['select', 'delete'], ['select', 'insert']),
    { ...table('signing_secrets', all, ['select']), grants: { [mode]: all, [dispatcher]: ['select'] } },
    { schema: mode, table: 'dispatch_nodes', rows: 'all', grants: { [dispatcher]: all } },
  ];
}

/** The services of which anything may leave in a mode. */
function sendersIn(contracts: readonly ServiceContract[], mode: Mode): string[] {
  return contracts
    .filter(({ modes: { data, effects } }) => {
      const leaves = Object.values(effects).some((rule) => rule[mode] === 'deliver');
      return data[mode] !== 'pure' && leaves;
    })
    .map(({ name }) => name);
}

/** The messages that leave in a mode, each by its channel. */
function messagesIn(contracts: readonly ServiceContract[], mode: Mode): PermittedMessage[] {
  return contracts.flatMap(({ name: service, messages = {}, modes: { data, effects } }) =>
    Object.entries(messages).flatMap(([name, channel]) =>
      data[mode] !== 'pure' && effects[name]?.[mode] === 'deliver' ? [{ service, channel, name }] : [],
    ),
  );
}

function serviceAccess(contract: ServiceContract): TableAccess[] {
  const perMode = schemasOf(contract).flatMap((schema) =>
    tablesOf(contract, (kind) => kind !== 'account').map(
      ([table, rows]): TableAccess => ({
        schema,
        table,
        rows,
        grants: schema === 'shared' ? { live: all, test: all } : { [schema]: all },
      }),
    ),
  );
  const accounts = tablesOf(contract, (kind) => kind === 'account').map(
    ([table]): TableAccess => ({ schema: 'shared', table, rows: 'workspace', grants: { live: all, test: ['select'] } }),
  );
  return [...perMode, ...accounts];
}

function tablesOf(contract: ServiceContract, wanted: (kind: TableKind) => boolean): [string, TableKind][] {
  return Object.entries(contract.tables).filter(([, kind]) => wanted(kind));
}

/** Whether a service keeps something that both modes of a workspace have in common. */
export function hasAccount(contract: ServiceContract): boolean {
  return tablesOf(contract, (kind) => kind === 'account').length > 0;
}
