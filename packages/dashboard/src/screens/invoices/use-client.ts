import { useQuery } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import { useFilter } from '../../parts/use-filter.ts';
import type { Client } from './types.ts';

interface ChosenClient {
  readonly clients: readonly Client[] | undefined;
  readonly error: unknown;
  /** The one that the address bar names, or the newest. */
  readonly client: Client | null;
  readonly choose: (id: string | null) => void;
  /** What every request about this client carries. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Each invoice belongs to one client, so each screen of invoices shows those of one. */
export function useClient(): ChosenClient {
  const api = useConsole();
  const [chosen, choose] = useFilter('client');
  const { data, error } = useQuery({
    queryKey: api.key('invoices', 'clients', 'chosen', chosen),
    queryFn: async () => {
      const service = api.service('invoices');
      const { items } = await service.get<{ items: Client[] }>('/clients', { query: { limit: 100 } });
      if (chosen === null || items.some(({ id }) => id === chosen)) return items;
      return [await service.get<Client>(`/clients/${chosen}`), ...items];
    },
  });
  const client = data?.find(({ id }) => id === chosen) ?? (chosen === null ? data?.[0] : undefined) ?? null;
  return { clients: data, error, client, choose, headers: client === null ? {} : { 'x-client-id': client.id } };
}
