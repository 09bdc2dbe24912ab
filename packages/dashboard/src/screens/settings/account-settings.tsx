import { Button, Group, Paper, Stack, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMe } from '../../console/console.ts';
import { request } from '../../console/request.ts';
import { EmailField, PasswordField } from '../../parts/credential-fields.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showDone } from '../../parts/show-problem.ts';

/** The person's own address and password; either change takes the present password. */
export function AccountSettings() {
  const { person } = useMe();
  const queries = useQueryClient();
  const [email, setEmail] = useState(person.email);
  const [password, setPassword] = useState('');
  const [currentPassword, setCurrentPassword] = useState('');
  const save = useMutation({
    mutationFn: () =>
      request('PATCH', '/api/account', {
        body: {
          currentPassword,
          ...(email === person.email ? {} : { email }),
          ...(password === '' ? {} : { password }),
        },
      }),
    onSuccess: async () => {
      setPassword('');
      setCurrentPassword('');
      showDone('Your account is changed.');
      await queries.invalidateQueries({ queryKey: ['me'] });
    },
  });
  return (
    <Paper withBorder p="md" component="section" aria-label="Your account" maw={600}>
      <Title order={2} size="h4">
        Your account
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="xs">
          <EmailField label="E-mail of your account" value={email} onText={setEmail} />
          <PasswordField
            label="New password"
            description="Unchanged when empty; other sessions end."
            isNew
            required={false}
            value={password}
            onText={setPassword}
          />
          <PasswordField label="Present password" value={currentPassword} onText={setCurrentPassword} />
          <ProblemAlert error={save.error} />
          <Group>
            <Button type="submit" loading={save.isPending}>
              Save your account
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
