import type { MisfirePolicy } from './misfire-policy.ts';
import type { OverlapPolicy } from './overlap.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** A schedule as its row is. */
export interface ScheduleRow {
  readonly id: string;
  readonly kind: 'one_shot' | 'recurring';
  readonly state: 'active' | 'paused' | 'canceled';
  readonly endpoint_id: string | null;
  readonly message_id: string;
  readonly fire_at: Date | null;
  readonly local_fire_at: string | null;
  readonly dst_adjusted: boolean;
  readonly cron: string | null;
  readonly timezone: string | null;
  readonly start_at: Date | null;
  readonly end_at: Date | null;
  readonly max_fires: number | null;
  readonly overlap_policy: OverlapPolicy;
  readonly next_fire_at: Date | null;
  readonly next_occurrence: number;
  readonly misfire_policy: MisfirePolicy;
  readonly ttl_ms: number | null;
  readonly idempotency_key: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly paused_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** With what it sends and what comes next, as it is shown. */
export interface ShownSchedule extends ScheduleRow {
  readonly url: string | null;
  readonly method: string | null;
  readonly header_keys: readonly string[];
  readonly body_bytes: number;
  readonly content_type: string | null;
  readonly retry_policy: RetryPolicy | null;
  readonly endpoint_method: string | null;
  readonly endpoint_retry_policy: RetryPolicy | null;
  readonly signed: boolean;
  /** The earliest occurrence ahead that has not been sent. */
  readonly pending_at: Date | null;
}
