import { Badge, Button, Drawer, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useConsole, useIsAdmin } from '../../console/console.ts';
import type { Effect } from '../../console/types.ts';
import { Facts } from '../../parts/facts.tsx';
import { Json } from '../../parts/json.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { When } from '../../parts/when.tsx';
import { stateColors } from './state-colors.ts';

interface Delivery {
  readonly id: string;
  readonly kind: string;
  readonly endpointId: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly lastStatusCode: number | null;
  readonly failure: string | null;
  readonly createdAt: number;
}

export function EffectDetail({
  effectId,
  onClose,
}: {
  readonly effectId: string | null;
  readonly onClose: () => void;
}) {
  return (
    <Drawer opened={effectId !== null} onClose={onClose} position="right" size="lg" title="Effect">
      {effectId !== null && <Detail effectId={effectId} />}
    </Drawer>
  );
}

function Detail({ effectId }: { readonly effectId: string }) {
  const api = useConsole();
  const queries = useQueryClient();
  const isAdmin = useIsAdmin();
  const key = api.key('effect', effectId);
  const { data: effect, error } = useQuery({
    queryKey: key,
    queryFn: () => api.get<Effect & { deliveries: Delivery[] }>(`/effects/${encodeURIComponent(effectId)}`),
  });
  const redeliver = useMutation({
    mutationFn: ({ endpointId, id }: Delivery) =>
      api.post(`/webhooks/${endpointId}/deliveries/${id}/redeliver`, { body: {} }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (error !== null) return <ProblemAlert error={error} />;
  if (effect === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  return (
    <Stack>
      <Facts
        facts={{
          Effect: effect.name,
          Service: effect.service,
          Mode: <ModeBadge mode={effect.mode} />,
          State: <Badge color={stateColors[effect.state]}>{effect.state}</Badge>,
          Time: <When at={effect.createdAt} />,
          Request: (
            <ScreenLink to="/admin/logs" search={{ request: effect.requestId }}>
              {effect.requestId}
            </ScreenLink>
          ),
        }}
      />
      {effect.state === 'suppressed' && (
        <Text>
          The contract of {effect.service} holds {effect.name} back in {effect.mode} mode: this is the payload that
          would have left, and it never will.
        </Text>
      )}
      <Title order={2} size="h4">
        {effect.state === 'suppressed' ? 'What would have left' : 'Payload'}
      </Title>
      <Json value={effect.payload} label="the payload" />
      <Title order={2} size="h4">
        Deliveries
      </Title>
      <ProblemAlert error={redeliver.error} />
      {effect.deliveries.length === 0 && <Text size="sm">None: nobody was subscribed, or it was held back.</Text>}
      {effect.deliveries.length > 0 && (
        <Table aria-label="Deliveries">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Endpoint</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Attempts</Table.Th>
              <Table.Th>Action</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {effect.deliveries.map((delivery) => (
              <Table.Tr key={delivery.id}>
                <Table.Td>
                  {delivery.kind === 'webhook' && delivery.endpointId !== null ? (
                    <ScreenLink to="/webhooks/$endpointId" params={{ endpointId: delivery.endpointId }}>
                      {delivery.endpointId}
                    </ScreenLink>
                  ) : (
                    delivery.kind
                  )}
                </Table.Td>
                <Table.Td>
                  {delivery.status}
                  {delivery.lastStatusCode !== null && ` (${delivery.lastStatusCode})`}
                  {delivery.failure !== null && `: ${delivery.failure}`}
                </Table.Td>
                <Table.Td>{delivery.attempts}</Table.Td>
                <Table.Td>
                  {delivery.kind === 'webhook' && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      disabled={!isAdmin || ['scheduled', 'retrying'].includes(delivery.status)}
                      loading={redeliver.isPending}
                      onClick={() => redeliver.mutate(delivery)}
                    >
                      Redeliver
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
