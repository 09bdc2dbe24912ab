-- Events of services find the endpoints that listen. `pending`: nobody has looked yet who does. `delivered`: there is a
-- delivery for each endpoint that does; they say the rest. `unsubscribed`: nobody does.

-- Whom an event is about, where its service tells events apart by that.
alter table effects add column subject text;

alter table effects drop constraint effects_state_check;
alter table effects add constraint effects_state_check
  check (state in ('pending', 'suppressed', 'delivered', 'failed', 'unsubscribed'));

-- Until now there was no way to listen.
update effects set state = 'unsubscribed' where state = 'pending';

drop index effects_pending;
create index effects_waiting on effects (workspace_id, seq) where state = 'pending';

-- An intention is never rewritten: only what became of it is written down, and a suppressed one stays what it is. An event
-- that nobody listened to can still be handed to an endpoint whose owner asks for what it missed.
create function keep_effect() returns trigger language plpgsql as $$
begin
  raise check_violation using message = 'of an effect only its state changes, and only once';
end $$;
create trigger effects_kept before update on effects for each row when (
  (old.state, new.state) not in (
    ('pending', 'pending'), ('pending', 'delivered'), ('pending', 'failed'), ('pending', 'unsubscribed'),
    ('unsubscribed', 'delivered'))
  or (new.workspace_id, new.id, new.service, new.name, new.disposition, new.payload, new.subject, new.request_id,
      new.key_id, new.created_at, new.seq)
    is distinct from (old.workspace_id, old.id, old.service, old.name, old.disposition, old.payload, old.subject,
      old.request_id, old.key_id, old.created_at, old.seq)
) execute function keep_effect();

-- Nodes remember which services of a workspace have listening endpoints, and hear of every change here.
create function notify_webhooks_changed() returns trigger language plpgsql as $$
declare
  changed record;
begin
  if tg_op = 'DELETE' then
    changed := old;
  else
    changed := new;
  end if;
  if changed.kind = 'webhook' then
    perform pg_notify('interlock_webhooks', tg_table_schema || ' ' || changed.workspace_id || ' ' || changed.service);
  end if;
  return null;
end $$;
create trigger targets_webhooks_changed after insert or update of enabled or delete on targets
  for each row execute function notify_webhooks_changed();
create index targets_listening on targets (workspace_id, service) where kind = 'webhook' and enabled;

-- The log of an endpoint, newest first; which deliveries were made again; and what shares a message.
create index deliveries_by_target on deliveries (workspace_id, target_id, created_at desc, id desc) where kind = 'webhook';
create index deliveries_by_original on deliveries (workspace_id, replay_of) where kind = 'webhook' and replay_of is not null;
create index deliveries_by_message on deliveries (workspace_id, message_id) where kind = 'webhook';
create index deliveries_by_age on deliveries using brin (created_at) where kind = 'webhook';

-- A window: the one way in which old webhook deliveries of all workspaces go, with their attempts and bodies.
create function purge_webhook_log(before timestamptz) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed bigint;
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system purges';
  end if;
  with old as (
    delete from deliveries where kind = 'webhook' and created_at < before and finalized_at is not null
    returning workspace_id, id, message_id
  ), tried as (
    delete from attempts a using old where a.workspace_id = old.workspace_id and a.delivery_id = old.id
  )
  delete from messages m using (select distinct workspace_id, message_id from old) as o
  where m.workspace_id = o.workspace_id and m.id = o.message_id and not exists (
    select from deliveries d where d.workspace_id = o.workspace_id and d.message_id = o.message_id
      and d.kind = 'webhook' and (d.created_at >= before or d.finalized_at is null)
  );
  get diagnostics removed = row_count;
  return removed;
end $$;
