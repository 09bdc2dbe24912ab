import { Grid, Loader, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type Caller, useConsole } from '../../console/console.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { Contacts } from './contacts.tsx';
import { CustomerCard } from './customer-card.tsx';
import { CustomerOnboardings } from './customer-onboardings.tsx';
import { Feed } from './feed.tsx';
import { readRef } from './read-ref.ts';
import type { Customer } from './types.ts';

export function Screen() {
  const { ref = '' } = useParams({ strict: false }) as { ref?: string };
  const api = useConsole();
  const service = api.service('onboarding');
  const { data: customer, error } = useQuery({
    queryKey: api.key('onboarding', 'customer', ref),
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
          <CustomerCard customer={customer} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <CustomerOnboardings customer={customer} />
            <Contacts customer={customer} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={12}>
          <Feed customerId={customer.id} />
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
