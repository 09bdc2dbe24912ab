import { useQuery } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import type { Customer } from './types.ts';

/** What belongs to a customer, the newest hundred of it. */
export function usePart<Row>(customer: Pick<Customer, 'id'>, part: 'contacts' | 'onboardings') {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('onboarding', part, customer.id),
    queryFn: () =>
      api
        .service('onboarding')
        .get<{ data: Row[]; has_more: boolean }>(`/customers/${customer.id}/${part}`, { query: { limit: 100 } }),
  });
  return { rows: data?.data, more: data?.has_more === true, error };
}
