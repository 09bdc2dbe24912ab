import { Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import type { ApiKey } from '../../console/types.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

interface RotateKeyProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
  readonly onDone: (made: ApiKey & { readonly key: string }) => void;
}

const overlaps = [
  { value: '0', label: 'at once' },
  { value: '3600', label: 'in an hour' },
  { value: '86400', label: 'in a day' },
  { value: '604800', label: 'in a week' },
];

export function RotateKey({ apiKey, onClose, onDone }: RotateKeyProps) {
  const api = useConsole();
  const [overlap, setOverlap] = useState('86400');
  const rotate = useMutation({
    mutationFn: () =>
      api.post<ApiKey & { key: string }>(`/keys/${apiKey.id}/rotate`, { body: { overlapSeconds: Number(overlap) } }),
    onSuccess: onDone,
  });
  return (
    <Modal opened onClose={onClose} title={`Rotate “${apiKey.name}”`}>
      <Stack>
        <Group gap="xs">
          <Text size="sm">Makes a new text for this key in</Text>
          <ModeBadge mode={apiKey.mode} />
          <Text size="sm">mode.</Text>
        </Group>
        <NativeSelect
          label="The present text stops working"
          data={overlaps}
          value={overlap}
          onChange={(event) => setOverlap(event.currentTarget.value)}
        />
        <ProblemAlert error={rotate.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
            Rotate
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
