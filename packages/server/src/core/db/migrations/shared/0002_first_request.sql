-- The request that a stored answer was first given to.
alter table idempotency_keys add column request_id text;
