-- Effects come in order of time, so a summary of pages finds the old ones.
create index effects_by_age on effects using brin (created_at);

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
  -- What is pending has not left yet, however old it is.
  delete from effects where created_at < audit_before and state <> 'pending';
  get diagnostics removed = row_count;
  total := total + removed;
  delete from audit_log where at < audit_before;
  get diagnostics removed = row_count;
  return total + removed;
end $$;
