import { Badge, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import { request } from '../../console/request.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import type { Slo, SloWindow } from './types.ts';

/** The figures that everybody may see, and this workspace's own; both count live deliveries only. */
export function SloTab() {
  const api = useConsole();
  const published = useQuery({ queryKey: ['slo'], queryFn: () => request<Slo>('GET', '/v1/slo') });
  const own = useQuery({
    queryKey: api.key('slo'),
    queryFn: () => api.service('scheduler').get<Slo>('/slo', { query: { scope: 'project' } }),
    enabled: api.mode === 'live',
  });
  return (
    <Stack>
      {published.isPending && <Loader role="progressbar" aria-label="Loading" />}
      <SloTable title="Published: the whole installation" slo={published.data} />
      <ProblemAlert error={published.error ?? own.error} />
      {api.mode === 'live' ? (
        <SloTable title="This workspace" slo={own.data} />
      ) : (
        <Text size="sm">
          The SLO counts live deliveries only; switch to live mode for the figures of this workspace.
        </Text>
      )}
    </Stack>
  );
}

const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} ms`);

function SloTable({ title, slo }: { readonly title: string; readonly slo: Slo | undefined }) {
  if (slo === undefined) return null;
  return (
    <section aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text size="sm" mb="xs">
        {slo.definition}; target {slo.target_ms} ms. Beside each: every first fire, none left out.
      </Text>
      <Table.ScrollContainer className="wide-table" minWidth={760} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              {[
                'Window',
                'Counted',
                'p50',
                'p95',
                'p99',
                'Slowest',
                'Met',
                'Unfiltered p99',
                'Unfiltered',
                'Left out',
                'Overdue',
                'Early',
              ].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {slo.windows.map((window) => (
              <SloRow key={window.window} window={window} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function SloRow({ window }: { readonly window: SloWindow }) {
  const excluded = Object.values(window.excluded).reduce((sum, count) => sum + count, 0);
  const { met } = window;
  return (
    <Table.Tr>
      <Table.Th scope="row">{window.window}</Table.Th>
      <Table.Td>{window.n}</Table.Td>
      <Table.Td>{ms(window.p50_ms)}</Table.Td>
      <Table.Td>{ms(window.p95_ms)}</Table.Td>
      <Table.Td>{ms(window.p99_ms)}</Table.Td>
      <Table.Td>{ms(window.max_ms)}</Table.Td>
      <Table.Td>
        <Badge color={met === true ? 'green' : met === false ? 'red' : 'gray'}>
          {met === true ? 'met' : met === false ? 'missed' : 'too few'}
        </Badge>
      </Table.Td>
      <Table.Td>{ms(window.unfiltered.p99_ms)}</Table.Td>
      <Table.Td>{window.unfiltered.n}</Table.Td>
      <Table.Td>{excluded}</Table.Td>
      <Table.Td>{window.overdue_unfired}</Table.Td>
      <Table.Td>{window.early_fires}</Table.Td>
    </Table.Tr>
  );
}
