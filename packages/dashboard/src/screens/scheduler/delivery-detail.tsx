import { Badge, Button, Code, Drawer, Loader, Stack, Text, Timeline, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import { Facts } from '../../parts/facts.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showDone } from '../../parts/show-problem.ts';
import { When } from '../../parts/when.tsx';
import { lateness } from './delivery-columns.tsx';
import type { Attempt, Delivery } from './types.ts';

export function DeliveryDetail({
  delivery,
  onClose,
}: {
  readonly delivery: Delivery | null;
  readonly onClose: () => void;
}) {
  return (
    <Drawer opened={delivery !== null} onClose={onClose} position="right" size="lg" title="Delivery">
      {delivery !== null && <Detail delivery={delivery} />}
    </Drawer>
  );
}

function Detail({ delivery }: { readonly delivery: Delivery }) {
  const api = useConsole();
  const queries = useQueryClient();
  const scheduler = api.service('scheduler');
  const { data, error } = useQuery({
    queryKey: api.key('attempts', delivery.id),
    queryFn: () => scheduler.get<{ data: Attempt[] }>(`/deliveries/${delivery.id}/attempts`, { query: { limit: 100 } }),
  });
  const replay = useMutation({
    mutationFn: () => scheduler.post<Delivery>(`/deliveries/${delivery.id}/replay`, { body: {} }),
    onSuccess: async () => {
      showDone(`It runs again in ${api.mode} mode.`);
      await queries.invalidateQueries({ queryKey: api.key('deliveries') });
    },
  });
  return (
    <Stack>
      <Facts
        facts={{
          Id: delivery.id,
          Schedule: delivery.schedule_id,
          Status: <Badge>{delivery.status}</Badge>,
          Due: <When at={delivery.scheduled_for} />,
          'Late by': lateness(delivery.dispatch_latency_ms),
          'First attempt': delivery.fire_class,
          'Next attempt': <When at={delivery.next_fire_at} empty="none" />,
          'Given up': delivery.dead_letter_reason,
          'Replay of': delivery.replay_of,
        }}
      />
      <ProblemAlert error={error ?? replay.error} />
      {delivery.finalized_at !== null && (
        <Button variant="default" w="fit-content" loading={replay.isPending} onClick={() => replay.mutate()}>
          Replay in {api.mode} mode
        </Button>
      )}
      <Title order={2} size="h4">
        Attempts
      </Title>
      {data === undefined && error === null && <Loader role="progressbar" aria-label="Loading" />}
      {data?.data.length === 0 && <Text size="sm">None yet.</Text>}
      <Timeline active={data?.data.length ?? 0} bulletSize={16}>
        {data?.data.map((attempt) => (
          <Timeline.Item
            key={attempt.id}
            color={attempt.outcome === 'succeeded' ? 'green' : 'red'}
            title={`${attempt.attempt}. ${attempt.outcome} ${attempt.status_code ?? attempt.error_code ?? ''}`}
          >
            <Text size="sm">
              <When at={attempt.started_at} empty="unknown" />
              {attempt.duration_ms === null ? '' : `, ${Math.round(attempt.duration_ms)} ms`}, {attempt.kind}
            </Text>
            {attempt.response_body !== null && <Code block>{attempt.response_body}</Code>}
          </Timeline.Item>
        ))}
      </Timeline>
    </Stack>
  );
}
