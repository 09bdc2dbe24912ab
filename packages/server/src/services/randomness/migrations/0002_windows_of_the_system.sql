-- What a day will publish is nobody's to read before it is published, and what has expired is not a caller's to remove:
-- these windows open for the service's own loops only.

create or replace function randomness_day_outcomes(from_ms bigint, to_ms bigint)
returns table (client_seed text, cursor bigint, nonce bigint, short_id text, server_hash text, created_ms bigint)
language sql stable security definer set search_path from current as $$
  select o.client_seed, o.cursor, o.nonce, o.short_id, o.server_hash, o.created_ms from randomness_outcomes o
  where (select core.seated_in('system')) and o.created_ms >= from_ms and o.created_ms < to_ms
  order by o.client_seed collate "C", o.cursor, o.nonce, o.short_id collate "C"
$$;

create or replace function randomness_first_outcome() returns bigint
language sql stable security definer set search_path from current as $$
  select min(created_ms) from randomness_outcomes where (select core.seated_in('system'))
$$;

create or replace function randomness_purge_commits(before_ms bigint) returns bigint
language sql security definer set search_path from current as $$
  with gone as (
    delete from randomness_commits where (select core.seated_in('system')) and expires_ms < before_ms returning 1
  )
  select count(*) from gone
$$;
