import { Button, Group, Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

interface PanelProps {
  readonly title: string;
  /** Beside the title. */
  readonly marks?: ReactNode;
  /** At the other end of its line: buttons. */
  readonly actions: ReactNode;
  readonly error?: unknown;
  readonly children: ReactNode;
}

/** A part of the page of a customer or an onboarding. */
export function Panel({ title, marks, actions, error = null, children }: PanelProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Group gap="xs">
          <Title order={2} size="h4">
            {title}
          </Title>
          {marks}
        </Group>
        <Group gap="xs">{actions}</Group>
      </Group>
      <ProblemAlert error={error} />
      {children}
    </Paper>
  );
}

interface PanelButtonProps {
  readonly children: string;
  readonly onClick: () => void;
}

/** What can be done with what a panel shows. */
export function PanelButton({ children, onClick }: PanelButtonProps) {
  return (
    <Button size="compact-sm" variant="default" onClick={onClick}>
      {children}
    </Button>
  );
}
