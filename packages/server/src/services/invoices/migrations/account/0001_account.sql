-- What both modes of a team have in common: its plan and its credits. Test mode reads it and can never spend any.
create table invoices_accounts (
  workspace_id text primary key default current_setting('app.workspace'),
  plan text not null default 'partner' check (plan in ('free', 'partner', 'enterprise')),
  -- Credits of a month; null is unlimited.
  included int check (included >= 0),
  purchased int not null default 0 check (purchased >= 0),
  -- Spent in this period, and set aside for documents that are being read.
  used int not null default 0 check (used >= 0),
  reserved int not null default 0 check (reserved >= 0),
  period_start timestamptz not null,
  closed_at timestamptz
);
