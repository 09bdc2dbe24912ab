-- What the limits of a target make wait, in the order in which it is to go: without a look at all that its workspace has
-- planned, a changed limit lets it go, and where a place is freed the next in line takes it.
create index deliveries_deferred on deliveries (workspace_id, target_id, due_at)
  where finalized_at is null and deferral in ('rate_limit', 'concurrency', 'breaker');
