import { Button, Group, Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

interface PanelProps {
  readonly title: string;
  readonly error: unknown;
  /** What its button says. */
  readonly add: string;
  readonly onAdd: () => void;
  readonly children: ReactNode;
}

/** What belongs to a customer or an onboarding, with a button for one more of it. */
export function Panel({ title, error, add, onAdd, children }: PanelProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Button size="compact-sm" variant="default" onClick={onAdd}>
          {add}
        </Button>
      </Group>
      <ProblemAlert error={error} />
      {children}
    </Paper>
  );
}
