import { Button, Group, Paper, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useIsAdmin, useMe } from '../../console/console.ts';
import type { Member, Role } from '../../console/types.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Danger } from '../../parts/danger.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showDone } from '../../parts/show-problem.ts';
import { TabbedScreen } from '../../parts/tabbed-screen.tsx';
import { When } from '../../parts/when.tsx';
import { useScope } from '../../shell/scope.ts';
import { AccountSettings } from './account-settings.tsx';
import { Integrations } from './integrations.tsx';

const tabs = [
  { name: 'workspace', label: 'Workspace', Body: WorkspaceSettings },
  { name: 'integrations', label: 'Integrations', Body: Integrations },
  { name: 'account', label: 'Your account', Body: AccountSettings },
] as const;

export function Screen() {
  return <TabbedScreen title="Settings" tabs={tabs} />;
}

function WorkspaceSettings() {
  return (
    <Stack maw={900}>
      <WorkspaceName />
      <Members />
      <Invitations />
    </Stack>
  );
}

function WorkspaceName() {
  const api = useConsole();
  const { workspaceName } = useScope();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const [name, setName] = useState(workspaceName);
  const rename = useMutation({
    mutationFn: () => api.patch('/workspace', { body: { name } }),
    onSuccess: async () => {
      showDone('The workspace is renamed.');
      await queries.invalidateQueries({ queryKey: ['me'] });
    },
  });
  return (
    <Paper withBorder p="md" component="section" aria-label="Workspace">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <Stack gap="xs">
          <Title order={2} size="h4">
            Workspace
          </Title>
          <Group align="flex-end">
            <TextInput
              label="Name"
              required
              maxLength={100}
              disabled={!isAdmin}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" disabled={!isAdmin} loading={rename.isPending}>
              Rename
            </Button>
          </Group>
          <Text size="sm">
            Id: <span className="code">{api.workspaceId}</span>
          </Text>
          <ProblemAlert error={rename.error} />
        </Stack>
      </form>
    </Paper>
  );
}

function Members() {
  const api = useConsole();
  const { person } = useMe();
  const isAdmin = useIsAdmin();
  const { role: ownRole } = useScope();
  const queries = useQueryClient();
  const key = api.key('members');
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () => api.get<{ members: Member[] }>('/members').then(({ members }) => members),
  });
  const reload = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: key });
    await queries.invalidateQueries({ queryKey: ['me'] });
  };
  const change = useMutation({
    mutationFn: ({ id, role }: { id: string; role: string }) => api.patch(`/members/${id}`, { body: { role } }),
    onSuccess: reload,
  });
  const roles = ['member', 'admin', ...(ownRole === 'owner' ? ['owner'] : [])];
  return (
    <Paper withBorder p="md" component="section" aria-label="Members">
      <Title order={2} size="h4">
        Members
      </Title>
      <ProblemAlert error={error ?? change.error} />
      <Table.ScrollContainer className="wide-table" minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label="Members">
          <Table.Thead>
            <Table.Tr>
              {['Person', 'Role', 'Since', 'Actions'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data?.map((member) => (
              <Table.Tr key={member.id}>
                <Table.Td>
                  {member.name}
                  <Text size="xs">{member.email}</Text>
                </Table.Td>
                <Table.Td>
                  <Select
                    aria-label={`Role of ${member.name}`}
                    size="xs"
                    w={120}
                    allowDeselect={false}
                    disabled={!isAdmin}
                    data={[...new Set([...roles, member.role])]}
                    value={member.role}
                    onChange={(role) => role !== null && change.mutate({ id: member.id, role })}
                  />
                </Table.Td>
                <Table.Td>
                  <When at={member.joinedAt} />
                </Table.Td>
                <Table.Td>
                  <Danger
                    action={member.personId === person.id ? 'Leave' : 'Remove'}
                    label={member.personId === person.id ? 'Leave the workspace' : `Remove ${member.name}`}
                    title={member.personId === person.id ? 'Leave the workspace?' : `Remove ${member.name}?`}
                    disabled={!isAdmin && member.personId !== person.id}
                    run={() => api.delete(`/members/${member.id}`)}
                    onDone={() => void reload()}
                  >
                    {member.email} loses access to this workspace, in both modes. Keys stay as they are.
                  </Danger>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly link: string;
  readonly expiresAt: number;
}

function Invitations() {
  const api = useConsole();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<string>('member');
  const key = api.key('invitations');
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () => api.get<{ invitations: Invitation[] }>('/invitations').then(({ invitations }) => invitations),
    enabled: isAdmin,
  });
  const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: key });
  const invite = useMutation({
    mutationFn: () => api.post('/invitations', { body: { email, role } }),
    onSuccess: async () => {
      setEmail('');
      await reload();
    },
  });
  if (!isAdmin) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label="Invitations">
      <Title order={2} size="h4">
        Invitations
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate();
        }}
      >
        <Group align="flex-end" mb="sm">
          <TextInput
            label="E-mail"
            type="email"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Select
            label="Role"
            allowDeselect={false}
            data={['member', 'admin', 'owner']}
            value={role}
            onChange={(value) => value !== null && setRole(value)}
          />
          <Button type="submit" loading={invite.isPending}>
            Invite
          </Button>
        </Group>
      </form>
      <ProblemAlert error={error ?? invite.error} />
      {data?.length === 0 && <Text size="sm">Nobody is invited. Pass the link of an invitation on yourself.</Text>}
      <Stack gap="xs">
        {data?.map((invitation) => (
          <Group key={invitation.id} justify="space-between" align="flex-start">
            <div>
              <Text size="sm">
                {invitation.email} as {invitation.role}, until <When at={invitation.expiresAt} />
              </Text>
              <CodeBlock code={invitation.link} label={`the link for ${invitation.email}`} />
            </div>
            <Danger
              action="Cancel"
              label={`Cancel the invitation of ${invitation.email}`}
              title="Cancel the invitation?"
              run={() => api.delete(`/invitations/${invitation.id}`)}
              onDone={() => void reload()}
            >
              The link for {invitation.email} stops working.
            </Danger>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
