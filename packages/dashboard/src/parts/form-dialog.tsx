import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Dispatch, ReactNode, SetStateAction } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

interface FormDialogProps<Result> {
  readonly title: string;
  /** What its button says, with the mode. */
  readonly action: string;
  readonly children: ReactNode;
  readonly run: () => Promise<Result>;
  /** After it worked, before the dialog closes. */
  readonly onDone?: (result: Result) => unknown;
  readonly onClose: () => void;
}

/** A form in a dialog: sends, says what was refused, closes when it worked. */
export function FormDialog<Result>(props: FormDialogProps<Result>) {
  const { title, action, children, run, onDone, onClose } = props;
  const act = useMutation({
    mutationFn: run,
    onSuccess: async (result) => {
      await onDone?.(result);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <Stack>
          {children}
          <ProblemAlert error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export type TextFields = Readonly<Record<string, string>>;

interface TextFieldProps {
  readonly fields: TextFields;
  readonly setFields: Dispatch<SetStateAction<TextFields>>;
  readonly name: string;
  readonly label: string;
  readonly required?: boolean;
  readonly type?: string;
  readonly placeholder?: string;
  readonly description?: string;
}

/** One text of a form. */
export function TextField({ fields, setFields, name, ...input }: TextFieldProps) {
  return (
    <TextInput
      {...input}
      value={fields[name] ?? ''}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setFields((now) => ({ ...now, [name]: value }));
      }}
    />
  );
}
