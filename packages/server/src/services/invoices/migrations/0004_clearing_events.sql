-- Events of test mode go with the rest of the test data. A request may not delete what was written down of effects, so this
-- answers the one question: those of its own workspace, in test mode.
create function invoices_clear_events(of_client text) returns void
language plpgsql security definer set search_path from current as $$
begin
  if current_schema() <> 'test' or not core.seated_in(current_setting('app.workspace')) then
    raise insufficient_privilege using message = 'only a workspace clears its events, and only of test mode';
  end if;
  delete from effects
  where workspace_id = current_setting('app.workspace') and service = 'invoices'
    and (of_client is null or subject = of_client);
end $$;
