import { Alert, Badge, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useIsAdmin, useServices } from '../../console/console.ts';
import type { Mode } from '../../console/types.ts';
import { Danger } from '../../parts/danger.tsx';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { When } from '../../parts/when.tsx';
import { type Message, Messages, messageColors } from './messages.tsx';

interface Integration {
  readonly service: string;
  readonly channel: 'slack' | 'email' | 'stripe';
  readonly title: string;
  readonly modes: Readonly<Record<Mode, 'deliver' | 'suppress' | 'refuse'>>;
  readonly connected: boolean;
  readonly fields: Readonly<
    Record<string, { readonly secret: boolean; readonly must: string; readonly choices: readonly string[] | null }>
  >;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly problem: string | null;
  readonly updatedAt: number | null;
}

/** What each channel of each service is connected with, and what has left through them or was held back. */
export function Integrations() {
  const api = useConsole();
  const { data, error } = useQuery({
    queryKey: api.key('integrations'),
    queryFn: () => api.get<{ integrations: Integration[] }>('/integrations').then(({ integrations }) => integrations),
  });
  return (
    <Stack maw={900}>
      <ProblemAlert error={error} />
      {data?.map((one) => (
        <Channel key={`${one.service} ${one.channel}`} integration={one} />
      ))}
      <Messages />
    </Stack>
  );
}

const fates = { deliver: 'sent', suppress: 'held back and recorded', refuse: 'refused' } as const;

function Channel({ integration }: { readonly integration: Integration }) {
  const api = useConsole();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const { services } = useServices();
  const [connecting, setConnecting] = useState(false);
  const { service, channel, title, modes, connected, settings, secrets, problem, updatedAt } = integration;
  const path = `/integrations/${channel}`;
  const serviceTitle = services.find(({ name }) => name === service)?.title ?? service;
  const set = [
    ...Object.entries(settings),
    ...Object.entries(secrets).map(([name, end]) => [name, `…${end}`] as const),
  ];
  return (
    <Paper withBorder p="md" component="section" aria-label={`${title} of ${serviceTitle}`}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {title} of {serviceTitle}
          </Title>
          <Badge color={problem === null ? 'green' : connected ? 'orange' : 'gray'}>
            {problem === null ? 'connected' : connected ? 'incomplete' : 'not connected'}
          </Badge>
        </Group>
        <Group gap="xs">
          <ModeBadge mode={api.mode} />
          <Text size="sm">
            In {api.mode} mode its messages are {fates[modes[api.mode]]}.
          </Text>
        </Group>
        {problem !== null && <Text size="sm">{problem}</Text>}
        {set.length > 0 && (
          <Text size="sm">
            {set.map(([name, value]) => `${name}: ${value}`).join(', ')}, since <When at={updatedAt} />
          </Text>
        )}
        <TestMessage integration={integration} />
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={!isAdmin} onClick={() => setConnecting(true)}>
            {connected ? `Change ${title}` : `Connect ${title}`}
          </Button>
          {connected && (
            <Danger
              action={`Disconnect ${title}`}
              title={`Disconnect ${title}?`}
              size="xs"
              disabled={!isAdmin}
              run={() => api.delete(path, { query: { service } })}
              onDone={() => void queries.invalidateQueries({ queryKey: api.key('integrations') })}
            >
              Its settings are forgotten for both modes. What live mode would send fails until it is connected again.
            </Danger>
          )}
        </Group>
      </Stack>
      {connecting && <Connect integration={integration} onClose={() => setConnecting(false)} />}
    </Paper>
  );
}

/** Causes one message, of which the contract of the mode makes what it makes of all of them. */
function TestMessage({ integration: { service, channel, title } }: { readonly integration: Integration }) {
  const api = useConsole();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const [recipient, setRecipient] = useState('');
  const send = useMutation({
    mutationFn: () =>
      api.post<Message>(`/integrations/${channel}/test`, {
        body: { mode: api.mode, service, ...(recipient === '' ? {} : { recipient }) },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.key('messages') }),
  });
  const id = send.data?.id;
  const { data: message = send.data } = useQuery({
    queryKey: api.key('messages', 'one', id),
    queryFn: () => api.get<Message>(`/messages/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === 'pending' ? 1_000 : false),
  });
  return (
    <form
      aria-label={`Test of ${title}`}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          size="xs"
          label={recipients[channel]}
          placeholder="as its settings say"
          value={recipient}
          onChange={(event) => setRecipient(event.currentTarget.value.trim())}
        />
        <Button type="submit" size="xs" disabled={!isAdmin} loading={send.isPending}>
          Send a test message in {api.mode} mode
        </Button>
      </Group>
      <ProblemAlert error={send.error} />
      {message !== undefined && (
        <Alert mt="xs" role="status" color={messageColors[message.status]}>
          {fateOf(message)}
        </Alert>
      )}
    </form>
  );
}

function fateOf({ status, reason, answer }: Message): string {
  switch (status) {
    case 'suppressed':
      return 'Held back: the message is recorded and nothing was sent. It is listed below with its payload.';
    case 'pending':
      return 'It is on its way …';
    case 'sent':
      return 'It was taken by the other side.';
    case 'failed':
      return `It did not get through: ${answer ?? reason ?? 'nobody says why'}.`;
  }
}

const recipients = { slack: 'Channel', email: 'Address', stripe: 'Customer of Stripe' } as const;

function Connect({ integration, onClose }: { readonly integration: Integration; readonly onClose: () => void }) {
  const api = useConsole();
  const queries = useQueryClient();
  const { service, channel, title, fields: known, settings, secrets } = integration;
  const [fields, setFields] = useState<TextFields>(settings);
  const names = Object.keys(known);
  const body = {
    service,
    ...Object.fromEntries(
      names.flatMap((name): (readonly [string, string | null])[] => {
        const text = fields[name] ?? '';
        // A secret that is left alone stays; a setting that was cleared goes.
        if (text !== '') return text === settings[name] ? [] : [[name, text]];
        return settings[name] === undefined ? [] : [[name, null]];
      }),
    ),
  };
  return (
    <FormDialog
      title={`Connect ${title}`}
      action="Save for both modes"
      onClose={onClose}
      run={() => api.patch(`/integrations/${channel}`, { body })}
      onDone={() => queries.invalidateQueries({ queryKey: api.key('integrations') })}
    >
      {names.map((name) => {
        const { secret, must, choices } = known[name] ?? { secret: false, must: '', choices: null };
        const end = secrets[name];
        const hint = `Must ${must}.${end === undefined ? '' : ` Set: …${end}; left as it is when empty.`}`;
        if (choices !== null) {
          return (
            <Select
              key={name}
              label={name}
              clearable
              data={[...choices]}
              value={fields[name] ?? null}
              onChange={(value) => setFields((now) => ({ ...now, [name]: value ?? '' }))}
            />
          );
        }
        return (
          <TextField
            key={name}
            {...{ fields, setFields, name }}
            label={name}
            description={hint}
            {...(secret ? { type: 'password' } : {})}
          />
        );
      })}
    </FormDialog>
  );
}
