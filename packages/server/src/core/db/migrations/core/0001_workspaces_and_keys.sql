-- Workspaces are the organizations of better-auth, hence the quoted names.
create table core.workspaces (
  id text primary key,
  name text not null,
  slug text not null unique,
  logo text,
  metadata text,
  "createdAt" timestamptz not null default now()
);

-- Calls without a key run in this workspace, so that row policies hold for them as for any other.
insert into core.workspaces (id, name, slug) values ('anonymous', 'Anonymous callers', 'anonymous');

create table core.api_keys (
  workspace_id text not null references core.workspaces (id) on delete cascade,
  id text primary key,
  service text not null,
  mode text not null check (mode in ('live', 'test')),
  name text not null,
  scopes text[] not null,
  allowed_ips text[] not null default '{}',
  allowed_referers text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  uses bigint not null default 0
);
create index api_keys_by_workspace on core.api_keys (workspace_id, service, created_at, id);

-- A key keeps its identity through rotation: each value it has had is a row here, as a SHA-256 and nothing else.
create table core.api_key_secrets (
  workspace_id text not null,
  key_id text not null references core.api_keys (id) on delete cascade,
  hash bytea primary key check (octet_length(hash) = 32),
  last4 text not null check (length(last4) = 4),
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index api_key_secrets_by_key on core.api_key_secrets (key_id);

-- What happened to a key: created, rotated, revoked, edited, and calls that its allowlists refused.
create table core.key_activity (
  workspace_id text not null,
  id bigint generated always as identity primary key,
  key_id text not null,
  at timestamptz not null default now(),
  event text not null,
  detail jsonb not null default '{}'
);
create index key_activity_by_key on core.key_activity (workspace_id, key_id, id);

create function core.notify_key_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('interlock_keys', coalesce(new.id, old.id));
  return null;
end $$;

-- Only what decides about access: the batched last_used_at must not wake every node.
create trigger api_keys_changed after update of revoked_at, expires_at, scopes, allowed_ips, allowed_referers, name
  or delete on core.api_keys for each row execute function core.notify_key_changed();

create function core.notify_secret_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('interlock_keys', coalesce(new.key_id, old.key_id));
  return null;
end $$;

create trigger api_key_secrets_changed after insert or update or delete on core.api_key_secrets
  for each row execute function core.notify_secret_changed();
