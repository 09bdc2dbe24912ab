create table randomness_chains (
  workspace_id text not null default current_setting('app.workspace'),
  -- Empty for the shared chains of callers without a key.
  key_id text not null,
  client_seed text not null,
  -- Encrypted; the plain seed exists only in the process that draws.
  sealed_seed bytea not null,
  server_hash text not null check (server_hash ~ '^[0-9a-f]{64}$'),
  nonce bigint not null check (nonce >= 0),
  cursor bigint not null check (cursor >= 0),
  -- Where the current seed took over.
  first_nonce bigint not null,
  created_ms bigint not null,
  primary key (workspace_id, key_id, client_seed)
) with (fillfactor = 80);
create index randomness_chains_by_seed on randomness_chains (client_seed);

create table randomness_revealed_seeds (
  workspace_id text not null default current_setting('app.workspace'),
  key_id text not null,
  client_seed text not null,
  server_hash text not null,
  server_seed text not null,
  first_nonce bigint not null,
  next_nonce bigint not null,
  cursor bigint not null,
  revealed_ms bigint not null,
  primary key (server_hash, workspace_id)
);

create table randomness_outcomes (
  workspace_id text not null default current_setting('app.workspace'),
  short_id text not null,
  key_id text not null,
  client_seed text not null,
  server_hash text not null,
  nonce bigint not null,
  cursor bigint not null,
  endpoint text not null,
  -- The canonical parameters, and the fields that the generator decided, as they were answered.
  params json not null,
  drawn json not null,
  tool_meta json,
  commit_id uuid,
  receipt text not null,
  created_ms bigint not null,
  primary key (short_id, workspace_id)
);
create index randomness_outcomes_by_chain on randomness_outcomes (client_seed, key_id, cursor, nonce);
create index randomness_outcomes_by_time on randomness_outcomes using brin (created_ms) with (pages_per_range = 16);

create table randomness_commits (
  workspace_id text not null default current_setting('app.workspace'),
  commit_id uuid not null,
  key_id text not null,
  sealed_seed bytea not null,
  server_hash text not null,
  expires_ms bigint not null,
  revealed_ms bigint,
  primary key (commit_id, workspace_id)
);
create index randomness_commits_by_expiry on randomness_commits (expires_ms);

-- The transparency log: written by the service itself, read by everybody.
create table randomness_days (
  workspace_id text not null default current_setting('app.workspace'),
  day date primary key,
  root text not null,
  leaf_count int not null,
  tree_height int not null,
  published_ms bigint not null,
  log_size int not null unique,
  log_root text not null,
  signature text not null,
  public_key text not null
);

create table randomness_day_leaves (
  workspace_id text not null default current_setting('app.workspace'),
  day date primary key,
  -- 32 bytes for each leaf, in order: kept when the outcomes themselves are deleted with their account.
  hashes bytea not null
);

-- Windows: the questions that are asked across workspaces, and nothing else. A short id, a hash and a published day
-- are public by what the service promises: the player who verifies holds no key.

create function randomness_chain_carries(seed text, hash text) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (select from randomness_chains where client_seed = seed and server_hash = hash)
$$;

create function randomness_outcomes_under(seed text, hash text)
returns table (short_id text, endpoint text, cursor bigint, nonce bigint, created_ms bigint, tool_meta json)
language sql stable security definer set search_path from current as $$
  select o.short_id, o.endpoint, o.cursor, o.nonce, o.created_ms, o.tool_meta from randomness_outcomes o
  where o.client_seed = seed and o.server_hash = hash order by o.cursor, o.nonce, o.short_id limit 1000
$$;

create function randomness_find_outcome(id text)
returns table (short_id text, client_seed text, server_hash text, nonce bigint, cursor bigint, endpoint text, params json,
  drawn json, tool_meta json, commit_id uuid, receipt text, created_ms bigint, server_seed text, is_current boolean)
language sql stable security definer set search_path from current as $$
  select o.short_id, o.client_seed, o.server_hash, o.nonce, o.cursor, o.endpoint, o.params, o.drawn, o.tool_meta,
    o.commit_id, o.receipt, o.created_ms,
    (select s.server_seed from randomness_revealed_seeds s where s.server_hash = o.server_hash limit 1),
    exists (select from randomness_chains c where c.client_seed = o.client_seed and c.server_hash = o.server_hash)
  from randomness_outcomes o where o.short_id = id
$$;

create function randomness_find_by_triple(seed text, at_cursor bigint, at_nonce bigint, from_ms bigint, to_ms bigint)
returns table (short_id text)
language sql stable security definer set search_path from current as $$
  select o.short_id from randomness_outcomes o
  where o.client_seed = seed and o.cursor = at_cursor and o.nonce = at_nonce and o.created_ms >= from_ms and o.created_ms < to_ms
  order by o.short_id limit 1
$$;

create function randomness_day_outcomes(from_ms bigint, to_ms bigint)
returns table (client_seed text, cursor bigint, nonce bigint, short_id text, server_hash text, created_ms bigint)
language sql stable security definer set search_path from current as $$
  select o.client_seed, o.cursor, o.nonce, o.short_id, o.server_hash, o.created_ms from randomness_outcomes o
  where o.created_ms >= from_ms and o.created_ms < to_ms
  order by o.client_seed collate "C", o.cursor, o.nonce, o.short_id collate "C"
$$;

create function randomness_first_outcome() returns bigint
language sql stable security definer set search_path from current as $$
  select min(created_ms) from randomness_outcomes
$$;

create function randomness_commit_exists(id uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (select from randomness_commits where commit_id = id)
$$;

-- Published days are summed, the outcomes since then are counted.
create function randomness_calls_served() returns bigint
language sql stable security definer set search_path from current as $$
  select coalesce((select sum(leaf_count) from randomness_days), 0) + (
    select count(*) from randomness_outcomes where created_ms >= coalesce(
      (select extract(epoch from max(day) + 1) * 1000 from randomness_days), 0)::bigint)
$$;

create function randomness_purge_commits(before_ms bigint) returns bigint
language sql security definer set search_path from current as $$
  with gone as (delete from randomness_commits where expires_ms < before_ms returning 1) select count(*) from gone
$$;
