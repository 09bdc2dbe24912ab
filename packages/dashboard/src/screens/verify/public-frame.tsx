import { Anchor, Container, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { useTitle } from '../../parts/use-title.ts';
import { SchemeToggle } from '../../shell/scheme-toggle.tsx';

/** A page that everybody may read. */
export function PublicFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useTitle(title);
  return (
    <Container size="md" py="lg" component="main">
      <Stack>
        <Group justify="space-between">
          <Title order={1} size="h2">
            {title}
          </Title>
          <Group>
            <Anchor component={ScreenLink} to="/verify" underline="always">
              Verify
            </Anchor>
            <Anchor component={ScreenLink} to="/transparency" underline="always">
              Transparency log
            </Anchor>
            <SchemeToggle />
          </Group>
        </Group>
        {children}
      </Stack>
    </Container>
  );
}
