-- Any statement can set app.workspace, so that setting proves nothing. What the row policies believe is a seat: a MAC of
-- the workspace that only the server and this schema can compute. A transaction shows its seat in app.seat; the policies
-- of all other tables ask core.seats, whose own policy shows the one row of the seat that was shown.

create table core.seat_secret (
  key bytea not null,
  -- The two keys of HMAC-SHA256 (RFC 2104), since the server has no such function of its own.
  inner_pad bytea not null,
  outer_pad bytea not null
);

do $$
declare
  -- 488 random bits; two digests of 32 bytes fill one block of SHA-256.
  key bytea := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8'))
    || sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8'));
  inner_pad bytea := key;
  outer_pad bytea := key;
begin
  for i in 0..63 loop
    inner_pad := set_byte(inner_pad, i, get_byte(key, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(key, i) # 92);
  end loop;
  insert into core.seat_secret values (key, inner_pad, outer_pad);
end $$;

create table core.seats (
  workspace_id text primary key,
  seat text not null unique
);

create function core.seat_of(workspace text) returns text
language sql stable set search_path from current as $$
  select encode(sha256(outer_pad || sha256(inner_pad || convert_to(workspace, 'UTF8'))), 'hex') from core.seat_secret
$$;

-- Whether this transaction sits in a workspace: for windows that only the server's own loops may open.
create function core.seated_in(workspace text) returns boolean
language sql stable set search_path from current as $$
  select exists (select from core.seats where seat = current_setting('app.seat', true) and workspace_id = workspace)
$$;

-- The server's own loops work in a workspace that no key can belong to.
insert into core.seats (workspace_id, seat)
  select id, core.seat_of(id) from core.workspaces union all select 'system', core.seat_of('system');

-- Runs as the owner: whoever makes a workspace neither knows the secret nor writes seats.
create function core.seat_workspace() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'DELETE' then
    delete from core.seats where workspace_id = old.id;
  else
    insert into core.seats (workspace_id, seat) values (new.id, core.seat_of(new.id));
  end if;
  return null;
end $$;

create trigger workspaces_seated after insert or delete on core.workspaces
  for each row execute function core.seat_workspace();
