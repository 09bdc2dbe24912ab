import { Select } from '@mantine/core';
import { useServices } from '../console/console.ts';

interface ServiceSelectProps {
  readonly value: string | null;
  readonly onChange: (service: string | null) => void;
}

/** Narrows a list to one of the installation's services. */
export function ServiceSelect({ value, onChange }: ServiceSelectProps) {
  const { services } = useServices();
  return (
    <Select
      label="Service"
      size="xs"
      clearable
      placeholder="all"
      data={services.map(({ name, title }) => ({ value: name, label: title }))}
      value={value}
      onChange={onChange}
    />
  );
}
