-- What customers and onboardings are found by: the words of a customer, of its people and of the notes about it, and facets,
-- which are fields with their values. One row for each that is not deleted, kept by triggers, so that no way of writing a
-- customer can forget it.
create table onboarding_documents (
  workspace_id text not null default current_setting('app.workspace'),
  kind text not null check (kind in ('customer', 'onboarding')),
  id text collate "C" not null,
  created_at timestamptz not null,
  terms tsvector not null,
  primary key (workspace_id, kind, id)
);
create index onboarding_documents_newest on onboarding_documents (workspace_id, kind, created_at desc, id desc);
-- Every term begins with its workspace, so that the index leads there like all others. What was just written waits in a list,
-- which makes imports faster; each search reads through it, so it is kept short.
create index onboarding_documents_terms on onboarding_documents using gin (terms)
  with (fastupdate = on, gin_pending_list_limit = 512);

-- Of a workspace the first eight digits of its hash; that two share them costs time and mixes nothing.
create function onboarding_seat_digits(workspace text) returns text
language sql immutable parallel safe as $$ select left(encode(sha256(convert_to(workspace, 'UTF8')), 'hex'), 8) $$;

-- A text without case and accents. Letters that no decomposition takes apart are written out. The collation is said, because
-- a text that stands beside a slug would bring the slug's, in which only ASCII has cases.
create function onboarding_plain(said text) returns text
language sql immutable parallel safe as $$
  select replace(replace(replace(replace(
    translate(
      regexp_replace(normalize(lower(said collate "default"), NFKD),
        '[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0670\u1ab0-\u1aff\u20d0-\u20ff\u3099\u309a]', '', 'g'),
      'øłđðıħŧς', 'olddihtσ'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

-- The words of a text, each behind the digits of its workspace. What is longer than words are is cut, since a term has a limit.
-- In one expression: a query for each text took ten times as long.
create function onboarding_words(digits text, said text) returns text[]
language sql immutable parallel safe as $$
  select array_remove(string_to_array(
    btrim(regexp_replace((' ' ||
      case when octet_length(said) < 1000 then onboarding_plain(said)
        else regexp_replace(onboarding_plain(said) collate "default", '([[:alnum:]]{60})[[:alnum:]]+', '\1', 'g') end)
      collate "default", '[^[:alnum:]]+', ' ' || digits, 'g')), ' '), digits)
$$;

-- Addresses and hosts as one word each besides: `anna@aurora.com` as annaauroracom, which few have, while com is everybody's.
create function onboarding_joined(said text) returns text
language sql immutable parallel safe as $$
  select regexp_replace(said collate "default", '[^[:alnum:][:space:]]+', '', 'g')
$$;

-- A facet may be long, or hold any character: its hash stands for it. No word has a `#`.
create function onboarding_facet(digits text, facet text) returns text
language sql immutable parallel safe as $$
  select digits || '#' || left(encode(sha256(convert_to(facet, 'UTF8')), 'hex'), 32)
$$;

-- Each key of metadata whose value is no object and no list, as `metadata.key=value` with the value as JSON writes it.
create function onboarding_metadata_facets(digits text, metadata json) returns text[]
language sql immutable parallel safe as $$
  select case when metadata::text = '{}' then '{}' else
    array(select onboarding_facet(digits, 'metadata.' || key || '=' || value::text) from json_each(metadata)
      where json_typeof(value) in ('string', 'number', 'boolean', 'null')) end
$$;

-- What a customer says itself, and what others say of it.
create function onboarding_customer_terms(c onboarding_customers, of_others text) returns tsvector
language plpgsql immutable parallel safe as $$
declare digits text := onboarding_seat_digits(c.workspace_id);
begin
  return array_to_tsvector(
    onboarding_words(digits,
      concat_ws(' ', c.name, c.slug, c.domain, onboarding_joined(concat_ws(' ', c.name, c.domain)), of_others))
    || onboarding_facet(digits, 'status=' || c.status) || onboarding_facet(digits, 'slug=' || c.slug)
    || onboarding_metadata_facets(digits, c.metadata));
end $$;

-- What a person adds.
create function onboarding_said_by(p onboarding_contacts) returns text
language sql immutable parallel safe as $$
  select concat_ws(' ', p.name, p.email, onboarding_joined(p.email || ' ' || split_part(p.email, '@', 2)))
$$;

-- The people and the notes of a customer.
create function onboarding_said_of(c onboarding_customers) returns text
language sql stable as $$
  select concat_ws(' ',
    (select string_agg(onboarding_said_by(p), ' ') from onboarding_contacts p
     where p.workspace_id = c.workspace_id and p.customer_id = c.id and p.deleted_at is null),
    (select string_agg(o.notes, ' ') from onboarding_onboardings o
     where o.workspace_id = c.workspace_id and o.customer_id = c.id and o.deleted_at is null))
$$;

create function onboarding_onboarding_terms(o onboarding_onboardings) returns tsvector
language plpgsql immutable parallel safe as $$
declare digits text := onboarding_seat_digits(o.workspace_id);
begin
  return array_to_tsvector(onboarding_metadata_facets(digits, o.metadata)
    || onboarding_facet(digits, 'customer=' || o.customer_id) || onboarding_facet(digits, 'phase=' || o.phase)
    || onboarding_facet(digits, 'state=' || o.state));
end $$;

insert into onboarding_documents (workspace_id, kind, id, created_at, terms)
  select c.workspace_id, 'customer', c.id, c.created_at, onboarding_customer_terms(c, onboarding_said_of(c))
  from onboarding_customers c where c.deleted_at is null;
insert into onboarding_documents (workspace_id, kind, id, created_at, terms)
  select o.workspace_id, 'onboarding', o.id, o.created_at, onboarding_onboarding_terms(o)
  from onboarding_onboardings o join onboarding_customers c on c.workspace_id = o.workspace_id and c.id = o.customer_id
  where o.deleted_at is null and c.deleted_at is null;

-- Triggers see the rows of a whole statement, so that an import pays once for each customer, however many people come with it.
-- Their plans are kept for the session, whatever size its first statement had. What is right for one row and for a thousand is
-- said, therefore: rows of one statement are joined by hash, and documents found by their key one after the other.

create function onboarding_document_customers() returns trigger
language plpgsql set search_path from current as $$
begin
  insert into onboarding_documents (workspace_id, kind, id, created_at, terms)
    select c.workspace_id, 'customer', c.id, c.created_at, onboarding_customer_terms(c, '')
    from made c where c.deleted_at is null;
  return null;
end $$;
create trigger onboarding_customers_made after insert on onboarding_customers
  referencing new table as made for each statement execute function onboarding_document_customers();

create function onboarding_document_changed_customers() returns trigger
language plpgsql set search_path from current set enable_nestloop = off set enable_seqscan = off as $$
declare c onboarding_customers;
begin
  for c in
    select a.* from after a join before b on b.workspace_id = a.workspace_id and b.id = a.id
    where (a.name, a.slug, a.domain, a.status, a.metadata::text, a.created_at, a.deleted_at)
      is distinct from (b.name, b.slug, b.domain, b.status, b.metadata::text, b.created_at, b.deleted_at)
  loop
    if c.deleted_at is null then
      update onboarding_documents
        set terms = onboarding_customer_terms(c, onboarding_said_of(c)), created_at = c.created_at
        where workspace_id = c.workspace_id and kind = 'customer' and id = c.id;
    else
      delete from onboarding_documents where workspace_id = c.workspace_id and kind = 'customer' and id = c.id;
      -- What belongs to a deleted customer leaves the lists with it.
      delete from onboarding_documents where workspace_id = c.workspace_id and kind = 'onboarding' and id = any(array(
        select o.id from onboarding_onboardings o where o.workspace_id = c.workspace_id and o.customer_id = c.id
          and o.deleted_at is null));
    end if;
  end loop;
  return null;
end $$;
create trigger onboarding_customers_changed after update on onboarding_customers
  referencing old table as before new table as after
  for each statement execute function onboarding_document_changed_customers();

-- Whoever adds words adds them; only a change or a deletion has to read again what others say.
create function onboarding_add_words(workspace text, customer text, said text) returns void
language plpgsql as $$
begin
  update onboarding_documents
    set terms = terms || array_to_tsvector(onboarding_words(onboarding_seat_digits(workspace), said))
    where workspace_id = workspace and kind = 'customer' and id = customer;
end $$;

create function onboarding_read_again(workspace text, customer text) returns void
language plpgsql as $$
declare c onboarding_customers;
begin
  select * into c from onboarding_customers where workspace_id = workspace and id = customer;
  update onboarding_documents set terms = onboarding_customer_terms(c, onboarding_said_of(c))
    where workspace_id = workspace and kind = 'customer' and id = customer;
end $$;

create function onboarding_document_contacts() returns trigger
language plpgsql set search_path from current set enable_seqscan = off as $$
begin
  perform onboarding_add_words(m.workspace_id, m.customer_id, m.said) from (
    select workspace_id, customer_id, string_agg(onboarding_said_by(p), ' ') as said
    from made p where deleted_at is null group by 1, 2) m;
  return null;
end $$;
create trigger onboarding_contacts_made after insert on onboarding_contacts
  referencing new table as made for each statement execute function onboarding_document_contacts();

create function onboarding_document_changed_contacts() returns trigger
language plpgsql set search_path from current set enable_nestloop = off set enable_seqscan = off as $$
begin
  perform onboarding_read_again(m.workspace_id, m.customer_id) from (
    select distinct a.workspace_id, unnest(array[a.customer_id, b.customer_id]) as customer_id
    from after a join before b on b.workspace_id = a.workspace_id and b.id = a.id
    where (a.name, a.email, a.customer_id, a.deleted_at) is distinct from (b.name, b.email, b.customer_id, b.deleted_at)) m;
  return null;
end $$;
create trigger onboarding_contacts_changed after update on onboarding_contacts
  referencing old table as before new table as after
  for each statement execute function onboarding_document_changed_contacts();

create function onboarding_document_onboardings() returns trigger
language plpgsql set search_path from current set enable_seqscan = off as $$
begin
  insert into onboarding_documents (workspace_id, kind, id, created_at, terms)
    select o.workspace_id, 'onboarding', o.id, o.created_at, onboarding_onboarding_terms(o)
    from made o where o.deleted_at is null;
  perform onboarding_add_words(m.workspace_id, m.customer_id, m.said) from (
    select workspace_id, customer_id, string_agg(notes, ' ') as said
    from made where deleted_at is null and notes is not null group by 1, 2) m;
  return null;
end $$;
create trigger onboarding_onboardings_made after insert on onboarding_onboardings
  referencing new table as made for each statement execute function onboarding_document_onboardings();

create function onboarding_document_changed_onboardings() returns trigger
language plpgsql set search_path from current set enable_nestloop = off set enable_seqscan = off as $$
declare o onboarding_onboardings;
begin
  for o in
    select a.* from after a join before b on b.workspace_id = a.workspace_id and b.id = a.id
    where (a.customer_id, a.phase, a.state, a.metadata::text, a.created_at, a.deleted_at)
      is distinct from (b.customer_id, b.phase, b.state, b.metadata::text, b.created_at, b.deleted_at)
  loop
    if o.deleted_at is null then
      update onboarding_documents set terms = onboarding_onboarding_terms(o), created_at = o.created_at
        where workspace_id = o.workspace_id and kind = 'onboarding' and id = o.id;
    else
      delete from onboarding_documents where workspace_id = o.workspace_id and kind = 'onboarding' and id = o.id;
    end if;
  end loop;
  perform onboarding_read_again(m.workspace_id, m.customer_id) from (
    select distinct a.workspace_id, unnest(array[a.customer_id, b.customer_id]) as customer_id
    from after a join before b on b.workspace_id = a.workspace_id and b.id = a.id
    where (a.notes is not null or b.notes is not null)
      and (a.notes, a.customer_id, a.deleted_at) is distinct from (b.notes, b.customer_id, b.deleted_at)) m;
  return null;
end $$;
create trigger onboarding_onboardings_changed after update on onboarding_onboardings
  referencing old table as before new table as after
  for each statement execute function onboarding_document_changed_onboardings();

-- What is asked for, as a query. Every word has to be there as a whole, the last one as the beginning of a word; or each of
-- them as a beginning. Beginnings that many words have are dear to the index, whole words are not.
create function onboarding_asked(digits text, said text, facets json, whole boolean) returns tsquery
language sql immutable as $$
  select string_agg(piece, ' & ')::tsquery from (
    select quote_literal(word) || case when whole and n < max(n) over () then '' else ':*' end as piece
    from unnest(onboarding_words(digits, (
      select string_agg(case when token ~ '[[:alnum:]][.@][[:alnum:]]' then onboarding_joined(token) else token end, ' ')
      from regexp_split_to_table(said collate "default", '[[:space:]]+') token))) with ordinality as w(word, n)
    union all
    select '(' || (select string_agg(quote_literal(onboarding_facet(digits, one)), ' | ')
      from json_array_elements_text(choice) one) || ')'
    from json_array_elements(facets) choice) pieces
$$;

-- A window onto the caller's own workspace: what is found by words and facets, newest first, after a place in that order. It
-- runs as the owner because a row policy lets only leakproof operators into an index, and a text search is none; the seat
-- that the transaction shows decides about the workspace here as it does there.
--
-- Words that many customers have are found by walking from the newest; words that few have, by the index of terms, whose
-- matches are sorted. A short walk tells which it is. Where nothing in the workspace has the words as wholes, each may be a
-- beginning.
create function onboarding_matching(of_kind text, said text, facets json, since timestamptz, at timestamptz, before text,
  at_most int)
returns table (id text)
language plpgsql stable security definer set search_path from current rows 20 as $$
declare
  seat text := (select s.workspace_id from core.seats s where s.seat = current_setting('app.seat', true));
  digits text := onboarding_seat_digits(seat);
  as_wholes tsquery := onboarding_asked(digits, said, facets, true);
  as_beginnings tsquery := onboarding_asked(digits, said, facets, false);
  wanted tsquery;
  budget int;
  found text[];
begin
  if as_wholes is null then
    return;
  end if;
  foreach wanted in array array[as_wholes, as_beginnings] loop
    foreach budget in array array[100, 4000] loop
      found := array(
        select d.id from (
          select w.id, w.terms from onboarding_documents w
          where w.workspace_id = seat and w.kind = of_kind and (w.created_at, w.id) < (at, before) and w.created_at > since
          order by w.created_at desc, w.id desc limit budget) d
        where d.terms @@ wanted limit at_most);
      exit when found = '{}' or cardinality(found) = at_most;
    end loop;
    if cardinality(found) < at_most then
      found := array(
        with matches as materialized (
          select d.id, d.created_at from onboarding_documents d
          where d.terms @@ wanted and d.workspace_id = seat and d.kind = of_kind)
        select m.id from matches m where (m.created_at, m.id) < (at, before) and m.created_at > since
        order by m.created_at desc, m.id desc limit at_most);
    end if;
    return query select unnest(found);
    -- As texts: a comparison of queries does not look at whether a word is a beginning.
    exit when found <> '{}' or as_wholes::text = as_beginnings::text or exists (
      select from onboarding_documents d where d.terms @@ as_wholes and d.workspace_id = seat and d.kind = of_kind);
  end loop;
end $$;
