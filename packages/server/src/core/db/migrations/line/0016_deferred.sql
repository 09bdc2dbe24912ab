-- What the limits of a target make wait, without a look at all that its workspace has planned.
create index deliveries_deferred on deliveries (workspace_id, target_id)
  where finalized_at is null and deferral in ('rate_limit', 'concurrency', 'breaker');
