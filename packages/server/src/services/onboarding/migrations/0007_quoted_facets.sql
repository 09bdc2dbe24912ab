-- A facet that is written out can hold any character. A query of terms knows no `E'…'`, which `quote_literal` makes of a backslash.
create or replace function onboarding_asked(digits text, words text[], facets json, beginnings text) returns tsquery
language sql immutable as $$
  select string_agg(piece, ' & ')::tsquery from (
    select quote_literal(word)
      || case when beginnings = 'all' or beginnings = 'last' and n = cardinality(words) then ':*' else '' end as piece
    from unnest(words) with ordinality as w(word, n)
    union all
    select '(' || (
      select string_agg('''' || replace(replace(onboarding_facet(digits, one), '\', '\\'), '''', '''''') || '''', ' | ')
      from json_array_elements_text(choice) one) || ')'
    from json_array_elements(facets) choice) pieces
$$;
