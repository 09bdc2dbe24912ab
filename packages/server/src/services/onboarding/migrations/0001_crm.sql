-- One set of rows for both modes. `mode` is the mode of the key that made a row; it decides about nothing that is read.
-- Ids are compared byte by byte: they order lists, and no locale must change that order.

-- The last short number that each kind of resource was given in a workspace; numbers are never given twice.
create table onboarding_counters (
  workspace_id text not null default current_setting('app.workspace'),
  kind text not null check (kind in ('customer', 'contact', 'onboarding', 'task')),
  last bigint not null,
  primary key (workspace_id, kind)
);

create table onboarding_customers (
  workspace_id text not null default current_setting('app.workspace'),
  id text collate "C" not null,
  display_id bigint not null,
  name text not null,
  slug text collate "C" not null,
  domain text collate "C",
  status text not null check (status in ('onboarding', 'active', 'at_risk', 'churned', 'archived')),
  plan text,
  mrr bigint check (mrr >= 0),
  monthly_orders bigint check (monthly_orders >= 0),
  health_score int check (health_score between 0 and 100),
  hubspot_company_id text,
  hubspot_deal_id text,
  stripe_customer_id text collate "C",
  intercom_company_id text,
  slack_channel_id text,
  -- As text it comes back as it was written, in the order of its keys.
  metadata json not null default '{}',
  mode text not null check (mode in ('live', 'test')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, display_id)
);
-- Whoever is deleted gives the slug back.
create unique index onboarding_customers_slug on onboarding_customers (workspace_id, slug) where deleted_at is null;
create index onboarding_customers_newest on onboarding_customers (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index onboarding_customers_by_status on onboarding_customers (workspace_id, status, created_at desc, id desc)
  where deleted_at is null;
create index onboarding_customers_by_domain on onboarding_customers (workspace_id, domain)
  where deleted_at is null and domain is not null;

create table onboarding_contacts (
  workspace_id text not null default current_setting('app.workspace'),
  id text collate "C" not null,
  display_id bigint not null,
  customer_id text collate "C" not null,
  name text not null,
  email text collate "C" not null,
  title text,
  is_primary boolean not null,
  labels jsonb not null default '[]',
  metadata json not null default '{}',
  mode text not null check (mode in ('live', 'test')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, display_id)
);
create unique index onboarding_contacts_email on onboarding_contacts (workspace_id, customer_id, email)
  where deleted_at is null;
create unique index onboarding_contacts_primary on onboarding_contacts (workspace_id, customer_id)
  where is_primary and deleted_at is null;
create index onboarding_contacts_newest on onboarding_contacts (workspace_id, customer_id, created_at desc, id desc)
  where deleted_at is null;

create table onboarding_onboardings (
  workspace_id text not null default current_setting('app.workspace'),
  id text collate "C" not null,
  display_id bigint not null,
  customer_id text collate "C" not null,
  template_id text,
  name text,
  phase text not null check (phase in ('before_getting_started', 'program_design', 'review', 'program_buildout',
    'internal_qa', 'launch', 'completed')),
  state text not null check (state in ('active', 'paused', 'at_risk', 'waiting')),
  waiting_on_customer boolean not null,
  started_at timestamptz,
  completed_at timestamptz,
  target_launch_date timestamptz,
  csm_id text,
  se_id text,
  designer_id text,
  product_ops_id text,
  notes text,
  reminders_enabled boolean not null,
  reminder_frequency_days int not null check (reminder_frequency_days >= 1),
  -- The mode of whoever last caused the reminders: they leave in that mode, and in test mode not at all.
  reminder_mode text not null check (reminder_mode in ('live', 'test')),
  -- Null when there is nothing to be reminded of.
  next_reminder_at timestamptz,
  metadata json not null default '{}',
  mode text not null check (mode in ('live', 'test')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, display_id)
);
create index onboarding_onboardings_newest on onboarding_onboardings (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index onboarding_onboardings_by_customer
  on onboarding_onboardings (workspace_id, customer_id, created_at desc, id desc) where deleted_at is null;
create index onboarding_onboardings_by_phase on onboarding_onboardings (workspace_id, phase, created_at desc, id desc)
  where deleted_at is null;
create index onboarding_onboardings_by_state on onboarding_onboardings (workspace_id, state, created_at desc, id desc)
  where deleted_at is null;
create index onboarding_onboardings_reminders on onboarding_onboardings (reminder_mode, next_reminder_at)
  where deleted_at is null and next_reminder_at is not null;

create table onboarding_tasks (
  workspace_id text not null default current_setting('app.workspace'),
  id text collate "C" not null,
  display_id bigint not null,
  onboarding_id text collate "C" not null,
  -- A subtask has the task that it is part of; that one has none.
  parent_id text collate "C",
  title text not null,
  description text,
  assignee_id text,
  due_date timestamptz,
  customer_facing boolean not null,
  done boolean not null,
  -- The name of the key that marked it done.
  completed_by text,
  completed_at timestamptz,
  metadata json not null default '{}',
  mode text not null check (mode in ('live', 'test')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, display_id)
);
create index onboarding_tasks_newest on onboarding_tasks (workspace_id, onboarding_id, created_at desc, id desc)
  where deleted_at is null;

-- One entry for each call that changed something. Nobody edits it.
create table onboarding_activity (
  workspace_id text not null default current_setting('app.workspace'),
  id text collate "C" not null,
  at timestamptz not null,
  customer_id text collate "C" not null,
  onboarding_id text collate "C",
  contact_id text collate "C",
  task_id text collate "C",
  event_type text not null,
  actor text not null,
  actor_type text not null,
  mode text not null check (mode in ('live', 'test')),
  -- [{"field", "old_value", "new_value"}], of what changed.
  changes json not null,
  request_id text not null,
  suppressed_effects int not null,
  primary key (workspace_id, id)
);
create index onboarding_activity_newest on onboarding_activity (workspace_id, customer_id, at desc, id desc);

-- A window: which onboardings of all workspaces have a reminder of a mode due. It answers the server's own loops only.
create function onboarding_due_reminders(of_mode text, moment timestamptz, at_most int)
returns table (workspace_id text, id text)
language sql stable security definer set search_path from current as $$
  select o.workspace_id, o.id from onboarding_onboardings o
  where (select core.seated_in('system')) and o.reminder_mode = of_mode and o.deleted_at is null
    and o.next_reminder_at <= moment
  order by o.next_reminder_at limit at_most
$$;
