import { Anchor, Button, Group, Paper, Progress, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { urlOf } from '../../console/request.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';

interface Usage {
  readonly quota: {
    readonly limit: number | null;
    readonly used: number;
    readonly remaining: number | null;
    readonly resetsAt: number;
  } | null;
  readonly days: readonly {
    readonly date: string;
    readonly total: number;
    readonly endpoints: Readonly<Record<string, number>>;
  }[];
}

interface Outcome {
  readonly shortId: string;
  readonly endpoint: string;
  readonly clientSeed: string;
  readonly nonce: number;
  readonly cursor: number;
  readonly outcome: unknown;
}

export function Screen() {
  return (
    <>
      <ScreenTitle
        actions={
          <>
            <Anchor component={ScreenLink} to="/admin/api-keys" search={{ service: 'randomness' }} underline="always">
              Keys and their restrictions
            </Anchor>
            <Anchor component={ScreenLink} to="/transparency" underline="always">
              Transparency log
            </Anchor>
            <Anchor component={ScreenLink} to="/verify" underline="always">
              Verify
            </Anchor>
          </>
        }
      >
        Randomness
      </ScreenTitle>
      <Stack>
        <UsageOfDays />
        <Outcomes />
      </Stack>
    </>
  );
}

function UsageOfDays() {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('randomness-usage'),
    queryFn: () => api.service('randomness').get<Usage>('/account/usage'),
  });
  const most = Math.max(1, ...(data?.days ?? []).map(({ total }) => total));
  return (
    <Paper withBorder p="md" component="section" aria-label="Usage">
      <Title order={2} size="h4">
        Usage
      </Title>
      <ProblemAlert error={error} />
      {api.mode === 'test' && (
        <Text size="sm">Draws in test mode are computed from their inputs and never counted.</Text>
      )}
      {data?.quota != null && (
        <Text size="sm">
          Today: {data.quota.used} of {data.quota.limit ?? 'any number of'} draws.
        </Text>
      )}
      {data?.quota?.limit != null && (
        <Progress aria-label="Quota of today" value={(100 * data.quota.used) / Math.max(1, data.quota.limit)} mt={4} />
      )}
      {data !== undefined && data.days.length > 0 && (
        <Table aria-label="Draws by day">
          <Table.Tbody>
            {data.days.map(({ date, total, endpoints }) => (
              <Table.Tr key={date}>
                <Table.Th scope="row" w={110}>
                  {date}
                </Table.Th>
                <Table.Td w="40%">
                  <Progress aria-label={`Draws of ${date}`} value={(100 * total) / most} />
                </Table.Td>
                <Table.Td>
                  {total}:{' '}
                  {Object.entries(endpoints)
                    .map(([name, count]) => `${count} ${name}`)
                    .join(', ')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

function Outcomes() {
  const api = useConsole();
  const curl = useCurl('randomness');
  const [day, setDay] = useFilter('day');
  const [clientSeed, setClientSeed] = useFilter('clientSeed');
  const [seed, setSeed] = useState(clientSeed ?? '');
  const date = day ?? new Date().toISOString().slice(0, 10);
  const randomness = api.service('randomness');
  const filter = { from: date, to: date, clientSeed };
  return (
    <Paper withBorder p="md" component="section" aria-label="Outcomes">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          Outcomes
        </Title>
        <Group gap="xs" align="flex-end">
          <TextInput
            label="Day (UTC)"
            type="date"
            size="xs"
            value={date}
            onChange={(event) => setDay(event.currentTarget.value || null)}
          />
          <TextInput
            label="Client seed"
            size="xs"
            value={seed}
            onChange={(event) => setSeed(event.currentTarget.value)}
            onBlur={() => setClientSeed(seed || null)}
          />
          {(['csv', 'json'] as const).map((format) => (
            <Button
              key={format}
              component="a"
              download
              size="xs"
              variant="default"
              href={urlOf(randomness.url(`/account/outcomes.${format}`), filter)}
            >
              Export {format.toUpperCase()}
            </Button>
          ))}
        </Group>
      </Group>
      <DataList<Outcome>
        label={`Outcomes in ${api.mode} mode`}
        queryKey={api.key('outcomes', filter)}
        readPage={(_cursor, signal) =>
          randomness
            .get<Outcome[]>('/account/outcomes', { query: filter, signal })
            .then((rows) => ({ rows, cursor: null }))
        }
        columns={columns}
        idOf={({ shortId }) => shortId}
        empty={
          <Empty
            title={api.mode === 'test' ? 'A test draw is recorded nowhere' : 'Nothing was drawn on this day'}
            curl={curl({ path: '/ints?count=3&min=1&max=6' })}
          >
            {api.mode === 'test'
              ? 'It is a pure function of the account and the request: the same again each time.'
              : 'Each draw with a live key stands here with its permalink.'}
          </Empty>
        }
      />
    </Paper>
  );
}

const columns: Column<Outcome>[] = [
  {
    name: 'Permalink',
    width: '140px',
    cell: ({ shortId }) => (
      <Anchor href={`/o/${shortId}`} size="sm" underline="always">
        {shortId}
      </Anchor>
    ),
  },
  { name: 'Generator', width: '100px', cell: ({ endpoint }) => endpoint },
  { name: 'Outcome', width: 'minmax(120px, 2fr)', cell: ({ outcome }) => JSON.stringify(outcome) },
  { name: 'Client seed', width: 'minmax(100px, 1fr)', wide: true, cell: ({ clientSeed }) => clientSeed },
  { name: 'Nonce', width: '90px', wide: true, cell: ({ nonce, cursor }) => `${nonce}:${cursor}` },
];
