import type { Pool } from 'pg';
import { sql } from '../core/db/sql.ts';
import { newId } from '../core/ids.ts';
import type { Platform } from '../platform.ts';
import type { LeakServer } from './leak-model.ts';

const insertWorkspace = sql`insert into core.workspaces (id, name, slug) values ($1, $1, $1)`;

const findEffects = `
  select workspace_id || ' live ' || service || ' ' || name || ' ' || state as line from live.effects where workspace_id = any($1)
  union all
  select workspace_id || ' test ' || service || ' ' || name || ' ' || state from test.effects where workspace_id = any($1)`;

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
    async key(workspaceId, service, mode) {
      return (await platform.keysOf(workspaceId).create({ service, mode, name: 'leak' })).key;
    },
    async send(key, method, url, body, idempotencyKey) {
      const response = await platform.app.inject({
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
        status: response.statusCode,
        text: response.body,
        replayed: response.headers['idempotent-replayed'] === 'true',
      };
    },
    async effects(workspaceIds) {
      const { rows } = await outside.query<{ line: string }>({
        name: 'effects',
        text: findEffects,
        values: [workspaceIds],
      });
      return rows.map((row) => row.line);
    },
  };
}
