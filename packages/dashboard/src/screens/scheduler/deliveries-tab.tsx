import { Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FilterChip } from '../../parts/filter-chip.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { deliveryColumns } from './delivery-columns.tsx';
import { DeliveryDetail } from './delivery-detail.tsx';
import type { Delivery } from './types.ts';

export function DeliveriesTab() {
  const api = useConsole();
  const [status, setStatus] = useFilter('status');
  const [schedule, setSchedule] = useFilter('schedule');
  const curl = useCurl('scheduler');
  const [open, setOpen] = useState<Delivery | null>(null);
  return (
    <>
      <Group mb="sm">
        <Select
          aria-label="Status"
          size="xs"
          clearable
          placeholder="all"
          data={['scheduled', 'retrying', 'succeeded', 'dead_letter', 'expired', 'canceled']}
          value={status}
          onChange={setStatus}
        />
        <FilterChip label="Schedule" value={schedule} onClear={() => setSchedule(null)} />
      </Group>
      <DataList<Delivery>
        label={`Deliveries in ${api.mode} mode`}
        queryKey={api.key('deliveries', status, schedule)}
        readPage={readList(api.service('scheduler'), '/deliveries', { status, schedule_id: schedule })}
        columns={deliveryColumns}
        idOf={({ id }) => id}
        onOpen={setOpen}
        empty={
          <Empty
            title={`Nothing was sent or waits to be in ${api.mode} mode`}
            curl={curl({ path: '/schedules', body: { endpoint: 'https://example.com/hook', delay: '1m' } })}
          >
            Make a schedule; each of its runs is a delivery.
          </Empty>
        }
      />
      <DeliveryDetail delivery={open} onClose={() => setOpen(null)} />
    </>
  );
}
