import { Badge, Group, Select } from '@mantine/core';
import { useConsole } from '../../console/console.ts';
import type { Effect } from '../../console/types.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FilterChip } from '../../parts/filter-chip.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { ServiceSelect } from '../../parts/service-select.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { EffectDetail } from './effect-detail.tsx';
import { stateColors } from './state-colors.ts';

export function Screen() {
  const api = useConsole();
  const curl = useCurl('onboarding');
  const [service, setService] = useFilter('service');
  const [state, setState] = useFilter('state');
  const [request, setRequest] = useFilter('request');
  const [open, setOpen] = useFilter('effect');
  const filter = { mode: api.mode, service, state, request };
  return (
    <>
      <ScreenTitle>Effects</ScreenTitle>
      <Group mb="sm" gap="xs" align="flex-end">
        <ServiceSelect value={service} onChange={setService} />
        <Select
          label="State"
          size="xs"
          clearable
          placeholder="all"
          data={Object.keys(stateColors)}
          value={state}
          onChange={setState}
        />
        <FilterChip label="Request" value={request} onClear={() => setRequest(null)} />
      </Group>
      <DataList<Effect>
        label={`Effects in ${api.mode} mode`}
        queryKey={api.key('effects', filter)}
        readPage={(cursor, signal) =>
          api
            .get<{ effects: Effect[]; cursor: string | null }>('/effects', {
              query: { ...filter, limit: 100, cursor },
              signal,
            })
            .then((page) => ({ rows: page.effects, cursor: page.cursor }))
        }
        columns={columns}
        idOf={({ id }) => id}
        onOpen={({ id }) => setOpen(id)}
        empty={
          <Empty title="Nothing was to leave" curl={curl({ path: '/customers', body: { name: 'Acme Inc' } })}>
            Whatever a request wants to send stands here with its exact payload: delivered, suppressed by the contract
            of the mode, or failed. Services that keep nothing in test mode show what they held back in the log of the
            request instead.
          </Empty>
        }
      />
      <EffectDetail effectId={open} onClose={() => setOpen(null)} />
    </>
  );
}

const columns: Column<Effect>[] = [
  { name: 'Effect', width: 'minmax(140px, 1fr)', cell: ({ name }) => name },
  { name: 'Mode', width: '80px', wide: true, cell: ({ mode }) => <ModeBadge mode={mode} /> },
  { name: 'State', width: '140px', cell: ({ state }) => <Badge color={stateColors[state]}>{state}</Badge> },
  { name: 'Service', width: '110px', wide: true, cell: ({ service }) => service },
  { name: 'Time', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { name: 'Request', width: 'minmax(100px, 1fr)', wide: true, cell: ({ requestId }) => requestId },
];
