-- In the order in which they are to go: where a place is freed at a target, the next in line takes it.
drop index deliveries_deferred;
create index deliveries_deferred on deliveries (workspace_id, target_id, due_at)
  where finalized_at is null and deferral in ('rate_limit', 'concurrency', 'breaker');
