-- The tables of better-auth with its organization plugin, under names of our own; the columns keep theirs, quoted.
create table core.people (
  id text primary key,
  name text not null,
  email text not null unique,
  "emailVerified" boolean not null default false,
  image text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create table core.sessions (
  id text primary key,
  token text not null unique,
  "userId" text not null references core.people (id) on delete cascade,
  "expiresAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "activeOrganizationId" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index sessions_by_person on core.sessions ("userId");
create index sessions_by_expiry on core.sessions ("expiresAt");

-- How a person proves who he is: with a password (scrypt), so far.
create table core.accounts (
  id text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references core.people (id) on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope text,
  password text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  unique ("providerId", "accountId")
);
create index accounts_by_person on core.accounts ("userId");

create table core.verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index verifications_by_identifier on core.verifications (identifier);

create table core.members (
  id text primary key,
  "organizationId" text not null references core.workspaces (id) on delete cascade,
  "userId" text not null references core.people (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member')),
  "createdAt" timestamptz not null default now(),
  unique ("organizationId", "userId")
);
create index members_by_person on core.members ("userId", "createdAt", id);

create table core.invitations (
  id text primary key,
  "organizationId" text not null references core.workspaces (id) on delete cascade,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'member')),
  status text not null check (status in ('pending', 'accepted', 'rejected', 'canceled')),
  "inviterId" text not null references core.people (id) on delete cascade,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now()
);
create index invitations_by_workspace on core.invitations ("organizationId", status);
create index invitations_by_email on core.invitations (email);
