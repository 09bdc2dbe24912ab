import { Badge, Button, Drawer, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useConsole, useIsAdmin } from '../../console/console.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showDone } from '../../parts/show-problem.ts';
import { When } from '../../parts/when.tsx';
import type { Attempt, Delivery } from './types.ts';

interface DeliveryDetailProps {
  /** Of the endpoint. */
  readonly path: string;
  readonly delivery: Delivery | null;
  readonly onClose: () => void;
  readonly onRedelivered: () => void;
}

export function DeliveryDetail({ delivery, onClose, ...rest }: DeliveryDetailProps) {
  return (
    <Drawer opened={delivery !== null} onClose={onClose} position="right" size="lg" title="Delivery">
      {delivery !== null && <Detail delivery={delivery} {...rest} />}
    </Drawer>
  );
}

function Detail({
  path,
  delivery,
  onRedelivered,
}: Omit<DeliveryDetailProps, 'onClose' | 'delivery'> & { readonly delivery: Delivery }) {
  const api = useConsole();
  const isAdmin = useIsAdmin();
  const own = `${path}/deliveries/${delivery.id}`;
  const { data, error } = useQuery({
    queryKey: api.key('delivery', delivery.id),
    queryFn: async () => {
      const [full, { attempts }] = await Promise.all([
        api.get<Delivery & { body: string | null }>(own),
        api.get<{ attempts: Attempt[] }>(`${own}/attempts`),
      ]);
      return { ...full, attemptList: attempts };
    },
  });
  const redeliver = useMutation({
    mutationFn: () => api.post(`${own}/redeliver`, { body: {} }),
    onSuccess: () => {
      showDone('It is sent again.');
      onRedelivered();
    },
  });
  return (
    <Stack>
      <Text>
        {delivery.eventType} · <Badge>{delivery.status}</Badge>
      </Text>
      {delivery.failure !== null && <Text size="sm">{delivery.failure}</Text>}
      <ProblemAlert error={error ?? redeliver.error} />
      <Button
        variant="default"
        w="fit-content"
        disabled={!isAdmin || delivery.status === 'pending'}
        loading={redeliver.isPending}
        onClick={() => redeliver.mutate()}
      >
        Redeliver in {api.mode} mode
      </Button>
      <Title order={2} size="h4">
        Attempts
      </Title>
      {data?.attemptList.length === 0 && <Text size="sm">None yet.</Text>}
      <Table aria-label="Attempts">
        <Table.Tbody>
          {data?.attemptList.map((attempt) => (
            <Table.Tr key={attempt.id}>
              <Table.Td>{attempt.attempt}</Table.Td>
              <Table.Td>
                <When at={attempt.at} />
              </Table.Td>
              <Table.Td>
                {attempt.outcome} {attempt.statusCode} {attempt.error}
              </Table.Td>
              <Table.Td>{attempt.durationMs === null ? '' : `${Math.round(attempt.durationMs)} ms`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Title order={2} size="h4">
        Body
      </Title>
      <CodeBlock code={data?.body ?? 'It is no longer kept.'} label="the body" />
    </Stack>
  );
}
