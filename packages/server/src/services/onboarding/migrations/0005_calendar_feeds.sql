-- Addresses of the calendar of launches that were handed out. The secret in them is not here: it says which row it belongs to,
-- and ends with it.
create table onboarding_calendar_feeds (
  workspace_id text not null default current_setting('app.workspace'),
  id text collate "C" not null,
  name text not null,
  mode text not null check (mode in ('live', 'test')),
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
