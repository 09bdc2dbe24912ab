import { Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { Danger } from '../../parts/danger.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showDone } from '../../parts/show-problem.ts';

interface Receipt {
  readonly onboardings: number;
  readonly contacts: number;
  readonly customers: number;
}

/** Deletes what is tagged as a test, once somebody has seen how much that is and typed what it is. */
export function CleanUp() {
  const api = useConsole();
  const changed = useChanged('onboarding');
  return (
    <Danger
      action="Clean up test records"
      size="sm"
      title="Clean up test records?"
      typed="test records"
      run={() => api.service('onboarding').post('/customers/cleanup', { body: { dry_run: false } })}
      onDone={() => {
        showDone('The test records are deleted.');
        void changed();
      }}
    >
      <Counts />
    </Danger>
  );
}

function Counts() {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('onboarding', 'cleanup'),
    queryFn: () => api.service('onboarding').post<Receipt>('/customers/cleanup', { body: { dry_run: true } }),
    staleTime: 0,
  });
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined) return <Loader size="sm" role="progressbar" aria-label="Counting" />;
  return (
    <Text>
      {data.customers} customers, {data.contacts} contacts and {data.onboardings} onboardings whose metadata says “test:
      true” are deleted. Both modes share them, whichever made them.
    </Text>
  );
}
