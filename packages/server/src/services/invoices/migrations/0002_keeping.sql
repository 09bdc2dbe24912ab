-- Workspaces that hold anything from before an instant; asked in test mode, whose data may have an end.
create function invoices_workspaces_with_data_before(moment timestamptz) returns setof text
language plpgsql security definer set search_path from current as $$
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system purges';
  end if;
  return query
    select i.workspace_id from invoices_invoices i where i.created_at < moment
    union select j.workspace_id from invoices_jobs j where j.finished_at < moment
    union select f.workspace_id from invoices_files f where f.uploaded_at < moment
    union select c.workspace_id from invoices_contacts c where c.updated_at < moment
    union select c.workspace_id from invoices_clients c where c.updated_at < moment;
end $$;

-- Workspaces whose team was closed before an instant and that still hold something.
create function invoices_workspaces_closed_before(moment timestamptz) returns setof text
language plpgsql security definer set search_path from current as $$
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system purges';
  end if;
  return query
    select a.workspace_id from shared.invoices_accounts a
    where a.closed_at < moment and exists (select from invoices_clients c where c.workspace_id = a.workspace_id);
end $$;
