-- What home draws, added up by the hour: a month costs its hours, not its requests. Rows are added when somebody looks, never
-- by a request: one counter of a workspace would hold up all that write at the same time.
create table figure_hours (
  workspace_id text not null,
  hour timestamptz not null,
  service text not null,
  requests bigint not null default 0,
  errors bigint not null default 0,
  suppressed bigint not null default 0,
  delivered bigint not null default 0,
  failed bigint not null default 0,
  primary key (workspace_id, hour, service)
);

-- How far a workspace is added up: audit rows by the order in which they arrived, because some arrive after the hour that they
-- belong to; deliveries by when they ended.
create table figure_marks (
  workspace_id text primary key,
  arrival bigint not null default 0,
  ended_before timestamptz not null default 'epoch'
);

-- Few of many, and home asks for the newest of them again and again.
create index audit_log_failures on audit_log (workspace_id, at, id, status) where status >= 400;

-- What narrows the log, as one small sketch for every 32 pages: 1.7 MB for a million rows, where a tree for each column took a
-- hundred times that, and would be written to by every request.
create index audit_log_by_filter on audit_log using brin (
  request_id text_bloom_ops (n_distinct_per_range = 1500),
  key_id text_bloom_ops (n_distinct_per_range = 200),
  route text_bloom_ops (n_distinct_per_range = 200),
  code text_bloom_ops (n_distinct_per_range = 64),
  service text_bloom_ops (n_distinct_per_range = 16)
) with (pages_per_range = 32, autosummarize = on);

-- All that a request caused is asked for with each look at it.
create index effects_by_filter on effects using brin (
  request_id text_bloom_ops (n_distinct_per_range = 1500),
  name text_bloom_ops (n_distinct_per_range = 64),
  service text_bloom_ops (n_distinct_per_range = 16)
) with (pages_per_range = 32, autosummarize = on);

create or replace function purge_expired(moment timestamptz, audit_before timestamptz) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed bigint;
  total bigint := 0;
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system purges';
  end if;
  delete from idempotency_keys where expires_at <= moment;
  get diagnostics removed = row_count;
  total := total + removed;
  -- Kept for as long as anybody would send one again, and some time more.
  delete from inbound_events where at < moment - interval '45 days';
  get diagnostics removed = row_count;
  total := total + removed;
  -- What is pending has not left yet, however old it is.
  delete from effects where created_at < audit_before and state <> 'pending';
  get diagnostics removed = row_count;
  total := total + removed;
  delete from figure_hours where hour < audit_before;
  get diagnostics removed = row_count;
  total := total + removed;
  delete from audit_log where at < audit_before;
  get diagnostics removed = row_count;
  return total + removed;
end $$;
