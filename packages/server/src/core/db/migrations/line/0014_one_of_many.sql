-- An occurrence of a recurring schedule and an event for an endpoint exist once, however often they are made. The delivery of a
-- one-shot or of a message is the only one of its source, and so are replays: an index that has nothing to refuse there was
-- written with every claim and every end, which took a quarter of the time that PostgreSQL has for a delivery.
alter table deliveries add column one_of_many boolean not null default true;
alter table deliveries alter column one_of_many set default false;
update deliveries set one_of_many = false where replay_of is not null;
drop index deliveries_by_source;
create unique index deliveries_by_source on deliveries (workspace_id, source_id, scheduled_for, coalesce(target_id, ''))
  where one_of_many;

create or replace function restore_effect() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update effects set state = 'delivered'
  where workspace_id = new.workspace_id and id = 'eff_' || substring(new.source_id from '[^_]*$') and state = 'failed'
    and not exists (
      select from deliveries d
      where d.workspace_id = new.workspace_id and d.source_id = new.source_id and d.one_of_many
        and d.kind = 'webhook' and d.id <> new.replay_of and d.status in ('dead_letter', 'expired')
        and d.idempotency_key not like 'test:%'
        and not exists (
          select from deliveries r
          where r.workspace_id = d.workspace_id and r.kind = 'webhook' and r.replay_of = d.id and r.status = 'succeeded'));
  return null;
end $$;
