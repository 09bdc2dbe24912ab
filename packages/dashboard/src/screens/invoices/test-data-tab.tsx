import { Button, Checkbox, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { Danger } from '../../parts/danger.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showDone } from '../../parts/show-problem.ts';

interface Reset {
  readonly id: string;
  readonly deleted: Readonly<Record<string, number>>;
}

/** Clears what test mode made, once it is known how much that is. */
export function TestDataTab() {
  const api = useConsole();
  const queries = useQueryClient();
  const [keepWebhooks, setKeepWebhooks] = useState(true);
  const service = api.service('invoices');
  const reset = (dryRun: boolean): Promise<Reset> =>
    service.post<Reset>('/admin/test-mode/reset', { body: { confirm: 'RESET', keepWebhooks, dryRun } });
  const count = useMutation({ mutationFn: () => reset(true) });
  const total = Object.values(count.data?.deleted ?? {}).reduce((sum, one) => sum + one, 0);
  return (
    <Paper withBorder p="md" component="section" aria-label="Reset of test data" maw={600}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          Clear the test data
        </Title>
        <Text size="sm">
          Invoices, uploads, clients, contacts and files of test mode go for good, in one transaction. Live data, keys
          and the audit log stay.
        </Text>
        <Checkbox
          label="Keep webhook endpoints"
          checked={keepWebhooks}
          onChange={(event) => {
            setKeepWebhooks(event.currentTarget.checked);
            count.reset();
          }}
        />
        <Group>
          <Button variant="default" loading={count.isPending} onClick={() => count.mutate()}>
            Count what would go
          </Button>
          {count.data !== undefined && (
            <Danger
              action="Reset"
              size="sm"
              title="Clear the test data?"
              typed="RESET"
              disabled={total === 0}
              run={() => reset(false)}
              onDone={() => {
                count.reset();
                showDone('The test data is cleared.');
                void queries.invalidateQueries({ queryKey: api.key('invoices') });
              }}
            >
              {total} records go for good; live data stays as it is.
            </Danger>
          )}
        </Group>
        <ProblemAlert error={count.error} />
        {count.data !== undefined && <Facts facts={count.data.deleted} />}
      </Stack>
    </Paper>
  );
}
