import { Badge, Grid, Group, Loader, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type Caller, useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Json } from '../../parts/json.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { isTestRow } from './fold-test-rows.ts';
import { readRef } from './read-ref.ts';
import { type Activity, type Contact, type Customer, type Onboarding, words } from './types.ts';

export function Screen() {
  const { ref = '' } = useParams({ strict: false }) as { ref?: string };
  const api = useConsole();
  const service = api.service('onboarding');
  const { data: customer, error } = useQuery({
    queryKey: api.key('customer', ref),
    queryFn: () => findCustomer(service, ref),
  });
  if (error !== null) {
    return (
      <Stack>
        <ScreenTitle>Customer</ScreenTitle>
        <ProblemAlert error={error} title="This customer cannot be shown" />
        <ScreenLink to="/customers">All customers</ScreenLink>
      </Stack>
    );
  }
  if (customer === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  return (
    <>
      <ScreenTitle>{customer.name}</ScreenTitle>
      <Grid>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <Card customer={customer} />
            <Feed customer={customer} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Onboardings customer={customer} />
            <Contacts customer={customer} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

async function findCustomer(service: Caller, ref: string): Promise<Customer> {
  const read = readRef(ref);
  if ('displayId' in read) return service.get<Customer>(`/customers/${read.displayId}`);
  const { data } = await service.get<{ data: Customer[] }>('/customers', { query: { slug: read.slug } });
  // What is no slug may be an id, by which other screens refer to it.
  return data[0] ?? service.get<Customer>(`/customers/${encodeURIComponent(read.slug)}`);
}

function Card({ customer }: { readonly customer: Customer }) {
  return (
    <Paper withBorder p="md" component="section" aria-label="Customer">
      <Group mb="xs">
        <Badge>{words(customer.status)}</Badge>
        {isTestRow(customer) && <ModeBadge mode="test" />}
      </Group>
      <Facts
        facts={{
          Number: customer.display_id,
          Slug: customer.slug,
          Domain: customer.domain,
          Plan: customer.plan,
          Created: <When at={customer.created_at} />,
        }}
      />
      {Object.keys(customer.metadata).length > 0 && <Json value={customer.metadata} label="the metadata" />}
    </Paper>
  );
}

function Onboardings({ customer }: { readonly customer: Customer }) {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('onboardings', customer.id),
    queryFn: () =>
      api.service('onboarding').get<{ data: Onboarding[] }>(`/customers/${customer.id}/onboardings`, {
        query: { limit: 100 },
      }),
  });
  return (
    <Paper withBorder p="md" component="section" aria-label="Onboardings">
      <Title order={2} size="h4">
        Onboardings
      </Title>
      <ProblemAlert error={error} />
      {data?.data.length === 0 && <Text size="sm">None.</Text>}
      {data?.data.map(({ id, name, phase, state }) => (
        <Text key={id} size="sm">
          {name}: {words(phase)}, {words(state)}
        </Text>
      ))}
    </Paper>
  );
}

function Contacts({ customer }: { readonly customer: Customer }) {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('contacts', customer.id),
    queryFn: () =>
      api
        .service('onboarding')
        .get<{ data: Contact[] }>(`/customers/${customer.id}/contacts`, { query: { limit: 100 } }),
  });
  const sorted = [...(data?.data ?? [])].sort((a, b) => Number(b.is_primary === true) - Number(a.is_primary === true));
  return (
    <Paper withBorder p="md" component="section" aria-label="Contacts">
      <Title order={2} size="h4">
        Contacts
      </Title>
      <ProblemAlert error={error} />
      {data?.data.length === 0 && <Text size="sm">None.</Text>}
      {sorted.map((contact) => (
        <Text key={contact.id} size="sm">
          {contact.name ?? [contact.first_name, contact.last_name].filter(Boolean).join(' ')} {contact.email}
          {contact.is_primary === true && ' (primary)'}
        </Text>
      ))}
    </Paper>
  );
}

function Feed({ customer }: { readonly customer: Customer }) {
  const api = useConsole();
  const [of, setOf] = useFilter('feed');
  return (
    <Paper withBorder p="md" component="section" aria-label="Activity">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Activity
        </Title>
        <SegmentedControl
          aria-label="Mode of the activity"
          size="xs"
          value={of ?? 'both'}
          onChange={(value) => setOf(value === 'both' ? null : value)}
          data={[
            { value: 'both', label: 'Both modes' },
            { value: 'live', label: 'Live' },
            { value: 'test', label: 'Test' },
          ]}
        />
      </Group>
      <DataList<Activity>
        label="Activity"
        queryKey={api.key('activity', customer.id, of)}
        readPage={readList(api.service('onboarding'), `/customers/${customer.id}/activity`, { mode: of })}
        columns={columns}
        idOf={({ id }) => id}
        empty={<Text size="sm">Nothing happened yet.</Text>}
      />
    </Paper>
  );
}

const columns: Column<Activity>[] = [
  { name: 'Event', width: 'minmax(140px, 1fr)', cell: ({ event_type }) => event_type },
  { name: 'Mode', width: '90px', cell: ({ mode }) => <ModeBadge mode={mode} /> },
  {
    name: 'Changed',
    width: 'minmax(100px, 1fr)',
    wide: true,
    cell: ({ changes }) => changes.map(({ field }) => field).join(', '),
  },
  {
    name: 'Actor',
    width: 'minmax(100px, 1fr)',
    wide: true,
    cell: ({ actor }) => actor,
  },
  { name: 'Time', width: '160px', cell: ({ timestamp }) => <When at={timestamp} /> },
];
