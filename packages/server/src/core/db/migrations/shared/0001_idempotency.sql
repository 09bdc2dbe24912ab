-- For services whose idempotency scope does not tell the modes apart.
create table idempotency_keys (
  workspace_id text not null,
  service text not null,
  scope text not null,
  key text not null,
  fingerprint bytea not null,
  status int,
  content_type text,
  body text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, service, scope, key)
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);
