import { Button, Group, List, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { When } from '../../parts/when.tsx';

interface NewScheduleProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

interface Preview {
  readonly description: string;
  readonly runs: readonly { readonly at: string; readonly local: string }[];
}

/** Shows when it would run before it is made. */
export function NewSchedule({ onClose, onDone }: NewScheduleProps) {
  const api = useConsole();
  const [fields, setFields] = useState({
    endpoint: '',
    kind: 'delay',
    delay: '1m',
    cron: '0 9 * * 1-5',
    timezone: 'UTC',
    body: '',
  });
  const set = (change: Partial<typeof fields>): void => setFields((now) => ({ ...now, ...change }));
  const timing = fields.kind === 'delay' ? { delay: fields.delay } : { cron: fields.cron, timezone: fields.timezone };
  const [asked] = useDebouncedValue(JSON.stringify(timing), 300);
  const preview = useQuery({
    queryKey: api.key('preview', asked),
    queryFn: () => api.service('scheduler').post<Preview>('/schedules/preview', { body: JSON.parse(asked) as object }),
  });
  const create = useMutation({
    mutationFn: () =>
      api.service('scheduler').post('/schedules', {
        body: {
          endpoint: fields.endpoint,
          ...timing,
          ...(fields.body === '' ? {} : { body: fields.body, content_type: 'application/json' }),
        },
      }),
    onSuccess: onDone,
  });
  return (
    <Modal opened onClose={onClose} title="New schedule" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack>
          <Group gap="xs">
            <Text size="sm">In</Text>
            <ModeBadge mode={api.mode} />
            <Text size="sm">mode: requests really leave in both.</Text>
          </Group>
          <TextInput
            label="URL"
            type="url"
            required
            value={fields.endpoint}
            onChange={(event) => set({ endpoint: event.currentTarget.value })}
          />
          <SegmentedControl
            aria-label="Kind"
            value={fields.kind}
            onChange={(kind) => set({ kind })}
            data={[
              { value: 'delay', label: 'Once' },
              { value: 'cron', label: 'Again and again' },
            ]}
          />
          {fields.kind === 'delay' ? (
            <TextInput
              label="After"
              description="Such as 30s, 5m or 1h30m."
              required
              value={fields.delay}
              onChange={(event) => set({ delay: event.currentTarget.value })}
            />
          ) : (
            <Group grow>
              <TextInput
                label="Cron expression"
                required
                value={fields.cron}
                onChange={(event) => set({ cron: event.currentTarget.value })}
              />
              <TextInput
                label="Time zone"
                required
                value={fields.timezone}
                onChange={(event) => set({ timezone: event.currentTarget.value })}
              />
            </Group>
          )}
          <Textarea
            label="JSON body"
            autosize
            minRows={2}
            value={fields.body}
            onChange={(event) => set({ body: event.currentTarget.value })}
          />
          <Text size="sm" fw={600}>
            It would run{preview.data === undefined ? '' : `: ${preview.data.description}`}
          </Text>
          {preview.error !== null && <Text size="sm">{preview.error.message}</Text>}
          <List size="sm">
            {preview.data?.runs.slice(0, 5).map(({ at, local }) => (
              <List.Item key={at}>
                <When at={at} /> · {local} there · {at}
              </List.Item>
            ))}
          </List>
          <ProblemAlert error={create.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create in {api.mode} mode
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
