import { sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';

// One that is due and leased may be on the wire at this moment: that attempt is made, and no other.
const cancelAll = sql`
  update deliveries set
    cancel_requested = true,
    status = case when lease_owner is not null and due_at <= $2 then status else 'canceled' end,
    finalized_at = case when lease_owner is not null and due_at <= $2 then null else $2::timestamptz end,
    claimable = false,
    lease_token = case when lease_owner is not null and due_at <= $2 then lease_token else lease_token + 1 end,
    lease_owner = case when due_at <= $2 then lease_owner end,
    due_at = case when lease_owner is not null and due_at <= $2 then due_at end
  where kind = 'webhook' and target_id = $1 and finalized_at is null`;

/** Cancels what waits for an endpoint; what a node holds of it has to be withdrawn once this is committed. */
export async function cancelPending(db: Db, endpointId: string, now: number): Promise<void> {
  await db.run(cancelAll, [endpointId, new Date(now)]);
}
