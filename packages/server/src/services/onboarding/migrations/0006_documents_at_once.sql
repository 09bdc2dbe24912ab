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

-- In the statement itself: as functions of a row, its people and its notes took as long as its terms.
create or replace function onboarding_document_customers() returns trigger
language plpgsql set search_path from current set enable_seqscan = off as $$
begin
  insert into onboarding_documents (workspace_id, kind, id, created_at, terms)
    select c.workspace_id, 'customer', c.id, c.created_at, onboarding_customer_terms(c, concat_ws(' ',
      (select string_agg(onboarding_said_by(p), ' ') from onboarding_contacts p
       where p.workspace_id = c.workspace_id and p.customer_id = c.id and p.deleted_at is null),
      (select string_agg(o.notes, ' ') from onboarding_onboardings o
       where o.workspace_id = c.workspace_id and o.customer_id = c.id and o.deleted_at is null)))
    from made c where c.deleted_at is null;
  return null;
end $$;

-- People of a customer that is not there yet are in its document when it is made.
create or replace function onboarding_document_contacts() returns trigger
language plpgsql set search_path from current set enable_seqscan = off as $$
begin
  perform onboarding_add_words(m.workspace_id, m.customer_id, m.said) from (
    select p.workspace_id, p.customer_id, string_agg(onboarding_said_by(p), ' ') as said
    from made p
    where p.deleted_at is null and exists (select from onboarding_documents d
      where d.workspace_id = p.workspace_id and d.kind = 'customer' and d.id = p.customer_id)
    group by 1, 2) m;
  return null;
end $$;

update onboarding_documents d set terms = onboarding_customer_terms(c, onboarding_said_of(c))
  from onboarding_customers c where d.kind = 'customer' and c.workspace_id = d.workspace_id and c.id = d.id;
update onboarding_documents d set terms = onboarding_onboarding_terms(o)
  from onboarding_onboardings o where d.kind = 'onboarding' and o.workspace_id = d.workspace_id and o.id = d.id;
