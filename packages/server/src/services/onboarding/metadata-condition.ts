import { type Fragment, fragment } from '../../core/service.ts';

/**
 * Whether the metadata of a row passes filters, which are given as JSON. For what is read by its owner, such as the people of
 * one customer: no index knows these.
 *
 * @param filters the parameter that holds them
 */
export function hasMetadata(filters: Fragment): Fragment {
  return fragment`not exists (
      select from json_to_recordset(${filters}) as wanted(key text, values json)
      where not exists (
        select from json_array_elements_text(wanted.values) value
        where value = (metadata -> wanted.key)::text))`;
}
