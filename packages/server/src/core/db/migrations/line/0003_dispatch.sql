-- What leaves through the dispatcher, in the schema of the mode that caused it. Everything that waits to be sent, is being
-- sent or was sent is a delivery; what it carries and where it goes stand beside it in rows that never change, so that the
-- retries of a delivery send what its first attempt sent.

-- Where deliveries go, with how much that place may be sent: endpoint profiles of the scheduler, endpoints of webhooks.
create table targets (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  service text not null,
  kind text not null check (kind in ('profile', 'webhook')),
  name text check (length(name) between 1 and 100),
  -- Which of its versions is current.
  version int not null default 1,
  -- Requests to it, and retries: {"rate": tokens a second, "burst": tokens}.
  rate_limit jsonb,
  retry_budget jsonb,
  breaker_policy jsonb,
  max_in_flight int check (max_in_flight between 1 and 1000),
  -- What all nodes know of it: {"bucket", "budget", "breaker"}.
  state jsonb not null default '{}',
  metadata jsonb not null default '{}',
  archived boolean not null default false,
  -- Webhooks: what it hears of, whether it still does, and why not.
  events text[] not null default '{}',
  subject text,
  test_mode boolean not null default false,
  description text,
  enabled boolean not null default true,
  disabled_reason text,
  disabled_at timestamptz,
  health jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create unique index targets_by_name on targets (workspace_id, service, kind, name);

create table target_versions (
  workspace_id text not null default current_setting('app.workspace'),
  target_id text not null,
  version int not null,
  url text not null,
  method text,
  -- Encrypted; only the names are ever shown.
  sealed_headers bytea,
  header_keys text[] not null default '{}',
  retry_policy jsonb,
  timeout_ms int,
  primary key (workspace_id, target_id, version),
  foreign key (workspace_id, target_id) references targets on delete cascade
);

-- What is sent. Shared by all deliveries of a schedule until somebody edits it, which makes a new one.
create table messages (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  -- Null where the target decides.
  url text,
  method text,
  sealed_headers bytea,
  header_keys text[] not null default '{}',
  sealed_body bytea,
  body_bytes int not null default 0,
  content_type text,
  retry_policy jsonb,
  primary key (workspace_id, id)
);

create table deliveries (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  service text not null,
  kind text not null,
  -- What it is an occurrence of: a schedule, or the event of a webhook.
  source_id text not null,
  -- Which occurrence of a recurring source, from 1.
  occurrence bigint not null default 1,
  message_id text not null,
  target_id text,
  target_version int,
  -- Webhooks: the type of the event.
  event_type text,
  status text not null default 'scheduled'
    check (status in ('scheduled', 'retrying', 'succeeded', 'dead_letter', 'expired', 'canceled')),
  -- Whether a node may take it. Kept beside the columns it follows from, because the indexes of the claim live on it.
  claimable boolean not null default true,
  held boolean not null default false,
  -- Whether its service is told when it is claimed for its first attempt: occurrences of recurring sources.
  watched boolean not null default false,
  cancel_requested boolean not null default false,
  scheduled_for timestamptz not null,
  -- When the next attempt is due; null in the end.
  due_at timestamptz,
  deadline timestamptz,
  attempt_count int not null default 0,
  last_status_code int,
  idempotency_key text not null,
  replay_of text,
  fire_class text not null default 'on_time',
  coalesced_count int,
  coalesced_from timestamptz,
  -- Why an attempt is or was held back: last, and before the first attempt.
  deferral text,
  first_deferral text,
  paused_when_due boolean not null default false,
  dead_letter_reason text,
  -- Whether the node that made the last attempt died over it.
  after_loss boolean not null default false,
  -- The first byte of the first attempt.
  fired_at timestamptz,
  lease_owner text,
  -- Grows with every claim and whenever a claim is taken back: an older holder can record nothing any more.
  lease_token bigint not null default 0,
  created_at timestamptz not null default now(),
  finalized_at timestamptz,
  primary key (workspace_id, id),
  check ((due_at is null) = (finalized_at is not null)),
  check (finalized_at is null or status not in ('scheduled', 'retrying'))
) with (fillfactor = 70);
create index deliveries_due on deliveries (due_at) where claimable;
-- For a workspace with a backlog, which is taken from apart so that it stands in nobody's way.
create index deliveries_due_by_workspace on deliveries (workspace_id, due_at) where claimable;
create index deliveries_leased on deliveries (lease_owner, target_id) where lease_owner is not null;
-- An occurrence exists once, however often it is made.
create unique index deliveries_by_source on deliveries (workspace_id, source_id, scheduled_for, coalesce(target_id, ''))
  where replay_of is null;
create index deliveries_dead on deliveries (workspace_id, id) where status = 'dead_letter';

create table attempts (
  workspace_id text not null default current_setting('app.workspace'),
  delivery_id text not null,
  attempt int not null,
  id text not null,
  kind text not null check (kind in ('initial', 'retry', 'reclaim')),
  outcome text not null check (outcome in ('succeeded', 'retryable', 'terminal', 'lost')),
  status_code int,
  error_code text,
  started_at timestamptz,
  fired_at timestamptz,
  completed_at timestamptz,
  response_headers jsonb,
  -- The first 4 KB of an answer that was not 2xx.
  response_body text,
  -- Seconds, when they were honoured.
  retry_after int,
  node text not null,
  primary key (workspace_id, delivery_id, attempt)
);

create table signing_secrets (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  service text not null,
  -- What it signs for: everything of the workspace and service, one target, or one source such as a schedule.
  scope text not null check (scope in ('workspace', 'target', 'source')),
  scope_id text not null default '',
  sealed bytea not null,
  created_at timestamptz not null default now(),
  -- The end of the overlap after a rotation.
  retires_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);
create index signing_secrets_by_scope on signing_secrets (workspace_id, service, scope, scope_id) where revoked_at is null;

-- The processes that send; one that has not been seen for a while has lost its leases.
create table dispatch_nodes (
  node text primary key,
  seen_at timestamptz not null default clock_timestamp()
);
