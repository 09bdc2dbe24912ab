-- The window takes from every workspace, so only the server's own loops may open it.
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
  delete from audit_log where at < audit_before;
  get diagnostics removed = row_count;
  return total + removed;
end $$;
