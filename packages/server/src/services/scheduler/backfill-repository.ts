import { type Db, sql } from '../../core/service.ts';

const instants = sql`
  select scheduled_for from deliveries
  where source_id = $1 and one_of_many and scheduled_for >= $2 and scheduled_for <= $3`;

/** Instants of a window that a schedule has deliveries for. */
export async function findInstants(
  db: Db,
  scheduleId: string,
  window: { readonly from: number; readonly to: number },
): Promise<number[]> {
  const rows = await db.rows<{ scheduled_for: Date }>(instants, [
    scheduleId,
    new Date(window.from),
    new Date(window.to),
  ]);
  return rows.map(({ scheduled_for: at }) => Number(at));
}
