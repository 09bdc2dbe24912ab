import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../console/request.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';

interface NewWorkspaceProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onMade: (workspaceId: string) => void;
}

export function NewWorkspace({ opened, onClose, onMade }: NewWorkspaceProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New workspace">
      <NewWorkspaceForm
        onMade={(id) => {
          onClose();
          onMade(id);
        }}
      />
    </Modal>
  );
}

export function NewWorkspaceForm({ onMade }: Pick<NewWorkspaceProps, 'onMade'>) {
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => request<{ id: string }>('POST', '/console/v1/workspaces', { body: { name } }),
    onSuccess: ({ id }) => onMade(id),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="A workspace has its own keys, members and data."
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemAlert error={create.error} />
        <Button type="submit" loading={create.isPending}>
          Create the workspace
        </Button>
      </Stack>
    </form>
  );
}
