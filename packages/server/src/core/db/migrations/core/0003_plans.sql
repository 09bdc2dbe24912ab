-- The plan of a workspace decides about limits where a service names plans.
alter table core.workspaces add column plan text not null default 'standard' check (plan in ('standard', 'paid'));

-- Each key carries the plan of its workspace: whoever checks keys reads nothing else, and hears of every change of a key.
alter table core.api_keys add column plan text not null default 'standard';

create function core.take_plan() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  new.plan := coalesce((select w.plan from core.workspaces w where w.id = new.workspace_id), 'standard');
  return new;
end $$;

create trigger api_keys_take_plan before insert on core.api_keys for each row execute function core.take_plan();

create function core.give_plan() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update core.api_keys set plan = new.plan where workspace_id = new.id;
  return null;
end $$;

create trigger workspaces_give_plan after update of plan on core.workspaces
  for each row execute function core.give_plan();

create trigger api_keys_plan_changed after update of plan on core.api_keys
  for each row when (old.plan is distinct from new.plan) execute function core.notify_key_changed();
