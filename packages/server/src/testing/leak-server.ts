import type { Pool } from 'pg';
import { sql } from '../core/db/sql.ts';
import { newId } from '../core/ids.ts';
import type { Mode } from '../core/mode.ts';
import type { Service } from '../core/service.ts';
import type { Platform } from '../platform.ts';
import { services } from '../services/index.ts';
import { fixtureServices } from './fixtures/services.ts';
import { findTables, takeRows } from './leak-rows.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
  readonly mode: string;
  readonly requestId: string;
}

/** What the model needs of a running server. */
export interface LeakServer {
  workspace(): Promise<string>;
  key(workspaceId: string, service: string, mode: Mode): Promise<{ readonly id: string; readonly key: string }>;
  send(key: string, method: string, url: string, body?: unknown, idempotencyKey?: string): Promise<Reply>;
  /** Takes every row of these workspaces away, from outside, and says what they were. */
  takeRows(workspaceIds: readonly string[]): Promise<string[]>;
  /** What stands in the tables, from outside: nothing, when every row was taken from where it belongs. */
  leftOver(): Promise<string[]>;
}

/**
 * Writes and reads that share transactions here, so that what they could show each other is tried. Of those that often
 * fail there is one only: whoever fails undoes what he shares, and then everybody runs alone.
 */
const sharing = new Set(['notes.list', 'notes.create', 'memos.list', 'ledger.list', 'ledger.post']);

/** All services; some calls of the fixtures share transactions, as live draws do. */
export const leakServices: readonly Service[] = [
  ...services,
  ...fixtureServices.map((service) => ({
    ...service,
    operations: service.operations.map((operation) =>
      sharing.has(operation.id) ? { ...operation, shares: true } : operation,
    ),
  })),
];

const insertWorkspace = sql`insert into core.workspaces (id, name, slug) values ($1, $1, $1)`;

/**
 * A platform as the model calls it.
 *
 * @param outside sees all rows, whatever the policies say
 */
export function leakServer(platform: Platform, outside: Pool): LeakServer {
  return {
    async workspace() {
      const id = newId('ws');
      const db = platform.database.as('console', id);
      await db.run(insertWorkspace, [id]);
      await db.commit();
      return id;
    },
    key: (workspaceId, service, mode) => platform.keysOf(workspaceId).create({ service, mode, name: newId('leak') }),
    async send(key, method, url, body, idempotencyKey) {
      const { statusCode, headers, payload } = await platform.app.inject({
        method: method as 'GET',
        url,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return {
        status: statusCode,
        text: payload,
        replayed: headers['idempotent-replayed'] === 'true',
        mode: String(headers['interlock-mode']),
        requestId: String(headers['x-request-id']),
      };
    },
    async takeRows(workspaceIds) {
      await platform.flush();
      const { rows } = await outside.query<{ line: string }>({
        name: 'take rows',
        text: takeRows,
        values: [workspaceIds],
      });
      return rows.map((row) => row.line);
    },
    async leftOver() {
      await platform.flush();
      const { rows: tables } = await outside.query<{ name: string }>(findTables);
      const found: string[] = [];
      for (const { name } of tables) {
        const { rows } = await outside.query<{ line: string }>(
          `select to_jsonb(t)::text as line from ${name} t limit 10`,
        );
        found.push(...rows.map(({ line }) => `${name} ${line}`));
      }
      return found;
    },
  };
}
