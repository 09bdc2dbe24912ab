import { Badge, Button, Drawer, Group, List, Select, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { Danger } from '../../parts/danger.tsx';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { NewSchedule } from './new-schedule.tsx';
import type { Schedule } from './types.ts';

export function SchedulesTab() {
  const api = useConsole();
  const curl = useCurl('scheduler');
  const queries = useQueryClient();
  const [state, setState] = useFilter('state');
  const [open, setOpen] = useState<Schedule | null>(null);
  const [creating, setCreating] = useState(false);
  const key = api.key('schedules');
  const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: key });
  return (
    <>
      <Group mb="sm" justify="space-between">
        <Select
          aria-label="State"
          size="xs"
          clearable
          placeholder="all states"
          data={['active', 'paused', 'canceled']}
          value={state}
          onChange={setState}
        />
        <Button size="xs" onClick={() => setCreating(true)}>
          New schedule
        </Button>
      </Group>
      <DataList<Schedule>
        label={`Schedules in ${api.mode} mode`}
        queryKey={[...key, state]}
        readPage={readList(api.service('scheduler'), '/schedules', { state })}
        columns={columns}
        idOf={({ id }) => id}
        onOpen={setOpen}
        empty={
          <Empty
            title={`There is no schedule in ${api.mode} mode`}
            curl={curl({ path: '/schedules', body: { endpoint: 'https://example.com/hook', delay: '1m' } })}
          >
            A schedule is an HTTP request at an instant, or at each instant that a cron expression names.
          </Empty>
        }
      />
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size="lg" title="Schedule">
        {open !== null && (
          <ScheduleDetail
            schedule={open}
            onChanged={async (changed) => {
              setOpen(changed);
              await reload();
            }}
          />
        )}
      </Drawer>
      {creating && (
        <NewSchedule
          onClose={() => setCreating(false)}
          onDone={async () => {
            setCreating(false);
            await reload();
          }}
        />
      )}
    </>
  );
}

const columns: Column<Schedule>[] = [
  { name: 'Id', width: 'minmax(120px, 1fr)', cell: ({ id }) => id },
  { name: 'When', width: 'minmax(120px, 1fr)', cell: ({ cron, fire_at }) => cron ?? <When at={fire_at} /> },
  {
    name: 'State',
    width: '110px',
    cell: ({ state }) => <Badge color={state === 'active' ? 'green' : 'gray'}>{state}</Badge>,
  },
  { name: 'Next', width: '160px', wide: true, cell: ({ next_fire_at }) => <When at={next_fire_at} empty="–" /> },
  { name: 'To', width: 'minmax(120px, 2fr)', wide: true, cell: ({ method, endpoint }) => `${method} ${endpoint}` },
];

interface ScheduleDetailProps {
  readonly schedule: Schedule;
  readonly onChanged: (schedule: Schedule) => void;
}

function ScheduleDetail({ schedule, onChanged }: ScheduleDetailProps) {
  const api = useConsole();
  const act = useMutation({
    mutationFn: (word: string) =>
      api.service('scheduler').post<Schedule>(`/schedules/${schedule.id}/${word}`, { body: {} }),
    onSuccess: onChanged,
  });
  return (
    <Stack>
      <Facts
        facts={{
          Id: schedule.id,
          To: `${schedule.method} ${schedule.endpoint}`,
          When: schedule.cron === null ? <When at={schedule.fire_at} /> : `${schedule.cron} (${schedule.timezone})`,
          State: schedule.state,
          Body: `${schedule.body_bytes} bytes${schedule.signed ? ', signed' : ''}`,
          Created: <When at={schedule.created_at} />,
        }}
      />
      <Title order={2} size="h4">
        Next runs
      </Title>
      {schedule.next_runs.length === 0 && <Text size="sm">None.</Text>}
      <List size="sm">
        {schedule.next_runs.map((run) => (
          <List.Item key={run}>
            <When at={run} /> · {run}
          </List.Item>
        ))}
      </List>
      <ProblemAlert error={act.error} />
      <Group>
        {schedule.state === 'active' && (
          <Button variant="default" size="xs" onClick={() => act.mutate('pause')}>
            Pause
          </Button>
        )}
        {schedule.state === 'paused' && (
          <Button variant="default" size="xs" onClick={() => act.mutate('resume')}>
            Resume
          </Button>
        )}
        {(schedule.state === 'active' || schedule.state === 'paused') && (
          <Danger action="Cancel" title="Cancel this schedule?" size="xs" run={() => act.mutateAsync('cancel')}>
            {schedule.id} sends nothing any more to {schedule.endpoint}, what waits of it is canceled, and it cannot be
            taken up again.
          </Danger>
        )}
        <ScreenLink to="/scheduler" search={{ tab: 'deliveries', schedule: schedule.id }}>
          Its deliveries
        </ScreenLink>
      </Group>
    </Stack>
  );
}
