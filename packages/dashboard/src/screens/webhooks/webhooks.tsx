import { Anchor, Badge, Button, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useIsAdmin, useServices } from '../../console/console.ts';
import { Empty } from '../../parts/empty.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { When } from '../../parts/when.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { ShownSecret } from './shown-secret.tsx';
import type { Endpoint } from './types.ts';

export function Screen() {
  const api = useConsole();
  const queries = useQueryClient();
  const isAdmin = useIsAdmin();
  const { services } = useServices();
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useState<(Endpoint & { readonly secret: string }) | null>(null);
  const curl = useCurl('invoices');
  const ofApi = services.find(({ name }) => name === 'invoices');
  const key = api.key('webhooks');
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () =>
      api.get<{ endpoints: Endpoint[] }>('/webhooks', { query: { mode: api.mode } }).then((answer) => answer.endpoints),
  });
  return (
    <>
      <ScreenTitle
        actions={
          <Button disabled={!isAdmin} onClick={() => setCreating(true)}>
            Add an endpoint
          </Button>
        }
      >
        Webhooks
      </ScreenTitle>
      <ProblemAlert error={error} />
      {shown !== null && <ShownSecret secret={shown.secret} onClose={() => setShown(null)} />}
      {data?.length === 0 && (
        <Empty
          title={`Nothing listens in ${api.mode} mode`}
          {...(ofApi === undefined
            ? {}
            : { curl: curl({ path: '/webhooks', body: { url: 'https://example.com/hooks', events: ['*'] } }) })}
        >
          An endpoint is a URL of yours that is sent the events of one service in one mode, each signed. Services that
          announce events:{' '}
          {services
            .filter(({ webhooks }) => webhooks !== null)
            .map(({ title }) => title)
            .join(', ')}
          . Add one here{ofApi === undefined ? '.' : `, or for ${ofApi.title} with a key:`}
        </Empty>
      )}
      {data !== undefined && data.length > 0 && (
        <Table.ScrollContainer
          className="wide-table"
          minWidth={640}
          scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
        >
          <Table aria-label="Webhook endpoints">
            <Table.Thead>
              <Table.Tr>
                {['Endpoint', 'Service', 'Events', 'State', 'Created'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((endpoint) => (
                <Table.Tr key={endpoint.id}>
                  <Table.Td>
                    <Anchor
                      component={ScreenLink}
                      to="/webhooks/$endpointId"
                      params={{ endpointId: endpoint.id }}
                      underline="always"
                    >
                      {endpoint.url}
                    </Anchor>
                    {endpoint.description !== null && <Text size="xs">{endpoint.description}</Text>}
                  </Table.Td>
                  <Table.Td>
                    {endpoint.service} <ModeBadge mode={endpoint.mode} />
                  </Table.Td>
                  <Table.Td>{endpoint.events.join(', ')}</Table.Td>
                  <Table.Td>
                    <EndpointState endpoint={endpoint} />
                  </Table.Td>
                  <Table.Td>
                    <When at={endpoint.createdAt} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {creating && (
        <EndpointForm
          onClose={() => setCreating(false)}
          onDone={async (made) => {
            setCreating(false);
            setShown(made);
            await queries.invalidateQueries({ queryKey: key });
          }}
        />
      )}
    </>
  );
}

function EndpointState({ endpoint: { enabled, disabled, health } }: { readonly endpoint: Endpoint }) {
  if (!enabled) return <Badge color="red">disabled{disabled === null ? '' : `: ${disabled.reason}`}</Badge>;
  return health.failingSince === null ? <Badge color="green">enabled</Badge> : <Badge color="orange">failing</Badge>;
}
