import { isMessage } from '../channels.ts';
import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { type Fragment, fragment, sql } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import { type EffectRow, type StoredEffect, viewOfEffect } from './list-effects.ts';

/** One delivery of an effect. */
export interface EffectDelivery {
  readonly id: string;
  readonly kind: string;
  readonly endpointId: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly lastStatusCode: number | null;
  readonly failure: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

export interface EffectWithDeliveries extends EffectRow {
  readonly deliveries: readonly EffectDelivery[];
}

const find = sql`${rowIn(fragment`live`)} union all ${rowIn(fragment`test`)}`;

function rowIn(mode: Fragment): Fragment {
  return fragment`
    select '${mode}' as mode, id, created_at as at, service, name, disposition, state, payload, request_id, key_id
    from ${mode}.effects where id = $1`;
}

// An event goes by the random part of its effect's id, with or without the mode before it.
const deliveries = { live: deliveriesIn(fragment`live`), test: deliveriesIn(fragment`test`) };

/** Those of an event to its endpoints, with what was made again of them, and those of a message; each by an index of its own. */
function deliveriesIn(mode: Fragment) {
  return sql`
    with events as (select * from ${mode}.deliveries where source_id = any($1) and one_of_many)
    select id, kind, target_id as "endpointId", status, attempt_count as attempts, last_status_code as "lastStatusCode",
      dead_letter_reason as failure, (extract(epoch from created_at) * 1000)::bigint as "createdAt",
      (extract(epoch from finalized_at) * 1000)::bigint as "finishedAt"
    from (
      select * from events
      union all select r.* from events e join ${mode}.deliveries r on r.replay_of = e.id and r.kind = 'webhook'
      union all select * from ${mode}.deliveries where source_id = any($1) and ${isMessage}) d
    order by created_at desc, id desc limit 200`;
}

/** An effect of a workspace, in whichever mode, with its newest deliveries. */
export function findEffect(
  database: Database,
  workspaceId: string,
  effectId: string,
): Promise<EffectWithDeliveries | null> {
  return committed(database.as('console', workspaceId), async (db) => {
    const row = await db.row<StoredEffect & { mode: Mode }>(find, [effectId]);
    if (row === undefined) return null;
    const random = effectId.slice(effectId.lastIndexOf('_') + 1);
    const sources = [effectId, `evt_${random}`, `evt_${row.mode}_${random}`];
    const sent = await db.rows<EffectDelivery>(deliveries[row.mode], [sources]);
    return { ...viewOfEffect(row), deliveries: sent };
  });
}
