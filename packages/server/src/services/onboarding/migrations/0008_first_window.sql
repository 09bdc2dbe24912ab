-- The newest documents, which are tried first, tell how dense matches are, and so how wide the window has to be that holds a
-- page of them: mostly the first look is the last one. Windows were tried from the narrowest on.

-- By the index of terms, since nothing else here is the beginning of another index: the planner does not know that a word
-- and a window may exclude each other, and would rather read all documents until it has enough. Settings of the function
-- said the same, and to set and unset them took as long as to look for a word that few have.
create or replace function onboarding_matches(seat text, of_kind text, wanted tsquery, at_most int, out ids text[],
  out instants timestamptz[])
language plpgsql stable as $$
begin
  select array_agg(m.id), array_agg(m.created_at) into ids, instants from (
    select d.id, d.created_at from onboarding_documents d
    where d.terms @@ wanted and d.workspace_id || '' = seat and d.kind || '' = of_kind limit at_most) m;
end $$;

create or replace function onboarding_newest_matching(seat text, of_kind text, wanted tsquery, since timestamptz,
  at timestamptz, before text, at_most int)
returns text[]
language plpgsql stable set search_path from current set enable_seqscan = off as $$
declare
  few constant int := 300;
  tried constant int := 100;
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
  -- How wide a window would have to be for as many as are still wanted, and the bits that it takes.
  width float;
  target int;
  oldest bigint;
  documents int;
  matches record;
  taken text[];
begin
  found := array(
    select w.id from (
      select d.id, d.terms from onboarding_documents d
      where d.workspace_id = seat and d.kind = of_kind and (d.created_at, d.id) < (at, before) and d.created_at > since
      order by d.created_at desc, d.id desc limit tried) w
    where w.terms @@ wanted limit at_most);
  if cardinality(found) = at_most then
    return found;
  end if;
  select floor(extract(epoch from max(w.created_at)) * 1000)::bigint + 1,
      floor(extract(epoch from min(w.created_at)) * 1000)::bigint, count(*)
    into reached, oldest, documents
    from (
      select d.created_at from onboarding_documents d
      where d.workspace_id = seat and d.kind = of_kind and (d.created_at, d.id) < (at, before) and d.created_at > since
      order by d.created_at desc, d.id desc limit tried) w;
  -- All that there are.
  if documents < tried then
    return found;
  end if;
  width := (reached - oldest)::float * at_most / greatest(cardinality(found), 1);
  found := '{}';
  target := narrowest;
  loop
    while target < everything and (1::bigint << target) < width loop
      target := target + 4;
    end loop;
    bits := least(bits, target);
    -- As wide as that, as long as none on the way is known to have many.
    while bits < target loop
      wider := case when bits + 4 >= everything then 0 else ((reached - 1) >> (bits + 4)) << (bits + 4) end;
      exit when dense[bits + 4] = wider;
      bits := bits + 4;
    end loop;
    loop
      start := case when bits = everything then 0 else ((reached - 1) >> bits) << bits end;
      matches := onboarding_matches(seat, of_kind, case when bits = everything then wanted
        else wanted && quote_literal(onboarding_window(digits, of_kind, bits, reached - 1))::tsquery end, few + 1);
      exit when coalesce(cardinality(matches.ids), 0) <= few or bits = narrowest;
      dense[bits] := start;
      bits := bits - 4;
    end loop;
    if cardinality(matches.ids) > few then
      taken := array(
        select w.id from (
          select d.id, d.terms from onboarding_documents d
          where d.workspace_id = seat and d.kind = of_kind and (d.created_at, d.id) < (at, before) and d.created_at > since
            and d.created_at < to_timestamp(reached / 1000.0) and d.created_at >= to_timestamp(start / 1000.0)
          order by d.created_at desc, d.id desc offset 0) w
        where w.terms @@ wanted limit at_most - cardinality(found));
    else
      taken := array(
        select m.id from unnest(matches.ids, matches.instants) m(id, created_at)
        where (m.created_at, m.id collate "C") < (at, before) and m.created_at > since
          and m.created_at < to_timestamp(reached / 1000.0)
        order by m.created_at desc, m.id collate "C" desc limit at_most - cardinality(found));
    end if;
    found := found || taken;
    exit when cardinality(found) >= at_most or start = 0 or to_timestamp(start / 1000.0) <= since;
    if cardinality(taken) = 0 then
      -- Nothing where a page was to be expected of what one in a hundred has: few have it, and they are found by themselves.
      target := case when reached - start >= width and matches.ids is null then everything
        else least(bits + 4, everything) end;
    else
      target := narrowest;
      width := (reached - start)::float * (at_most - cardinality(found)) / cardinality(taken);
    end if;
    reached := start;
  end loop;
  return found;
end $$;
