-- Deliveries of schedules: what a schedule has open, whatever its history; all of a schedule, and the few that ended in another
-- way than by success, in the order of their ids; the replays of one.
create index deliveries_open on deliveries (workspace_id, source_id) where kind = 'schedule' and finalized_at is null;
create index deliveries_of_schedule on deliveries (workspace_id, source_id, id) where kind = 'schedule';
create index deliveries_unsuccessful on deliveries (workspace_id, status, id)
  where kind = 'schedule' and status in ('dead_letter', 'expired', 'canceled');
create index deliveries_replays on deliveries (workspace_id, replay_of, id)
  where kind = 'schedule' and replay_of is not null;
drop index deliveries_dead;
