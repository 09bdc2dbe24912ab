import type { Ctx } from './contract.ts';
import type { Run } from './next-run.ts';
import { occurrenceKeyOf } from './occurrence-key.ts';
import type { NewDelivery } from './queue.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { releaseOf, type Time } from './time.ts';
import { deadlineOf } from './ttl.ts';

/** What of a schedule its deliveries take over. */
export type Source = Pick<
  ScheduleRow,
  'id' | 'kind' | 'state' | 'endpoint_id' | 'message_id' | 'ttl_ms' | 'idempotency_key'
>;

/**
 * The delivery of one occurrence: of a one-shot its only one, of a recurring schedule the one that is kept ready.
 *
 * @param occurrence its number, from 1
 */
export function composeOccurrence(
  ctx: Pick<Ctx, 'newId' | 'now'>,
  source: Source,
  run: Run,
  occurrence: number,
  time: Time,
): NewDelivery {
  const id = ctx.newId('dlv');
  const recurring = source.kind === 'recurring';
  const { held, dueAt } = releaseOf(time, run.at);
  const deadline = deadlineOf(run.at, source.ttl_ms);
  return {
    id,
    source_id: source.id,
    occurrence,
    message_id: source.message_id,
    target_id: source.endpoint_id,
    held: held || source.state === 'paused',
    watched: recurring,
    one_of_many: recurring,
    scheduled_for: new Date(run.at),
    due_at: new Date(dueAt),
    deadline: deadline === null ? null : new Date(deadline),
    idempotency_key: occurrenceKeyOf(source.idempotency_key, {
      deliveryId: id,
      recurring,
      occurrence,
      scheduledFor: run.at,
    }),
    replay_of: null,
    fire_class: run.dst === 'gap_shifted' ? 'dst_shifted' : 'on_time',
    created_at: new Date(ctx.now()),
  };
}
