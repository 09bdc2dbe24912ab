-- Documents were made three times as slowly as the rows they are about. A facet is written out now where it is short, since a
-- hash took as long as the word; a text of ASCII is not taken apart into letters and accents, of which it has none; what is called for
-- each row keeps its plan, as PL/pgSQL does; and an import stores people before their customers, whose document is then made once and with them.

create or replace function onboarding_facet(digits text, facet text) returns text
language plpgsql immutable parallel safe as $$
begin
  if octet_length(facet) <= 64 then
    return digits || '#' || facet;
  end if;
  return digits || '##' || left(encode(sha256(convert_to(facet, 'UTF8')), 'hex'), 32);
end $$;

create or replace function onboarding_metadata_facets(digits text, metadata json) returns text[]
language plpgsql immutable parallel safe as $$
begin
  if metadata::text = '{}' then
    return '{}';
  end if;
  return array(
    select onboarding_facet(digits, 'metadata.' || key || '=' || value::text) from json_each(metadata)
    where left(value::text, 1) not in ('{', '['));
end $$;

create or replace function onboarding_words(digits text, said text) returns text[]
language plpgsql immutable parallel safe as $$
declare plain text;
begin
  if octet_length(said) >= 1000 then
    plain := regexp_replace(onboarding_plain(said) collate "default", '([[:alnum:]]{60})[[:alnum:]]+', '\1', 'g');
  elsif octet_length(said) = length(said) then
    plain := lower(said collate "C");
  else
    plain := onboarding_plain(said);
  end if;
  return array_remove(string_to_array(
    btrim(regexp_replace((' ' || plain) collate "default", '[^[:alnum:]]+', ' ' || digits, 'g')), ' '), digits);
end $$;

-- Read for all rows of the statement at once. Looked up for each row, a table that was never analysed was walked for each row as
-- well: all its indexes look alike then, and the one by state served as well as the one by customer.
create or replace function onboarding_document_customers() returns trigger
language plpgsql set search_path from current set enable_nestloop = off set enable_seqscan = off as $$
begin
  insert into onboarding_documents (workspace_id, kind, id, created_at, terms)
    select c.workspace_id, 'customer', c.id, c.created_at,
      onboarding_customer_terms(c, concat_ws(' ', people.said, onboarding_joined(people.addresses), notes.said))
    from made c
    left join (
      select p.workspace_id, p.customer_id, string_agg(p.name || ' ' || p.email, ' ') as said,
        string_agg(p.email || ' ' || split_part(p.email, '@', 2), ' ') as addresses
      from onboarding_contacts p
      where p.workspace_id = any(array(select distinct workspace_id from made))
        and p.customer_id = any(array(select id from made)) and p.deleted_at is null
      group by 1, 2) people on people.workspace_id = c.workspace_id and people.customer_id = c.id
    left join (
      select o.workspace_id, o.customer_id, string_agg(o.notes, ' ') as said
      from onboarding_onboardings o
      where o.workspace_id = any(array(select distinct workspace_id from made))
        and o.customer_id = any(array(select id from made)) and o.deleted_at is null
      group by 1, 2) notes on notes.workspace_id = c.workspace_id and notes.customer_id = c.id
    where c.deleted_at is null;
  return null;
end $$;

-- People of a customer that is not there yet are in its document when it is made.
create or replace function onboarding_document_contacts() returns trigger
language plpgsql set search_path from current set enable_seqscan = off as $$
declare
  workspace text;
  known text[];
begin
  for workspace in select distinct workspace_id from made loop
    known := array(
      select d.id from onboarding_documents d
      where d.workspace_id = workspace and d.kind = 'customer'
        and d.id = any(array(select customer_id from made where workspace_id = workspace)));
    continue when known = '{}';
    perform onboarding_add_words(workspace, m.customer_id, m.said) from (
      select customer_id, string_agg(onboarding_said_by(p), ' ') as said
      from made p where workspace_id = workspace and customer_id = any(known) and deleted_at is null group by 1) m;
  end loop;
  return null;
end $$;

-- An index of terms knows no order. So every document has terms for the windows of time that it was made in, from a minute to two
-- years, each sixteen times as wide as the one before: what is newest is found window by window.
create function onboarding_window(digits text, of_kind text, bits int, ms bigint) returns text
language sql immutable parallel safe as $$ select digits || '@' || left(of_kind, 1) || bits || '.' || (ms >> bits) $$;

create function onboarding_windows(digits text, of_kind text, at timestamptz) returns text[]
language plpgsql immutable parallel safe as $$
declare
  ms bigint := extract(epoch from at) * 1000;
  kind text := digits || '@' || left(of_kind, 1);
begin
  return array[kind || '16.' || (ms >> 16), kind || '20.' || (ms >> 20), kind || '24.' || (ms >> 24),
    kind || '28.' || (ms >> 28), kind || '32.' || (ms >> 32), kind || '36.' || (ms >> 36)];
end $$;

create or replace function onboarding_customer_terms(c onboarding_customers, of_others text) returns tsvector
language plpgsql immutable parallel safe as $$
declare digits text := onboarding_seat_digits(c.workspace_id);
begin
  return array_to_tsvector(
    onboarding_words(digits,
      concat_ws(' ', c.name, c.slug, c.domain, onboarding_joined(concat_ws(' ', c.name, c.domain)), of_others))
    || onboarding_facet(digits, 'status=' || c.status) || onboarding_facet(digits, 'slug=' || c.slug)
    || onboarding_metadata_facets(digits, c.metadata) || onboarding_windows(digits, 'customer', c.created_at));
end $$;

create or replace function onboarding_onboarding_terms(o onboarding_onboardings) returns tsvector
language plpgsql immutable parallel safe as $$
declare digits text := onboarding_seat_digits(o.workspace_id);
begin
  return array_to_tsvector(onboarding_metadata_facets(digits, o.metadata)
    || onboarding_facet(digits, 'customer=' || o.customer_id) || onboarding_facet(digits, 'phase=' || o.phase)
    || onboarding_facet(digits, 'state=' || o.state) || onboarding_windows(digits, 'onboarding', o.created_at));
end $$;

-- Always by the index of terms: the planner does not know that a word and a window may exclude each other, and would rather read
-- all documents until it has enough.
create function onboarding_matches(seat text, of_kind text, wanted tsquery, at_most int, out ids text[], out instants timestamptz[])
language plpgsql stable set search_path from current
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off as $$
begin
  select array_agg(m.id), array_agg(m.created_at) into ids, instants from (
    select d.id, d.created_at from onboarding_documents d
    where d.terms @@ wanted and d.workspace_id = seat and d.kind = of_kind limit at_most) m;
end $$;

-- What has whole terms, newest first after a place. The newest documents answer for what many have. Then come windows
-- that reach back further and further: one with few matches is taken at once, one with many is entered, and in the narrowest the
-- documents themselves are walked, so that neither a word of all nor one of nobody costs more than some small looks.
create function onboarding_newest_matching(seat text, of_kind text, wanted tsquery, since timestamptz, at timestamptz,
  before text, at_most int)
returns text[]
language plpgsql stable set search_path from current as $$
declare
  few constant int := 150;
  narrowest constant int := 16;
  everything constant int := 40;
  digits constant text := onboarding_seat_digits(seat);
  found text[];
  bits int := narrowest;
  -- Where the window of each width begins that is known to have many.
  dense bigint[] := array_fill(null::bigint, array[everything]);
  -- What is not older than this has been looked at.
  reached bigint;
  start bigint;
  wider bigint;
  matches record;
  budget int;
begin
  foreach budget in array array[100, 600] loop
    found := array(
      select d.id from (
        select w.id, w.terms from onboarding_documents w
        where w.workspace_id = seat and w.kind = of_kind and (w.created_at, w.id) < (at, before) and w.created_at > since
        order by w.created_at desc, w.id desc limit budget) d
      where d.terms @@ wanted limit at_most);
    if cardinality(found) = at_most then
      return found;
    end if;
    -- So few of the first hundred that six hundred would not do.
    exit when cardinality(found) * 6 < at_most;
  end loop;
  found := '{}';
  reached := (
    select floor(extract(epoch from w.created_at) * 1000)::bigint + 1 from onboarding_documents w
    where w.workspace_id = seat and w.kind = of_kind and (w.created_at, w.id) < (at, before) and w.created_at > since
    order by w.created_at desc, w.id desc limit 1);
  while reached is not null loop
    start := case when bits = everything then 0 else ((reached - 1) >> bits) << bits end;
    matches := onboarding_matches(seat, of_kind, case when bits = everything then wanted
      else wanted && quote_literal(onboarding_window(digits, of_kind, bits, reached - 1))::tsquery end, few + 1);
    if cardinality(matches.ids) > few and bits > narrowest then
      dense[bits] := start;
      bits := bits - 4;
      continue;
    end if;
    if cardinality(matches.ids) > few then
      found := found || array(
        select w.id from onboarding_documents w
        where w.workspace_id = seat and w.kind = of_kind and (w.created_at, w.id) < (at, before) and w.created_at > since
          and w.created_at < to_timestamp(reached / 1000.0) and w.created_at >= to_timestamp(start / 1000.0)
          and w.terms @@ wanted
        order by w.created_at desc, w.id desc limit at_most - cardinality(found));
    else
      found := found || array(
        select m.id from unnest(matches.ids, matches.instants) m(id, created_at)
        where (m.created_at, m.id collate "C") < (at, before) and m.created_at > since
          and m.created_at < to_timestamp(reached / 1000.0)
        order by m.created_at desc, m.id collate "C" desc limit at_most - cardinality(found));
    end if;
    exit when cardinality(found) >= at_most or start = 0 or to_timestamp(start / 1000.0) <= since;
    reached := start;
    -- On in a window that is 256 times as wide, as long as none on the way is known to have many.
    for step in 1..2 loop
      wider := case when bits + 4 >= everything then 0 else ((reached - 1) >> (bits + 4)) << (bits + 4) end;
      exit when bits = everything or dense[bits + 4] = wider;
      bits := bits + 4;
    end loop;
  end loop;
  return found;
end $$;

drop function onboarding_asked(text, text, json, boolean);
-- What is asked for, as a query: the words and the facets. Of the words none, the last one or each may be a beginning; beginnings
-- that many words have are dear to the index, whole words are not.
create function onboarding_asked(digits text, words text[], facets json, beginnings text) returns tsquery
language sql immutable as $$
  select string_agg(piece, ' & ')::tsquery from (
    select quote_literal(word)
      || case when beginnings = 'all' or beginnings = 'last' and n = cardinality(words) then ':*' else '' end as piece
    from unnest(words) with ordinality as w(word, n)
    union all
    select '(' || (select string_agg(quote_literal(onboarding_facet(digits, one)), ' | ')
      from json_array_elements_text(choice) one) || ')'
    from json_array_elements(facets) choice) pieces
$$;

-- A window onto the caller's own workspace: what is found by words and facets, newest first, after a place in that order. It
-- runs as the owner because a row policy lets only leakproof operators into an index, and a text search is none; the seat
-- that the transaction shows decides about the workspace here as it does there.
--
-- Words are wholes where some customer has all of them so. A last one of up to four letters is still being typed: it may be the
-- beginning of a longer one unless a hundred have it. Where nobody has them as wholes, the last one is a beginning, or else each.
create or replace function onboarding_matching(of_kind text, said text, facets json, since timestamptz, at timestamptz,
  before text, at_most int)
returns table (id text)
language plpgsql stable security definer set search_path from current rows 20 as $$
declare
  seat text := (select s.workspace_id from core.seats s where s.seat = current_setting('app.seat', true));
  digits text := onboarding_seat_digits(seat);
  words text[] := onboarding_words(digits, (
    select string_agg(case when token ~ '[[:alnum:]][.@][[:alnum:]]' then onboarding_joined(token) else token end, ' ')
    from regexp_split_to_table(said collate "default", '[[:space:]]+') token));
  wholes tsquery := onboarding_asked(digits, words, facets, 'none');
  by_last tsquery := onboarding_asked(digits, words, facets, 'last');
  wanted tsquery;
  enough int := case when length(words[cardinality(words)]) - length(digits) <= 4 then 100 else 1 end;
  budget int;
  found text[];
begin
  if wholes is null then
    return;
  end if;
  found := onboarding_newest_matching(seat, of_kind, wholes, since, at, before, at_most);
  -- Whether there are enough is the same for every page, so a later one looks at them all.
  if coalesce(cardinality(words), 0) = 0 or cardinality(found) >= enough
    or (at < '9999-12-31' or since > 'epoch' or at_most < enough and cardinality(found) = at_most) and cardinality(
      onboarding_newest_matching(seat, of_kind, wholes, '-infinity', 'infinity', '', enough)) >= enough then
    return query select unnest(found);
    return;
  end if;
  foreach wanted in array array[by_last, onboarding_asked(digits, words, facets, 'all')] loop
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
    exit when found <> '{}' or cardinality(words) = 1 or exists (
      select from onboarding_documents d where d.terms @@ by_last and d.workspace_id = seat and d.kind = of_kind);
  end loop;
end $$;

update onboarding_documents d set terms = onboarding_customer_terms(c, onboarding_said_of(c))
  from onboarding_customers c where d.kind = 'customer' and c.workspace_id = d.workspace_id and c.id = d.id;
update onboarding_documents d set terms = onboarding_onboarding_terms(o)
  from onboarding_onboardings o where d.kind = 'onboarding' and o.workspace_id = d.workspace_id and o.id = d.id;
