import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../../console/request.ts';
import type { Me } from '../../console/types.ts';
import { EmailField, PasswordField } from '../../parts/credential-fields.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { nextPath } from './next.ts';
import { OutsideFrame } from './outside-frame.tsx';

export function Screen() {
  const { next } = useSearch({ strict: false });
  const router = useRouter();
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => request<Me>('POST', '/auth/login', { body: { email, password } }),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(['me'], me);
      router.history.push(nextPath(next));
    },
  });
  return (
    <OutsideFrame title="Sign in to Interlock">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        <Stack>
          <EmailField value={email} onText={setEmail} />
          <PasswordField value={password} onText={setPassword} />
          <ProblemAlert error={signIn.error} title="You are not signed in" />
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
      <Text size="sm">
        New here?{' '}
        <Anchor component={ScreenLink} to="/sign-up" search={next === undefined ? {} : { next }} underline="always">
          Sign up
        </Anchor>
        . Outcomes can be{' '}
        <Anchor href="/verify" underline="always">
          verified
        </Anchor>{' '}
        without an account.
      </Text>
    </OutsideFrame>
  );
}
