import { Anchor, Grid, Group, List, Loader, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useConsole, useServices } from '../../console/console.ts';
import type { AuditEntry, Mode } from '../../console/types.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { exampleCurl } from '../../parts/example.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { Chart } from './chart.tsx';
import { type Figures, seriesOf, totalsOf } from './series.ts';

const spans = [
  { value: 'hour', label: 'Hour' },
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'month', label: 'Month' },
];

export function Screen() {
  const api = useConsole();
  const [span, setSpan] = useFilter('span');
  const { data, error } = useQuery({
    queryKey: api.key('figures', span),
    queryFn: () => api.get<Figures>('/figures', { query: { span: span ?? 'day' } }),
    // What changes by the day is not worth counting four times a minute.
    refetchInterval: span === 'hour' ? 15_000 : 60_000,
  });
  return (
    <>
      <ScreenTitle
        actions={<SegmentedControl aria-label="Time" size="xs" data={spans} value={span ?? 'day'} onChange={setSpan} />}
      >
        Home
      </ScreenTitle>
      <ProblemAlert error={error} />
      <Grid>
        {(['live', 'test'] as const).map((mode) => (
          <Grid.Col key={mode} span={{ base: 12, lg: 6 }}>
            <ModeFigures mode={mode} figures={data} />
          </Grid.Col>
        ))}
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <RecentFailures />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <FirstSteps />
        </Grid.Col>
      </Grid>
    </>
  );
}

function ModeFigures({ mode, figures }: { readonly mode: Mode; readonly figures: Figures | undefined }) {
  const totals = figures === undefined ? null : totalsOf(figures, mode);
  return (
    <Paper withBorder p="md" component="section" aria-label={`Figures of ${mode} mode`}>
      <Group mb="xs">
        <Title order={2} size="h4">
          {mode === 'live' ? 'Live' : 'Test'}
        </Title>
        <ModeBadge mode={mode} />
      </Group>
      {totals !== null && (
        <Text size="sm" mb="xs">
          {count(totals.requests, 'request')}, {count(totals.errors, 'error')}, {count(totals.suppressed, 'effect')}{' '}
          suppressed, {count(totals.delivered, 'delivery', 'deliveries')} arrived, {totals.failed} given up
        </Text>
      )}
      {figures === undefined ? (
        <Loader role="progressbar" aria-label="Loading the chart" />
      ) : (
        <Chart series={seriesOf(figures, mode)} label={`${mode} mode over time`} />
      )}
    </Paper>
  );
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

function RecentFailures() {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('audit', 'failures'),
    queryFn: async () => {
      const of = (status: string) =>
        api.get<{ entries: AuditEntry[] }>('/audit', { query: { mode: api.mode, status, limit: 6 } });
      const [caller, ours] = await Promise.all([of('4xx'), of('5xx')]);
      return [...caller.entries, ...ours.entries].sort((a, b) => b.at - a.at).slice(0, 6);
    },
    refetchInterval: 15_000,
  });
  return (
    <Paper withBorder p="md" component="section" aria-label="Recent failures">
      <Title order={2} size="h4" mb="xs">
        Recent failures in {api.mode} mode
      </Title>
      <ProblemAlert error={error} />
      {data === undefined && error === null && <Loader role="progressbar" aria-label="Loading the failures" />}
      {data?.length === 0 && <Text size="sm">None.</Text>}
      <Stack gap={4}>
        {data?.map((entry) => (
          <Group key={entry.id} gap="xs" wrap="nowrap">
            <StatusBadge status={entry.status} />
            <Anchor
              component={ScreenLink}
              to="/admin/logs"
              search={{ request: entry.requestId }}
              size="sm"
              truncate
              flex={1}
              miw={0}
            >
              {entry.method} {entry.route} · {entry.code}
            </Anchor>
            <Text size="xs" c="dimmed" visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
              <When at={entry.at} />
            </Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

/** In test mode, whichever is shown: who begins breaks nothing there. */
function FirstSteps() {
  const { services, publicUrl } = useServices();
  const link = (to: string, text: string) => (
    <Anchor component={ScreenLink} to={to} search={{ mode: 'test' }} underline="always" inherit>
      {text}
    </Anchor>
  );
  return (
    <Paper withBorder p="md" component="section" aria-label="First steps">
      <Title order={2} size="h4" mb="xs">
        First steps
      </Title>
      <List type="ordered" size="sm" spacing="xs">
        <List.Item>{link('/admin/api-keys', 'Create a test key')} and keep its text.</List.Item>
        <List.Item>
          Send a request:
          <CodeBlock code={exampleCurl(publicUrl, services[0], 'test')} label="the first request" />
        </List.Item>
        <List.Item>
          See it in {link('/admin/logs', 'the logs')}, and what it held back in {link('/effects', 'the effects')}.
        </List.Item>
        <List.Item>{link('/webhooks', 'Add a webhook endpoint')} to hear of events.</List.Item>
        <List.Item>{link('/settings', 'Invite the others')}; then go live with a live key.</List.Item>
      </List>
    </Paper>
  );
}
