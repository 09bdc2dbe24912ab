import { Select } from '@mantine/core';
import type { Client } from './types.ts';

interface ClientSelectProps {
  readonly clients: readonly Client[];
  readonly client: Client | null;
  readonly choose: (id: string | null) => void;
}

export function ClientSelect({ clients, client, choose }: ClientSelectProps) {
  return (
    <Select
      label="Client"
      size="xs"
      searchable
      allowDeselect={false}
      data={clients.map(({ id, name, status }) => ({
        value: id,
        label: status === 'archived' ? `${name} (archived)` : name,
      }))}
      value={client?.id ?? null}
      onChange={choose}
    />
  );
}
