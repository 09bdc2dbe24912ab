create table invoices_clients (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  name text not null check (length(name) between 1 and 200),
  company_code text,
  vat_code text,
  country text,
  email text,
  external_id text,
  default_currency text,
  status text not null default 'active' check (status in ('active', 'archived')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index invoices_clients_by_external_id on invoices_clients (workspace_id, external_id);
create index invoices_clients_by_age on invoices_clients (workspace_id, created_at, id);

create table invoices_contacts (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  client_id text,
  name text not null check (length(name) between 1 and 200),
  name_key text not null,
  kind text not null check (kind in ('company', 'person')),
  roles text[] not null default '{}',
  company_code text,
  vat_code text,
  tax_code text,
  email text,
  phone text,
  website text,
  country text,
  address jsonb,
  bank_accounts jsonb not null default '[]',
  payment_terms_days int check (payment_terms_days between 0 and 365),
  external_id text,
  source text not null check (source in ('api', 'dashboard', 'extracted', 'fixture')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, client_id) references invoices_clients on delete cascade
);
create unique index invoices_contacts_by_external_id on invoices_contacts (workspace_id, external_id);
create unique index invoices_contacts_by_company
  on invoices_contacts (workspace_id, coalesce(client_id, ''), country, company_code)
  where company_code is not null and country is not null;
create index invoices_contacts_by_name on invoices_contacts (workspace_id, name_key);
create index invoices_contacts_by_vat on invoices_contacts (workspace_id, vat_code) where vat_code is not null;
create index invoices_contacts_by_age on invoices_contacts (workspace_id, created_at, id);

-- A file as it was uploaded. Its bytes lie in the file store under its id; `removed_at` asks for them to be taken away.
create table invoices_files (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  client_id text not null,
  name text not null,
  content_type text not null,
  size_bytes int not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  page_count int,
  uploaded_at timestamptz not null,
  removed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, client_id) references invoices_clients on delete cascade
);
create index invoices_files_by_sha on invoices_files (workspace_id, client_id, sha256);
create index invoices_files_by_age on invoices_files (uploaded_at);

create table invoices_jobs (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  kind text not null check (kind in ('ingest', 'reprocess')),
  status text not null check (status in ('processing', 'completed', 'failed')),
  stage text not null,
  client_id text not null,
  invoice_id text,
  file_id text not null,
  source_file text not null,
  source text not null check (source in ('api', 'dashboard', 'email', 'scraper')),
  hints jsonb not null default '{}',
  -- What the upload said besides the file: the contacts, tags and notes that its invoice is to have.
  given jsonb not null default '{}',
  scenario text,
  attempt int not null default 0,
  -- Of this job, and still set aside.
  credits_charged int not null default 0,
  credits_reserved int not null default 0,
  error jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  due_at timestamptz,
  lease_until timestamptz,
  lease_token bigint not null default 0,
  primary key (workspace_id, id),
  foreign key (workspace_id, client_id) references invoices_clients on delete cascade,
  check ((status = 'processing') = (finished_at is null)),
  check ((status = 'processing') = (due_at is not null))
);
create index invoices_jobs_due on invoices_jobs (due_at) where status = 'processing';
create index invoices_jobs_waiting on invoices_jobs (workspace_id) where status = 'processing';
create index invoices_jobs_by_age on invoices_jobs (workspace_id, created_at desc, id desc);
create index invoices_jobs_finished on invoices_jobs (finished_at) where finished_at is not null;

create table invoices_invoices (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  client_id text not null,
  job_id text not null,
  file_id text,
  status text not null check (status in ('processing', 'processed', 'failed')),
  review_status text not null check (review_status in ('needs_review', 'confirmed')),
  document_type text not null,
  direction text not null,
  source text not null,
  source_file text not null,
  external_id text,
  invoice_number text,
  issue_date date,
  due_date date,
  currency text,
  gross numeric,
  seller_name text,
  buyer_name text,
  seller_contact_id text,
  buyer_contact_id text,
  tags text[] not null default '{}',
  metadata jsonb not null default '{}',
  -- What the document says, and where each value was seen.
  fields jsonb not null,
  confidence jsonb not null,
  evidence jsonb not null default '{}',
  issues jsonb not null default '[]',
  validation text not null check (validation in ('passed', 'warnings', 'failed')),
  -- By what another copy of the same invoice is found: who sent it, its number, its amount.
  duplicate_key text,
  duplicate_of text,
  credits_charged int not null default 0,
  error jsonb,
  scenario text,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  processed_at timestamptz,
  primary key (workspace_id, id),
  -- A job makes one invoice, however often it runs.
  unique (workspace_id, job_id),
  foreign key (workspace_id, client_id) references invoices_clients on delete cascade,
  foreign key (workspace_id, seller_contact_id) references invoices_contacts (workspace_id, id)
    on delete set null (seller_contact_id),
  foreign key (workspace_id, buyer_contact_id) references invoices_contacts (workspace_id, id)
    on delete set null (buyer_contact_id)
);
create index invoices_by_client on invoices_invoices (workspace_id, client_id, created_at desc, id desc);
create index invoices_by_key on invoices_invoices (workspace_id, client_id, duplicate_key, created_at)
  where duplicate_key is not null;
create index invoices_by_file on invoices_invoices (workspace_id, file_id);
create index invoices_by_seller on invoices_invoices (workspace_id, seller_contact_id);
create index invoices_by_buyer on invoices_invoices (workspace_id, buyer_contact_id);

-- Who changed what. Rows are added and never changed.
create table invoices_audit (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  action text not null,
  actor_type text not null,
  actor_id text,
  actor_label text,
  resource_type text not null,
  resource_id text,
  client_id text,
  request_id text,
  ip text,
  user_agent text,
  changes jsonb,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create index invoices_audit_by_age on invoices_audit (workspace_id, created_at desc, id desc);
create index invoices_audit_by_resource on invoices_audit (workspace_id, resource_id, created_at desc);

create function invoices_keep_audit() returns trigger language plpgsql as $$
begin
  raise check_violation using message = 'an audit row is never changed';
end $$;
create trigger invoices_audit_kept before update on invoices_audit
  for each row execute function invoices_keep_audit();

-- How accounting fields were filled for a seller, learned from what people confirmed.
create table invoices_rules (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  client_id text not null,
  seller_contact_id text not null,
  document_type text not null,
  accounting jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, client_id, seller_contact_id, document_type),
  foreign key (workspace_id, client_id) references invoices_clients on delete cascade,
  foreign key (workspace_id, seller_contact_id) references invoices_contacts on delete cascade
);

-- Windows: each answers one question that looks across workspaces.

-- Whether an id that is unknown here is somebody else's client.
create function invoices_client_is_elsewhere(wanted text) returns boolean
language sql stable security definer set search_path from current as $$
  select exists (select from invoices_clients where id = wanted and workspace_id <> current_setting('app.workspace'))
$$;

-- Takes jobs that are due, of every workspace in turn: a long queue of one never stands before another's first job.
create function invoices_claim_jobs(moment timestamptz, lease_until timestamptz, room int)
returns table (workspace_id text, id text, token bigint)
language plpgsql security definer set search_path from current as $$
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system claims jobs';
  end if;
  return query
    with waiting as (
      select j.workspace_id, j.id, row_number() over (partition by j.workspace_id order by j.due_at, j.id) as place
      from (
        select w.workspace_id, w.id, w.due_at from invoices_jobs w
        where w.status = 'processing' and w.due_at <= moment and (w.lease_until is null or w.lease_until <= moment)
        order by w.due_at limit 1000
      ) j
    ), chosen as (
      select j.workspace_id, j.id from invoices_jobs j join waiting w on w.workspace_id = j.workspace_id and w.id = j.id
      where j.status = 'processing' and (j.lease_until is null or j.lease_until <= moment)
      order by w.place, j.due_at limit room for update of j skip locked
    )
    update invoices_jobs j set lease_until = invoices_claim_jobs.lease_until, lease_token = j.lease_token + 1,
      attempt = j.attempt + 1, started_at = coalesce(j.started_at, moment), stage = 'extract'
    from chosen c where j.workspace_id = c.workspace_id and j.id = c.id
    returning j.workspace_id, j.id, j.lease_token;
end $$;

-- What has been kept for as long as it may: jobs, and audit rows.
create function invoices_purge(jobs_before timestamptz, audit_before timestamptz) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed bigint;
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system purges';
  end if;
  delete from invoices_audit where created_at < audit_before;
  delete from invoices_jobs where finished_at < jobs_before;
  get diagnostics removed = row_count;
  return removed;
end $$;

-- Workspaces that hold files whose time is over, or whose bytes are to be taken away.
create function invoices_workspaces_with_old_files(uploaded_before timestamptz) returns setof text
language plpgsql security definer set search_path from current as $$
begin
  if not core.seated_in('system') then
    raise insufficient_privilege using message = 'only the system sweeps';
  end if;
  return query select distinct f.workspace_id from invoices_files f
    where f.removed_at is not null or f.uploaded_at < uploaded_before;
end $$;

-- Receipts of resets of test mode, and the one that runs.
create table invoices_resets (
  workspace_id text not null default current_setting('app.workspace'),
  id text not null,
  status text not null,
  dry_run boolean not null,
  deleted jsonb not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (workspace_id, id)
);
