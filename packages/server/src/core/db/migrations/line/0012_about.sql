-- What a request was about, where there is something to say: its idempotency key, whether it was answered from memory, and what
-- it changed in what.
alter table audit_log add column about jsonb;
