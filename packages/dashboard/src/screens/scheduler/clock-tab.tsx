import { Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { When } from '../../parts/when.tsx';
import type { TestClock } from './types.ts';

/** The time of the test schedules: stands still, goes forward by leaps, or runs. */
export function ClockTab() {
  const api = useConsole();
  const queries = useQueryClient();
  const scheduler = api.service('scheduler');
  const key = api.key('clock');
  const [by, setBy] = useState('24h');
  const { data: clock, error } = useQuery({ queryKey: key, queryFn: () => scheduler.get<TestClock>('/test/clock') });
  const act = useMutation({
    mutationFn: (word: 'freeze' | 'advance' | 'resume') =>
      scheduler.post<TestClock>(`/test/clock/${word}`, { body: word === 'advance' ? { by } : {} }),
    onSuccess: (answer) => queries.setQueryData(key, answer),
  });
  return (
    <Paper withBorder p="md" maw={640}>
      <Stack>
        <Title order={2} size="h4">
          Test clock
        </Title>
        <Text size="sm">
          While it stands, nothing of the test schedules of this workspace falls due; moving it forward releases what
          falls due meanwhile, in order. Live schedules know nothing of it.
        </Text>
        <ProblemAlert error={error ?? act.error} />
        {clock !== undefined && (
          <Group role="status">
            <Badge color={clock.state === 'frozen' ? 'blue' : 'green'}>{clock.state}</Badge>
            <When at={clock.now} />
            {clock.released != null && <Text size="sm">{clock.released} deliveries were released.</Text>}
          </Group>
        )}
        <Group align="flex-end">
          {clock?.state === 'frozen' ? (
            <>
              <TextInput label="Forward by" value={by} onChange={(event) => setBy(event.currentTarget.value)} w={120} />
              <Button loading={act.isPending} onClick={() => act.mutate('advance')}>
                Move it forward
              </Button>
              <Button variant="default" loading={act.isPending} onClick={() => act.mutate('resume')}>
                Let it run
              </Button>
            </>
          ) : (
            <Button loading={act.isPending} onClick={() => act.mutate('freeze')}>
              Freeze it
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}
