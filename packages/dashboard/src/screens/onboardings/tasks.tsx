import { Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { Danger } from '../../parts/danger.tsx';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import { Panel, PanelButton } from '../customers/panel.tsx';
import { SharedNote } from '../customers/shared-note.tsx';
import type { Onboarding, Task } from '../customers/types.ts';

/** What is to be done in an onboarding: the newest hundred, what is open first. */
export function Tasks({ onboarding }: { readonly onboarding: Onboarding }) {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const service = api.service('onboarding');
  const [adding, setAdding] = useState(false);
  const { data, error } = useQuery({
    queryKey: api.key('onboarding', 'tasks', onboarding.id),
    queryFn: () =>
      service.get<{ data: Task[]; has_more: boolean }>(`/onboardings/${onboarding.id}/tasks`, {
        query: { limit: 100 },
      }),
  });
  const tick = useMutation({
    mutationFn: ({ id, done }: Pick<Task, 'id' | 'done'>) => service.patch(`/tasks/${id}`, { body: { done } }),
    onSettled: changed,
  });
  const sorted = data?.data.toSorted((a, b) => Number(a.done) - Number(b.done));
  return (
    <Panel
      title="Tasks"
      error={error ?? tick.error}
      actions={<PanelButton onClick={() => setAdding(true)}>Add a task</PanelButton>}
    >
      {sorted?.length === 0 && <Text size="sm">Nothing is to be done.</Text>}
      <Stack gap="xs">
        {sorted?.map((task) => (
          <Group key={task.id} justify="space-between" wrap="nowrap" align="flex-start">
            <Checkbox
              label={task.title}
              description={task.due_date === null ? undefined : `until ${task.due_date.slice(0, 10)}`}
              // As it was ticked, also until the list says so.
              checked={tick.isPending && tick.variables.id === task.id ? tick.variables.done : task.done}
              onChange={(event) => tick.mutate({ id: task.id, done: event.currentTarget.checked })}
            />
            <Danger
              action="Delete"
              size="compact-xs"
              label={`Delete ${task.title}`}
              title={`Delete ${task.title}?`}
              run={() => service.delete(`/tasks/${task.id}`)}
              onDone={changed}
            >
              Both modes share this task.
            </Danger>
          </Group>
        ))}
      </Stack>
      {data?.has_more === true && <Text size="sm">Only the newest 100 are shown.</Text>}
      {adding && <NewTask onboarding={onboarding} onDone={changed} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

interface NewTaskProps {
  readonly onboarding: Onboarding;
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
}

function NewTask({ onboarding, onDone, onClose }: NewTaskProps) {
  const api = useConsole();
  const [fields, setFields] = useState<TextFields>({ title: '' });
  const [due, setDue] = useState('');
  return (
    <FormDialog
      title="New task"
      action={`Add in ${api.mode} mode`}
      onClose={onClose}
      run={() =>
        api.service('onboarding').post(`/onboardings/${onboarding.id}/tasks`, {
          body: { ...fields, ...(due === '' ? {} : { due_date: `${due}T00:00:00Z` }) },
        })
      }
      onDone={onDone}
    >
      <SharedNote />
      <TextField {...{ fields, setFields }} name="title" label="Title" required />
      <TextInput
        label="Due"
        description="A day, in UTC."
        type="date"
        value={due}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
