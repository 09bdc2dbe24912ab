-- Events that other systems have sent to a workspace and that were taken in: what they send again is known by its id.
create table inbound_events (
  workspace_id text not null default current_setting('app.workspace'),
  service text not null,
  channel text not null,
  id text not null,
  at timestamptz not null,
  primary key (workspace_id, service, channel, id)
);
create index inbound_events_by_age on inbound_events using brin (at);

-- Kept for as long as anybody would send one again, and some time more.
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
  delete from inbound_events where at < moment - interval '45 days';
  get diagnostics removed = row_count;
  total := total + removed;
  delete from audit_log where at < audit_before;
  get diagnostics removed = row_count;
  return total + removed;
end $$;
