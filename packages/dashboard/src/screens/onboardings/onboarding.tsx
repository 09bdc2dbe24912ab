import { Grid, Loader, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type Caller, useConsole } from '../../console/console.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { Feed } from '../customers/feed.tsx';
import type { Customer, Onboarding } from '../customers/types.ts';
import { OnboardingCard } from './onboarding-card.tsx';
import { Tasks } from './tasks.tsx';

/** One onboarding with its phase, its tasks and what happened to it. */
export function Screen() {
  const { ref = '' } = useParams({ strict: false }) as { ref?: string };
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('onboarding', 'onboarding', ref),
    queryFn: () => findOnboarding(api.service('onboarding'), ref),
  });
  if (error !== null) {
    return (
      <Stack>
        <ScreenTitle>Onboarding</ScreenTitle>
        <ProblemAlert error={error} title="This onboarding cannot be shown" />
        <ScreenLink to="/onboardings">All onboardings</ScreenLink>
      </Stack>
    );
  }
  if (data === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  const { onboarding, customer } = data;
  return (
    <>
      <ScreenTitle>{onboarding.name ?? `Onboarding ${onboarding.display_id}`}</ScreenTitle>
      <Grid>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <OnboardingCard onboarding={onboarding} customer={customer} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Tasks onboarding={onboarding} />
        </Grid.Col>
        <Grid.Col span={12}>
          <Feed customerId={customer.id} onboardingId={onboarding.id} title="Audit" />
        </Grid.Col>
      </Grid>
    </>
  );
}

async function findOnboarding(service: Caller, ref: string): Promise<{ onboarding: Onboarding; customer: Customer }> {
  const onboarding = await service.get<Onboarding>(`/onboardings/${encodeURIComponent(ref)}`);
  const customer = await service.get<Customer>(`/customers/${onboarding.customer_id}`);
  return { onboarding, customer };
}
