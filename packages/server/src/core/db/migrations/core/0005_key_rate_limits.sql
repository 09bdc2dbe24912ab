-- A key may be held to fewer requests than its plan allows; null: the plan alone decides.
alter table core.api_keys add column per_minute integer check (per_minute > 0);
alter table core.api_keys add column per_hour integer check (per_hour > 0);

create trigger api_keys_rate_limit_changed after update of per_minute, per_hour on core.api_keys
  for each row execute function core.notify_key_changed();
