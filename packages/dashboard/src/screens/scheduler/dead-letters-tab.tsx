import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { deliveryColumns } from './delivery-columns.tsx';
import { DeliveryDetail } from './delivery-detail.tsx';
import type { Delivery } from './types.ts';

interface BulkReplay {
  readonly matched: number;
  readonly replayed: number;
  readonly dry_run: boolean;
}

/** What was given up, and running all of it again, after a look at how much that is. */
export function DeadLettersTab() {
  const api = useConsole();
  const queries = useQueryClient();
  const curl = useCurl('scheduler');
  const [status, setStatus] = useState('dead_letter');
  const [open, setOpen] = useState<Delivery | null>(null);
  const replay = useMutation({
    mutationFn: (dryRun: boolean) =>
      api.service('scheduler').post<BulkReplay>('/deliveries/replay', { body: { status, dry_run: dryRun } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.key('deliveries') }),
  });
  const found = replay.data;
  return (
    <>
      <Group mb="sm">
        <SegmentedControl
          aria-label="How they ended"
          size="xs"
          value={status}
          onChange={(value) => {
            setStatus(value);
            replay.reset();
          }}
          data={[
            { value: 'dead_letter', label: 'Given up' },
            { value: 'expired', label: 'Expired' },
          ]}
        />
        <Button size="xs" variant="default" loading={replay.isPending} onClick={() => replay.mutate(true)}>
          Replay all: count first
        </Button>
        {found?.dry_run === true && (
          <Group gap="xs" role="status">
            <Text size="sm">
              {found.matched} deliveries in {api.mode} mode would run again.
            </Text>
            {found.matched > 0 && (
              <Button size="xs" loading={replay.isPending} onClick={() => replay.mutate(false)}>
                Replay {found.matched} in {api.mode} mode
              </Button>
            )}
          </Group>
        )}
        {found?.dry_run === false && (
          <Text size="sm" role="status">
            {found.replayed} deliveries run again.
          </Text>
        )}
      </Group>
      <ProblemAlert error={replay.error} />
      <DataList<Delivery>
        label={`Dead letters in ${api.mode} mode`}
        queryKey={api.key('deliveries', 'dead', status)}
        readPage={readList(api.service('scheduler'), '/deliveries', { status })}
        columns={deliveryColumns}
        idOf={({ id }) => id}
        onOpen={setOpen}
        empty={
          <Empty
            title={`Nothing was given up in ${api.mode} mode`}
            curl={curl({ path: `/deliveries?status=${status}` })}
          >
            What runs out of attempts, or is refused for good, waits here to be run again, one by one or all at once. By
            the API:
          </Empty>
        }
      />
      <DeliveryDetail delivery={open} onClose={() => setOpen(null)} />
    </>
  );
}
