import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useScope } from '../shell/scope.ts';
import { keepFocus } from './keep-focus.ts';
import { ModeBadge } from './mode-badge.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface DangerProps {
  /** Such as "Revoke". */
  readonly action: string;
  readonly title: string;
  /** What it will do. */
  readonly children: ReactNode;
  /** To be typed before it can be done. */
  readonly typed?: string;
  readonly disabled?: boolean;
  /** Said of the button where several stand in a list. */
  readonly label?: string;
  readonly size?: string;
  readonly run: () => Promise<unknown>;
  readonly onDone?: () => unknown;
}

/** A button for what cannot be undone: says what it will do and to which mode before it does. */
export function Danger(props: DangerProps) {
  const { action, title, children, typed, disabled = false, label, size = 'compact-sm', run, onDone } = props;
  const { mode } = useScope();
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState('');
  const close = (): void => {
    setOpened(false);
    setText('');
    act.reset();
  };
  const act = useMutation({
    mutationFn: run,
    onSuccess: () => {
      close();
      onDone?.();
      keepFocus();
    },
  });
  return (
    <>
      <Button
        size={size}
        color="red"
        variant="light"
        disabled={disabled}
        {...(label === undefined ? {} : { 'aria-label': label })}
        onClick={() => setOpened(true)}
      >
        {action}
      </Button>
      <Modal opened={opened} onClose={close} title={title}>
        <Stack>
          <Group gap="xs">
            <Text size="sm">In</Text>
            <ModeBadge mode={mode} />
            <Text size="sm">mode:</Text>
          </Group>
          <Text component="div">{children}</Text>
          {typed !== undefined && (
            <TextInput
              label={`Type “${typed}” to confirm`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <ProblemAlert error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              color="red"
              loading={act.isPending}
              disabled={typed !== undefined && text !== typed}
              onClick={() => act.mutate()}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
