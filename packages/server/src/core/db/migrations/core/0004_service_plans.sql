-- A service may have plans of its own: what it says of a workspace stands before the plan of the workspace.
alter table core.workspaces add column service_plans jsonb not null default '{}';

create or replace function core.take_plan() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  new.plan := coalesce(
    (select coalesce(w.service_plans ->> new.service, w.plan) from core.workspaces w where w.id = new.workspace_id),
    'standard'
  );
  return new;
end $$;

create or replace function core.give_plan() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update core.api_keys k set plan = coalesce(new.service_plans ->> k.service, new.plan)
  where k.workspace_id = new.id and k.plan <> coalesce(new.service_plans ->> k.service, new.plan);
  return null;
end $$;

drop trigger workspaces_give_plan on core.workspaces;
create trigger workspaces_give_plan after update of plan, service_plans on core.workspaces
  for each row execute function core.give_plan();

-- For the triggers of services, which run as the owner; nobody else may call it.
create function core.set_service_plan(of_workspace text, of_service text, given text) returns void
language sql security definer set search_path from current as $$
  update core.workspaces set service_plans = service_plans || jsonb_build_object(of_service, given) where id = of_workspace
$$;
