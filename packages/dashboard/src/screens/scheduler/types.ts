export interface Schedule {
  readonly id: string;
  readonly kind: 'one_shot' | 'recurring';
  readonly state: string;
  readonly endpoint: string;
  readonly endpoint_id: string | null;
  readonly method: string;
  readonly cron: string | null;
  readonly timezone: string | null;
  readonly fire_at: string | null;
  readonly next_fire_at: string | null;
  readonly next_runs: readonly string[];
  readonly signed: boolean;
  readonly body_bytes: number;
  readonly created_at: string;
}

export interface Delivery {
  readonly id: string;
  readonly schedule_id: string;
  readonly status: string;
  readonly scheduled_for: string;
  readonly next_fire_at: string | null;
  readonly attempt_count: number;
  readonly last_status_code: number | null;
  readonly fire_class: string;
  readonly dead_letter_reason: string | null;
  readonly deferral: string | null;
  readonly dispatch_latency_ms: number | null;
  readonly replay_of: string | null;
  readonly finalized_at: string | null;
}

export interface Attempt {
  readonly id: string;
  readonly attempt: number;
  readonly kind: string;
  readonly outcome: string;
  readonly status_code: number | null;
  readonly error_code: string | null;
  readonly started_at: string | null;
  readonly duration_ms: number | null;
  readonly response_body: string | null;
}

export interface Endpoint {
  readonly id: string;
  readonly name: string | null;
  readonly url: string;
  readonly method: string;
  readonly breaker_state: 'closed' | 'open' | 'half_open';
  readonly rate_limit: { readonly rate: number; readonly burst: number } | null;
  readonly retry_budget: { readonly rate: number; readonly burst: number } | null;
  readonly max_in_flight: number | null;
  readonly version: number;
  readonly archived: boolean;
  readonly created_at: string;
}

export interface SloWindow {
  readonly window: string;
  readonly n: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
  readonly met: boolean | 'insufficient_data';
  readonly excluded: Readonly<Record<string, number>>;
  readonly unfiltered: {
    readonly n: number;
    readonly p50_ms: number | null;
    readonly p99_ms: number | null;
    readonly max_ms: number | null;
  };
  readonly overdue_unfired: number;
  readonly early_fires: number;
}

export interface Slo {
  readonly definition: string;
  readonly target_ms: number;
  readonly generated_at: string;
  readonly windows: readonly SloWindow[];
}

export interface TestClock {
  readonly state: 'running' | 'frozen';
  readonly now: string;
  readonly frozen_at: string | null;
  readonly released?: number | null;
}
