import { Anchor, Badge, Button, Group, Loader, Paper, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useConsole, useIsAdmin } from '../../console/console.ts';
import { Danger } from '../../parts/danger.tsx';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { showDone } from '../../parts/show-problem.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { useGo } from '../../shell/use-go.ts';
import { DeliveryDetail } from './delivery-detail.tsx';
import { ShownSecret } from './shown-secret.tsx';
import type { Delivery, Endpoint } from './types.ts';

export function Screen() {
  const { endpointId = '' } = useParams({ strict: false }) as { endpointId?: string };
  const api = useConsole();
  const queries = useQueryClient();
  const go = useGo();
  const isAdmin = useIsAdmin();
  const [secret, setSecret] = useState<string | null>(null);
  const [status, setStatus] = useFilter('status');
  const [open, setOpen] = useState<Delivery | null>(null);
  const path = `/webhooks/${encodeURIComponent(endpointId)}`;
  const key = api.key('webhook', endpointId);
  const { data: endpoint, error } = useQuery({ queryKey: key, queryFn: () => api.get<Endpoint>(path) });
  const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: key });
  const act = useMutation({
    mutationFn: (word: 'enable' | 'disable' | 'test') => api.post(`${path}/${word}`, { body: {} }),
    onSuccess: async (_, word) => {
      if (word === 'test') showDone('The test event is on its way.');
      await reload();
    },
  });
  const rotate = useMutation({
    mutationFn: () => api.post<Endpoint & { secret: string }>(`${path}/secrets/rotate`, { body: {} }),
    onSuccess: async (made) => {
      setSecret(made.secret);
      await reload();
    },
  });
  const recover = useMutation({
    mutationFn: (dryRun: boolean) =>
      api.post<{ dryRun: boolean; deliveries: number; missedEvents: number; more: boolean }>(`${path}/recover`, {
        body: { since: String(Date.now() - 86_400_000), missed: true, dryRun },
      }),
    onSuccess: ({ dryRun }) => (dryRun ? undefined : reload()),
  });
  if (error !== null) return <ProblemAlert error={error} />;
  if (endpoint === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  return (
    <>
      <ScreenTitle
        actions={
          <>
            <Button variant="default" disabled={!isAdmin || !endpoint.enabled} onClick={() => act.mutate('test')}>
              Send a test event
            </Button>
            <Button
              variant="default"
              disabled={!isAdmin}
              onClick={() => act.mutate(endpoint.enabled ? 'disable' : 'enable')}
            >
              {endpoint.enabled ? 'Disable' : 'Enable'}
            </Button>
            <Danger
              action="Remove"
              title="Remove this endpoint?"
              size="sm"
              disabled={!isAdmin}
              run={() => api.delete(path)}
              onDone={() => void go({ to: '/webhooks' })}
            >
              {endpoint.url} hears no more events of {endpoint.service}, what waits for it is canceled, and its log of
              deliveries goes.
            </Danger>
          </>
        }
      >
        Webhook endpoint
      </ScreenTitle>
      <Stack>
        <Anchor component={ScreenLink} to="/webhooks" underline="always">
          All endpoints
        </Anchor>
        <ProblemAlert error={act.error ?? rotate.error ?? recover.error} />
        {secret !== null && <ShownSecret secret={secret} onClose={() => setSecret(null)} />}
        {endpoint.disabled !== null && <Text fw={600}>{endpoint.disabled.message}</Text>}
        <Paper withBorder p="md">
          <Facts
            facts={{
              URL: endpoint.url,
              Service: endpoint.service,
              Mode: <ModeBadge mode={endpoint.mode} />,
              Events: endpoint.events.join(', '),
              'Only about': endpoint.subject,
              Created: <When at={endpoint.createdAt} />,
              'Failing since': <When at={endpoint.health.failingSince} empty="not failing" />,
            }}
          />
        </Paper>
        <Paper withBorder p="md" component="section" aria-label="Secrets">
          <Group justify="space-between">
            <Title order={2} size="h4">
              Signing secrets
            </Title>
            <Button
              size="xs"
              variant="default"
              disabled={!isAdmin}
              loading={rotate.isPending}
              onClick={() => rotate.mutate()}
            >
              Rotate (both sign for a day)
            </Button>
          </Group>
          <Table aria-label="Signing secrets">
            <Table.Tbody>
              {endpoint.secrets.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td className="code">…{one.hint}</Table.Td>
                  <Table.Td>
                    <Badge color={one.state === 'active' ? 'green' : 'orange'}>{one.state}</Badge>
                  </Table.Td>
                  <Table.Td>
                    {one.retiresAt === null ? (
                      'signs'
                    ) : (
                      <>
                        signs until <When at={one.retiresAt} />
                      </>
                    )}
                  </Table.Td>
                  <Table.Td>
                    {one.state === 'retiring' && (
                      <Danger
                        action="Revoke"
                        title="Revoke this secret?"
                        disabled={!isAdmin}
                        run={() => api.post(`${path}/secrets/${one.id}/revoke`, { body: {} })}
                        onDone={() => void reload()}
                      >
                        Requests are no longer signed with the secret that ends in {one.hint}.
                      </Danger>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
        <Paper withBorder p="md" component="section" aria-label="Deliveries">
          <Group justify="space-between" mb="xs">
            <Title order={2} size="h4">
              Deliveries
            </Title>
            <Group gap="xs">
              <Select
                aria-label="State of deliveries"
                size="xs"
                clearable
                placeholder="all"
                data={['pending', 'succeeded', 'failed', 'canceled']}
                value={status}
                onChange={setStatus}
              />
              <Button size="xs" variant="default" disabled={!isAdmin} onClick={() => recover.mutate(true)}>
                Recover the last day …
              </Button>
            </Group>
          </Group>
          {recover.data !== undefined && (
            <Group mb="xs">
              <Text size="sm">
                {recover.data.dryRun ? 'It would send' : 'It sends'} {recover.data.deliveries} failed deliveries and{' '}
                {recover.data.missedEvents} missed events again, in {api.mode} mode.
              </Text>
              {recover.data.dryRun && recover.data.deliveries + recover.data.missedEvents > 0 && (
                <Button size="xs" loading={recover.isPending} onClick={() => recover.mutate(false)}>
                  Send them
                </Button>
              )}
            </Group>
          )}
          <DataList<Delivery>
            label="Deliveries"
            queryKey={[...key, 'deliveries', status]}
            readPage={(cursor, signal) =>
              api
                .get<{ deliveries: Delivery[]; cursor: string | null }>(`${path}/deliveries`, {
                  query: { limit: 100, cursor, status },
                  signal,
                })
                .then((page) => ({ rows: page.deliveries, cursor: page.cursor }))
            }
            columns={columns}
            idOf={({ id }) => id}
            onOpen={setOpen}
            empty={<Text size="sm">Nothing was sent yet. Send a test event.</Text>}
          />
        </Paper>
      </Stack>
      <DeliveryDetail path={path} delivery={open} onClose={() => setOpen(null)} onRedelivered={() => void reload()} />
    </>
  );
}

const colors = { pending: 'blue', succeeded: 'green', failed: 'red', canceled: 'gray' } as const;

const columns: Column<Delivery>[] = [
  { name: 'Event', width: 'minmax(120px, 1fr)', cell: ({ eventType }) => eventType },
  { name: 'State', width: '120px', cell: ({ status }) => <Badge color={colors[status]}>{status}</Badge> },
  { name: 'Attempts', width: '80px', cell: ({ attempts }) => attempts },
  { name: 'Answer', width: '80px', wide: true, cell: ({ lastStatusCode }) => lastStatusCode ?? '–' },
  { name: 'Why', width: '100px', wide: true, cell: ({ trigger }) => trigger },
  { name: 'Created', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
];
