-- 0006 and 0007 each taught it something, and the later forgot the earlier.
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
  delete from audit_log where at < audit_before;
  get diagnostics removed = row_count;
  return total + removed;
end $$;
