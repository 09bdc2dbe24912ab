/** A database handle of somebody else's: a pool or a client of `pg`, or whatever answers like one. */
export interface GateDatabase {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** What the gate keeps in its owner's PostgreSQL, beside his tables. Safe to run at every start. */
export const gateTables = [
  `create table if not exists interlock_idempotency (
    scope text not null,
    key text not null,
    fingerprint text not null,
    holder uuid not null,
    status int,
    headers jsonb,
    body text,
    claimed_until timestamptz not null,
    expires_at timestamptz not null,
    primary key (scope, key)
  )`,
  `create index if not exists interlock_idempotency_by_expiry on interlock_idempotency (expires_at)`,
  `create table if not exists interlock_effects (
    id uuid primary key,
    workspace_id text not null,
    mode text not null check (mode in ('live', 'test')),
    name text not null,
    payload jsonb not null,
    state text not null check (state in ('suppressed', 'pending', 'delivered', 'failed')),
    attempts int not null default 0,
    due_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    error text
  )`,
  `create index if not exists interlock_effects_due on interlock_effects (due_at) where state = 'pending'`,
];
