import { Badge } from '@mantine/core';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import type { Endpoint } from './types.ts';

export function EndpointsTab() {
  const api = useConsole();
  const curl = useCurl('scheduler');
  return (
    <DataList<Endpoint>
      label={`Endpoint profiles in ${api.mode} mode`}
      queryKey={api.key('endpoints')}
      readPage={readList(api.service('scheduler'), '/endpoints', {})}
      columns={columns}
      idOf={({ id }) => id}
      empty={
        <Empty
          title={`There is no endpoint profile in ${api.mode} mode`}
          curl={curl({
            path: '/endpoints',
            body: { name: 'orders', url: 'https://example.com/hooks/orders', rate_limit: { rate: 10, burst: 20 } },
          })}
        >
          A profile names a destination and says how much it may be sent; its circuit breaker leaves it alone while it
          fails.
        </Empty>
      }
    />
  );
}

const breakerColors = { closed: 'green', half_open: 'orange', open: 'red' } as const;
const budget = (bucket: { rate: number; burst: number } | null): string =>
  bucket === null ? 'any' : `${bucket.rate}/s, ${bucket.burst} at once`;

const columns: Column<Endpoint>[] = [
  { name: 'Name', width: 'minmax(100px, 1fr)', cell: ({ name, id }) => name ?? id },
  {
    name: 'Breaker',
    width: '110px',
    cell: ({ breaker_state }) => <Badge color={breakerColors[breaker_state]}>{breaker_state}</Badge>,
  },
  { name: 'URL', width: 'minmax(120px, 2fr)', cell: ({ url }) => url },
  { name: 'Rate', width: '140px', wide: true, cell: ({ rate_limit }) => budget(rate_limit) },
  { name: 'Retries', width: '140px', wide: true, cell: ({ retry_budget }) => budget(retry_budget) },
  { name: 'Version', width: '70px', wide: true, cell: ({ version }) => version },
];
