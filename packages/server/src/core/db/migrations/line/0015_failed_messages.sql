-- The deliveries of messages are of the kind of their channel, so none was of the kind that these triggers looked for: an effect
-- whose message was given up stayed `delivered`.
drop trigger deliveries_given_up on deliveries;
create trigger deliveries_given_up after update of status on deliveries for each row
  when (new.kind in ('webhook', 'slack', 'email', 'stripe') and new.status in ('dead_letter', 'expired')
    and old.status is distinct from new.status and new.idempotency_key not like 'test:%')
  execute function fail_effect();
drop trigger deliveries_replayed on deliveries;
create trigger deliveries_replayed after update of status on deliveries for each row
  when (new.replay_of is not null and new.kind in ('webhook', 'slack', 'email', 'stripe') and new.status = 'succeeded')
  execute function restore_effect();

update effects e set state = 'failed'
from deliveries d
where d.workspace_id = e.workspace_id and d.source_id = e.id and e.state = 'delivered' and d.kind in ('slack', 'email', 'stripe')
  and d.status in ('dead_letter', 'expired') and d.replay_of is null
  and not exists (
    select from deliveries r where r.workspace_id = d.workspace_id and r.replay_of = d.id and r.status = 'succeeded');
