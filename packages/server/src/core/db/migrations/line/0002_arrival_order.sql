-- Rows are written some time after the instant they carry: in batches, or when their request commits. A walk through
-- the pages of such a log is therefore bounded by the order of arrival. `seq` is that order; whoever inserts holds a
-- shared lock of his workspace until he commits, so whoever takes the exclusive one for a moment knows that every row
-- up to the largest `seq` he sees is there, and that every later row will have a larger one.
create function hold_arrivals() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(tg_relid::integer, hashtext(current_setting('app.workspace', true)));
  return null;
end $$;

alter table audit_log add column seq bigint generated always as identity;
create index audit_log_by_arrival on audit_log (workspace_id, seq);
create trigger audit_log_arrivals before insert on audit_log for each statement execute function hold_arrivals();

alter table effects add column seq bigint generated always as identity;
create index effects_by_arrival on effects (workspace_id, seq);
create trigger effects_arrivals before insert on effects for each statement execute function hold_arrivals();
