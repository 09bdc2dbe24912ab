-- Each client has a mailbox of its own in each mode: nobody can guess it, and no other row says of which mode a message is.
alter table invoices_clients add column mailbox text not null default replace(gen_random_uuid()::text, '-', '');
alter table invoices_clients alter column mailbox drop default;
create unique index invoices_clients_by_mailbox on invoices_clients (mailbox);

-- Whose a mailbox is.
create function invoices_find_mailbox(wanted text) returns table (workspace_id text, client_id text)
language plpgsql stable security definer set search_path from current as $$
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system looks for mailboxes';
  end if;
  return query select c.workspace_id, c.id from invoices_clients c where c.mailbox = wanted;
end $$;

-- A message that is handed in again is known by what its jobs were given.
create index invoices_jobs_by_message on invoices_jobs (workspace_id, client_id, (given ->> 'message'))
  where source = 'email';
