import { Button, Text } from '@mantine/core';

interface FilterChipProps {
  /** What it narrows by, such as "Schedule". */
  readonly label: string;
  readonly value: string | null;
  readonly onClear: () => void;
}

/** A filter that a link brought along and no field of the screen shows, to be taken away again. */
export function FilterChip({ label, value, onClear }: FilterChipProps) {
  if (value === null) return null;
  return (
    <Button
      size="xs"
      variant="light"
      color="gray"
      maw="100%"
      aria-label={`Show all, not only those of ${label} ${value}`}
      rightSection={<span aria-hidden="true">✕</span>}
      onClick={onClear}
    >
      {label}:&nbsp;
      <Text span size="xs" className="code" truncate>
        {value}
      </Text>
    </Button>
  );
}
