-- What people look for among much that is like itself: requests that held something back, effects that failed or were kept in.
-- Where nothing of the kind is written, these cost nothing; without them, 0.6 s in a log of a million rows.
create index audit_log_suppressed on audit_log (workspace_id, at, id) where suppressed is not null;
create index effects_kept_in on effects (workspace_id, state, created_at, id) where state in ('suppressed', 'failed');
