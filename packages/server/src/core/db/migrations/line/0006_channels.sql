-- Channels of a workspace, such as its Slack: a target of their own kind, whose version holds what it takes to log in there.
alter table targets drop constraint targets_kind_check;
alter table targets add constraint targets_kind_check check (kind in ('profile', 'webhook', 'channel'));

-- The messages of a workspace and of one of their effects.
create index deliveries_of_channels on deliveries (workspace_id, source_id, created_at desc, id desc)
  where kind in ('slack', 'email', 'stripe');
create index deliveries_of_channels_by_age on deliveries using brin (created_at)
  where kind in ('slack', 'email', 'stripe');

-- Messages are kept as long as the log of webhooks.
create or replace function purge_webhook_log(before timestamptz) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed bigint;
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system purges';
  end if;
  with old as (
    delete from deliveries where kind in ('webhook', 'slack', 'email', 'stripe') and created_at < before
      and finalized_at is not null
    returning workspace_id, id, message_id
  ), tried as (
    delete from attempts a using old where a.workspace_id = old.workspace_id and a.delivery_id = old.id
  )
  delete from messages m using (select distinct workspace_id, message_id from old) as o
  where m.workspace_id = o.workspace_id and m.id = o.message_id and not exists (
    select from deliveries d where d.workspace_id = o.workspace_id and d.message_id = o.message_id
      and (d.created_at >= before or d.finalized_at is null)
  );
  get diagnostics removed = row_count;
  return removed;
end $$;
