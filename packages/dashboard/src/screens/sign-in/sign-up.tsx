import { Anchor, Button, Checkbox, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../../console/request.ts';
import type { ApiKey } from '../../console/types.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { EmailField, PasswordField } from '../../parts/credential-fields.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { nextPath } from './next.ts';
import { OutsideFrame } from './outside-frame.tsx';

interface SignedUp {
  readonly keys: readonly (ApiKey & { readonly key: string })[];
}

export function Screen() {
  const { next, email: invited } = useSearch({ strict: false });
  const router = useRouter();
  const queries = useQueryClient();
  const [fields, setFields] = useState({ name: '', email: invited ?? '', password: '', acceptTerms: false });
  const invitation = /^\/invitations\/(\w+)/.exec(next ?? '')?.[1];
  const signUp = useMutation({
    mutationFn: () =>
      request<SignedUp>('POST', '/auth/signup', {
        body: { ...fields, name: fields.name.trim() || undefined, ...(invitation === undefined ? {} : { invitation }) },
      }),
    onSuccess: () => queries.clear(),
  });
  if (signUp.data !== undefined) {
    return (
      <OutsideFrame title="Your first keys">
        <Text>They are shown this once. Make others on the API keys screen at any time.</Text>
        <Table>
          <Table.Tbody>
            {signUp.data.keys.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td>
                  {key.service} <ModeBadge mode={key.mode} />
                </Table.Td>
                <Table.Td>
                  <CodeBlock code={key.key} label={`the ${key.mode} key of ${key.service}`} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Button onClick={() => router.history.push(nextPath(next))}>I have kept them: go on</Button>
      </OutsideFrame>
    );
  }
  const set = (change: Partial<typeof fields>): void => setFields((now) => ({ ...now, ...change }));
  return (
    <OutsideFrame title="Sign up to Interlock">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signUp.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            autoComplete="name"
            value={fields.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <EmailField value={fields.email} onText={(email) => set({ email })} />
          <PasswordField
            isNew
            description="At least 10 characters."
            value={fields.password}
            onText={(password) => set({ password })}
          />
          <Checkbox
            label="I accept the terms of this installation"
            required
            checked={fields.acceptTerms}
            onChange={(event) => set({ acceptTerms: event.currentTarget.checked })}
          />
          <ProblemAlert error={signUp.error} title="You are not signed up" />
          <Button type="submit" loading={signUp.isPending}>
            Sign up
          </Button>
        </Stack>
      </form>
      <Text size="sm">
        Have an account?{' '}
        <Anchor component={ScreenLink} to="/sign-in" search={next === undefined ? {} : { next }} underline="always">
          Sign in
        </Anchor>
      </Text>
    </OutsideFrame>
  );
}
