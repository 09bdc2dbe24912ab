-- Beginnings are gathered by the index before it looks at any other term, so those that many have are looked for in the
-- documents that the rarer terms lead to; and what the words mean no longer depends on the filters beside them.

-- What is asked for, as a query: whole words and facets.
drop function onboarding_asked(text, text[], json, text);
create function onboarding_asked(words text[], digits text, facets json) returns tsquery
language sql immutable as $$
  select string_agg(piece, ' & ')::tsquery from (
    select quote_literal(word) as piece from unnest(words) word
    union all
    select '(' || (
      select string_agg('''' || replace(replace(onboarding_facet(digits, one), '\', '\\'), '''', '''''') || '''', ' | ')
      from json_array_elements_text(choice) one) || ')'
    from json_array_elements(facets) choice) pieces
$$;

-- What has whole terms and words that begin so, newest first after a place. The newest documents answer for what many
-- have, and tell which terms few have: the index looks for those, and for beginnings that many have only where all are such.
create function onboarding_newest_beginning(seat text, of_kind text, wholes tsquery, beginnings text[], since timestamptz,
  at timestamptz, before text, at_most int)
returns text[]
language plpgsql stable set search_path from current set enable_seqscan = off as $$
declare
  tried constant int := 100;
  most constant int := 4000;
  every constant tsquery := array_to_string(beginnings, ' & ');
  wanted constant tsquery := coalesce(wholes && every, every);
  newest record;
  rare tsquery;
  found text[];
begin
  select array_agg(d.id order by d.created_at desc, d.id desc) filter (where d.terms @@ wanted) as ids, count(*) as documents,
      array_agg(d.terms) as terms, bool_or(d.terms @@ wholes) as has_wholes
    into newest
    from (
      select w.id, w.created_at, w.terms from onboarding_documents w
      where w.workspace_id = seat and w.kind = of_kind and (w.created_at, w.id) < (at, before) and w.created_at > since
      order by w.created_at desc, w.id desc limit tried) d;
  found := coalesce(newest.ids[:at_most], '{}');
  if cardinality(found) = at_most or newest.documents < tried then
    return found;
  end if;
  if found <> '{}' then
    -- Twice as many as should do.
    found := array(
      select d.id from (
        select w.id, w.terms from onboarding_documents w
        where w.workspace_id = seat and w.kind = of_kind and (w.created_at, w.id) < (at, before) and w.created_at > since
        order by w.created_at desc, w.id desc limit least(most, 2 * tried * at_most / cardinality(found))) d
      where d.terms @@ wanted limit at_most);
    if cardinality(found) = at_most then
      return found;
    end if;
  end if;
  rare := (
    select string_agg(b, ' & ') from unnest(beginnings) b
    where not exists (select from unnest(newest.terms) t where t @@ b::tsquery));
  if rare is null and coalesce(newest.has_wholes, true) then
    rare := every;
  end if;
  return array(
    select m.id from (
      select d.id, d.created_at, d.terms from onboarding_documents d
      where d.terms @@ coalesce(wholes && rare, wholes, rare) and d.workspace_id || '' = seat and d.kind || '' = of_kind
      offset 0) m
    where m.terms @@ wanted and (m.created_at, m.id) < (at, before) and m.created_at > since
    order by m.created_at desc, m.id desc limit at_most);
end $$;

-- A window onto the caller's own workspace: what is found by words and facets, newest first, after a place in that order. It
-- runs as the owner because a row policy lets only leakproof operators into an index, and a text search is none; the seat
-- that the transaction shows decides about the workspace here as it does there.
--
-- Words are wholes where some customer has all of them so. A last one of up to four letters is still being typed: it may be the
-- beginning of a longer one unless a hundred have it. Where nobody has them as wholes, the last one is a beginning, or else each.
-- All of this is asked of the whole list: filters and places only narrow what the words find.
create or replace function onboarding_matching(of_kind text, said text, facets json, since timestamptz, at timestamptz,
  before text, at_most int)
returns table (id text)
-- Of a bitmap that does not fit, the index keeps whole pages, and every document on them has to be read.
language plpgsql stable security definer set search_path from current set work_mem = '32MB' rows 20 as $$
declare
  seat text := (select s.workspace_id from core.seats s where s.seat = current_setting('app.seat', true));
  digits text := onboarding_seat_digits(seat);
  words text[] := onboarding_words(digits, (
    select string_agg(case when token ~ '[[:alnum:]][.@][[:alnum:]]' then onboarding_joined(token) else token end, ' ')
    from regexp_split_to_table(said collate "default", '[[:space:]]+') token));
  named int := coalesce(cardinality(words), 0);
  wanted tsquery := onboarding_asked(words, digits, facets);
  narrowed boolean := json_array_length(facets) > 0 or at < '9999-12-31' or since > 'epoch';
  enough int := case when length(words[named]) - length(digits) <= 4 then 100 else 1 end;
  -- How many of the words are taken as wholes.
  whole int;
  wholes text[];
  beginnings text[];
  found text[];
begin
  if wanted is null then
    return;
  end if;
  found := onboarding_newest_matching(seat, of_kind, wanted, since, at, before, at_most);
  if named = 0 or cardinality(found) >= enough
    or (narrowed or at_most < enough and cardinality(found) = at_most) and cardinality(onboarding_newest_matching(
      seat, of_kind, onboarding_asked(words, digits, '[]'), '-infinity', 'infinity', '', enough)) >= enough then
    return query select unnest(found);
    return;
  end if;
  foreach whole in array array[named - 1, 0] loop
    wholes := words[:whole];
    beginnings := array(select quote_literal(word) || ':*' from unnest(words[whole + 1:]) word);
    found := onboarding_newest_beginning(seat, of_kind, onboarding_asked(wholes, digits, facets), beginnings, since, at, before,
      at_most);
    return query select unnest(found);
    exit when found <> '{}' or whole = 0 or narrowed and onboarding_newest_beginning(seat, of_kind,
      onboarding_asked(wholes, digits, '[]'), beginnings, '-infinity', 'infinity', '', 1) <> '{}';
  end loop;
end $$;
