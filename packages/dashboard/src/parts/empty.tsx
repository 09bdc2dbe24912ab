import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { CodeBlock } from './code-block.tsx';

interface EmptyProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What to run to have something here. */
  readonly curl?: string;
}

/** In place of an empty list: what would stand here and what to do next. */
export function Empty({ title, children, curl }: EmptyProps) {
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text component="div">{children}</Text>
        {curl !== undefined && <CodeBlock code={curl} label="the command" />}
      </Stack>
    </Paper>
  );
}
