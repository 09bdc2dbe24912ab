-- The limits of a key are those of its team's plan: whoever checks keys is told of it with the key.
create function invoices_give_plan() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform core.set_service_plan(new.workspace_id, 'invoices', new.plan);
  return null;
end $$;

create trigger invoices_accounts_opened after insert on invoices_accounts
  for each row when (new.plan <> 'partner') execute function invoices_give_plan();
create trigger invoices_accounts_plan_changed after update of plan on invoices_accounts
  for each row when (old.plan is distinct from new.plan) execute function invoices_give_plan();

select core.set_service_plan(workspace_id, 'invoices', plan) from invoices_accounts where plan <> 'partner';
