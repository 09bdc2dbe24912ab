import { Anchor, Button, Group, Loader, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Problem } from '../../console/problem.ts';
import { request } from '../../console/request.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { When } from '../../parts/when.tsx';
import { useGo } from '../../shell/use-go.ts';
import { OutsideFrame } from './outside-frame.tsx';

interface Invitation {
  readonly email: string;
  readonly role: string;
  readonly inviter: string;
  readonly workspace: { readonly id: string; readonly name: string };
  readonly expiresAt: number;
}

export function Screen() {
  const { invitationId = '' } = useParams({ strict: false }) as { invitationId?: string };
  const go = useGo();
  const queries = useQueryClient();
  const path = `/console/v1/invitations/${encodeURIComponent(invitationId)}`;
  const { data, error } = useQuery({
    queryKey: ['invitation', invitationId],
    queryFn: () => request<Invitation>('GET', path),
  });
  const answer = useMutation({
    mutationFn: (word: 'accept' | 'reject') => request('POST', `${path}/${word}`, { body: {} }),
    onSuccess: async (_, word) => {
      await queries.invalidateQueries({ queryKey: ['me'] });
      await go({
        to: '/',
        search: word === 'accept' && data !== undefined ? { workspace: data.workspace.id } : {},
      });
    },
  });
  if (error instanceof Problem && error.status === 401) {
    const search = { next: `/invitations/${invitationId}` };
    return (
      <OutsideFrame title="You are invited">
        <Text>Sign in with the address that was invited, or sign up with it, to see the invitation.</Text>
        <Group>
          <Button component={ScreenLink} to="/sign-in" search={search}>
            Sign in
          </Button>
          <Button component={ScreenLink} to="/sign-up" search={search} variant="default">
            Sign up
          </Button>
        </Group>
      </OutsideFrame>
    );
  }
  if (error !== null) {
    return (
      <OutsideFrame title="This invitation cannot be shown">
        <ProblemAlert error={error} />
        <Anchor href="/">Go to the start</Anchor>
      </OutsideFrame>
    );
  }
  if (data === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  return (
    <OutsideFrame title={`Join ${data.workspace.name}?`}>
      <Text>
        {data.inviter} invites {data.email} as {data.role}, until <When at={data.expiresAt} />.
      </Text>
      <ProblemAlert error={answer.error} />
      <Group>
        <Button loading={answer.isPending} onClick={() => answer.mutate('accept')}>
          Join
        </Button>
        <Button variant="default" onClick={() => answer.mutate('reject')}>
          Decline
        </Button>
      </Group>
    </OutsideFrame>
  );
}
