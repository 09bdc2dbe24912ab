-- Finding what a source has open, whatever its history; listing a source's deliveries in the order of their ids; the few
-- that ended in another way than by success; the replays of one.
create index deliveries_open on deliveries (workspace_id, source_id) where finalized_at is null;
create index deliveries_of_source on deliveries (workspace_id, source_id, id);
create index deliveries_unsuccessful on deliveries (workspace_id, status, id)
  where status in ('dead_letter', 'expired', 'canceled');
create index deliveries_replays on deliveries (workspace_id, replay_of, id) where replay_of is not null;
drop index deliveries_dead;
