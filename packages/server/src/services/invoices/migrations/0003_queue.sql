-- How many jobs of all teams are not over.
create function invoices_waiting_jobs() returns bigint
language plpgsql stable security definer set search_path from current as $$
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system counts';
  end if;
  return (select count(*) from invoices_jobs where status = 'processing');
end $$;
