-- An instruction: this destination, at this time or on this recurrence. What is sent stands in `messages`, each occurrence
-- in `deliveries`, endpoint profiles in `targets`.
create table scheduler_schedules (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  kind text not null check (kind in ('one_shot', 'recurring')),
  state text not null default 'active' check (state in ('active', 'paused', 'canceled')),
  endpoint_id text,
  message_id text not null,
  -- One-shots: the instant, whichever way it was given.
  fire_at timestamptz,
  local_fire_at text,
  dst_adjusted boolean not null default false,
  -- Recurring ones.
  cron text,
  timezone text,
  start_at timestamptz,
  end_at timestamptz,
  max_fires int,
  overlap_policy text not null default 'allow' check (overlap_policy in ('allow', 'skip', 'buffer_one')),
  -- The one occurrence ahead of time that is a delivery already, and its number from 1; null when there are no more.
  next_fire_at timestamptz,
  next_occurrence bigint not null default 1,
  -- {"mode", "graceMs", "windowMs", "maxFires"}
  misfire_policy jsonb not null,
  ttl_ms bigint,
  idempotency_key text,
  metadata jsonb not null default '{}',
  paused_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  check ((kind = 'one_shot') = (fire_at is not null)),
  check ((kind = 'recurring') = (cron is not null))
);
create index scheduler_schedules_recurring on scheduler_schedules (workspace_id, id) where kind = 'recurring';
create index scheduler_schedules_resting on scheduler_schedules (workspace_id, state, id) where state <> 'active';
create index scheduler_schedules_by_endpoint on scheduler_schedules (workspace_id, endpoint_id, id)
  where endpoint_id is not null;
create index scheduler_schedules_by_metadata on scheduler_schedules using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

-- Test mode: the instant at which the time of a workspace's schedules stands still. No row: it is the real time.
create table scheduler_clocks (
  workspace_id text primary key default current_setting('app.workspace'),
  stands_at timestamptz not null,
  frozen_at timestamptz not null
);
