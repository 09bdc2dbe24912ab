import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useScope } from '../shell/scope.ts';
import { ModeBadge } from './mode-badge.tsx';
import { useTitle } from './use-title.ts';

/** The heading of a screen, with the mode it shows and what can be done on it. */
export function ScreenTitle({ children, actions }: { readonly children: ReactNode; readonly actions?: ReactNode }) {
  const { mode } = useScope();
  useTitle(children, mode);
  return (
    <Group justify="space-between" mb="md">
      <Group gap="sm" wrap="nowrap" maw="100%">
        <Title
          order={1}
          size="h2"
          dir="auto"
          lineClamp={3}
          {...(typeof children === 'string' ? { title: children } : {})}
        >
          {children}
        </Title>
        <ModeBadge mode={mode} />
      </Group>
      <Group gap="xs">{actions}</Group>
    </Group>
  );
}
