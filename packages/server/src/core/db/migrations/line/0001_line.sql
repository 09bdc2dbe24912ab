-- What the line itself writes for every service, in the schema of the mode that caused it.

create table idempotency_keys (
  workspace_id text not null,
  service text not null,
  scope text not null,
  key text not null,
  fingerprint bytea not null,
  status int,
  content_type text,
  body text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, service, scope, key)
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);

create table effects (
  workspace_id text not null,
  id text not null,
  service text not null,
  name text not null,
  disposition text not null check (disposition in ('deliver', 'suppress')),
  -- What leaves, or what would have left.
  payload jsonb not null,
  state text not null check (state in ('pending', 'suppressed', 'delivered', 'failed')),
  request_id text not null,
  key_id text,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  -- A suppressed effect never becomes one that may leave.
  check ((disposition = 'suppress') = (state = 'suppressed'))
);
create index effects_by_time on effects (workspace_id, created_at, id);
create index effects_pending on effects (created_at) where state = 'pending';

create table audit_log (
  workspace_id text not null,
  id text not null,
  at timestamptz not null,
  service text not null,
  operation text,
  method text not null,
  route text not null,
  status int not null,
  code text,
  duration_us int not null,
  request_id text not null,
  caller text not null,
  key_id text,
  actor text,
  address text not null,
  -- Names of suppressed effects and, where the mode keeps no outbox, the payloads that would have left.
  suppressed jsonb,
  primary key (workspace_id, at, id)
);

create table quota_usage (
  workspace_id text not null,
  service text not null,
  day date not null,
  reserved bigint not null default 0,
  primary key (workspace_id, service, day)
);

-- A window: the one way in which expired rows of all workspaces go, asked by the mode's own role.
create function purge_expired(moment timestamptz, audit_before timestamptz) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed bigint;
  total bigint := 0;
begin
  delete from idempotency_keys where expires_at <= moment;
  get diagnostics removed = row_count;
  total := total + removed;
  delete from audit_log where at < audit_before;
  get diagnostics removed = row_count;
  return total + removed;
end $$;
