import { Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useServices } from '../../console/console.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import type { Endpoint } from './types.ts';

interface EndpointFormProps {
  readonly onClose: () => void;
  readonly onDone: (made: Endpoint & { readonly secret: string }) => void;
}

export function EndpointForm({ onClose, onDone }: EndpointFormProps) {
  const api = useConsole();
  const { services } = useServices();
  const speaking = services.filter(({ webhooks }) => webhooks !== null);
  const [fields, setFields] = useState({ service: '', url: '', description: '', subject: '', events: [] as string[] });
  const set = (change: Partial<typeof fields>): void => setFields((now) => ({ ...now, ...change }));
  const name = fields.service || (speaking[0]?.name ?? '');
  const contract = speaking.find((service) => service.name === name)?.webhooks ?? null;
  const create = useMutation({
    mutationFn: () =>
      api.post<Endpoint & { secret: string }>('/webhooks', {
        body: {
          service: name,
          mode: api.mode,
          url: fields.url,
          ...(fields.events.length === 0 ? {} : { events: fields.events }),
          ...(fields.description === '' ? {} : { description: fields.description }),
          ...(fields.subject === '' ? {} : { subject: fields.subject }),
        },
      }),
    onSuccess: onDone,
  });
  return (
    <Modal opened onClose={onClose} title="Add an endpoint" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack>
          <Group gap="xs">
            <Text size="sm">It hears events of</Text>
            <ModeBadge mode={api.mode} />
            <Text size="sm">mode.</Text>
          </Group>
          <Select
            label="Service"
            allowDeselect={false}
            data={speaking.map((service) => ({ value: service.name, label: service.title }))}
            value={name}
            onChange={(value) => value !== null && set({ service: value, events: [] })}
          />
          <TextInput
            label="URL"
            required
            type="url"
            placeholder="https://example.com/hooks"
            value={fields.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
          <TextInput
            label="Description"
            value={fields.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
          <Checkbox.Group
            label="Events"
            description="All of them when none is chosen."
            value={fields.events}
            onChange={(events) => set({ events })}
          >
            <Stack gap={4} mt={4}>
              {Object.entries(contract?.events ?? {}).map(([event, when]) => (
                <Checkbox key={event} value={event} label={`${event}: ${when}`} />
              ))}
            </Stack>
          </Checkbox.Group>
          {contract?.subject != null && (
            <TextInput
              label={`Only about this ${contract.subject}`}
              value={fields.subject}
              onChange={(event) => set({ subject: event.currentTarget.value })}
            />
          )}
          <ProblemAlert error={create.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Add the endpoint
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
