import { Button, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Me } from '../console/types.ts';
import { NewWorkspaceForm } from './new-workspace.tsx';
import { useGo } from './use-go.ts';

/** For who belongs to no workspace, or follows a link into one that is not his. */
export function FirstWorkspace({ me, unknown }: { readonly me: Me; readonly unknown: boolean }) {
  const goTo = useGo();
  const queries = useQueryClient();
  const go = async (id: string | undefined): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ['me'] });
    await goTo({ to: '/', search: { workspace: id } });
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="lg" maw={480} w="100%">
        <Stack>
          <Title order={1} size="h2">
            {unknown ? 'This workspace is not yours' : 'Make a workspace'}
          </Title>
          <Text>
            {unknown
              ? `The link leads to a workspace that ${me.person.email} does not belong to. Ask one of its admins for an invitation.`
              : 'You belong to no workspace. Make one, or open the link of an invitation.'}
          </Text>
          {unknown ? (
            <Button onClick={() => void go(me.active?.id)}>Go to my workspace</Button>
          ) : (
            <NewWorkspaceForm onMade={(id) => void go(id)} />
          )}
        </Stack>
      </Paper>
    </Center>
  );
}
