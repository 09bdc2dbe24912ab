-- An effect whose delivery was given up is `failed`, and `delivered` again once a replay has brought it: so it is found by its
-- state, without a look at the deliveries of all of them. Deliveries by which an owner only tries an endpoint tell nothing.
drop trigger effects_kept on effects;
create trigger effects_kept before update on effects for each row when (
  (old.state, new.state) not in (
    ('pending', 'pending'), ('pending', 'delivered'), ('pending', 'failed'), ('pending', 'unsubscribed'),
    ('unsubscribed', 'delivered'), ('delivered', 'failed'), ('failed', 'delivered'))
  or (new.workspace_id, new.id, new.service, new.name, new.disposition, new.payload, new.subject, new.request_id,
      new.key_id, new.created_at, new.seq)
    is distinct from (old.workspace_id, old.id, old.service, old.name, old.disposition, old.payload, old.subject,
      old.request_id, old.key_id, old.created_at, old.seq)
) execute function keep_effect();
create or replace function keep_effect() returns trigger language plpgsql as $$
begin
  raise check_violation using message = 'of an effect only its state changes, as its deliveries go';
end $$;

-- An event is heard of under the random part of its effect's id, a message under the id itself.
create function fail_effect() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update effects set state = 'failed'
  where workspace_id = new.workspace_id and id = 'eff_' || substring(new.source_id from '[^_]*$') and state = 'delivered';
  return null;
end $$;
create trigger deliveries_given_up after update of status on deliveries for each row
  when (new.kind in ('webhook', 'message') and new.status in ('dead_letter', 'expired')
    and old.status is distinct from new.status and new.idempotency_key not like 'test:%')
  execute function fail_effect();

create function restore_effect() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update effects set state = 'delivered'
  where workspace_id = new.workspace_id and id = 'eff_' || substring(new.source_id from '[^_]*$') and state = 'failed'
    and not exists (
      select from deliveries d
      where d.workspace_id = new.workspace_id and d.source_id = new.source_id and d.replay_of is null
        and d.kind = 'webhook' and d.id <> new.replay_of and d.status in ('dead_letter', 'expired')
        and d.idempotency_key not like 'test:%'
        and not exists (
          select from deliveries r
          where r.workspace_id = d.workspace_id and r.kind = 'webhook' and r.replay_of = d.id and r.status = 'succeeded'));
  return null;
end $$;
create trigger deliveries_replayed after update of status on deliveries for each row
  when (new.replay_of is not null and new.kind in ('webhook', 'message') and new.status = 'succeeded')
  execute function restore_effect();

update effects e set state = 'failed'
from deliveries d
where d.workspace_id = e.workspace_id and e.id = 'eff_' || substring(d.source_id from '[^_]*$') and e.state = 'delivered'
  and d.kind in ('webhook', 'message') and d.status in ('dead_letter', 'expired') and d.replay_of is null
  and d.idempotency_key not like 'test:%'
  and not exists (
    select from deliveries r where r.workspace_id = d.workspace_id and r.replay_of = d.id and r.status = 'succeeded');
