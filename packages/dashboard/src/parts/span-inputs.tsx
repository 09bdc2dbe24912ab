import { TextInput } from '@mantine/core';

type Bound = readonly [value: string | null, onChange: (value: string | null) => void];

interface SpanInputsProps {
  readonly from: Bound;
  readonly to: Bound;
}

/** From when to when rows are shown, in the reader's own time zone; either end may be open. */
export function SpanInputs({ from, to }: SpanInputsProps) {
  return Object.entries({ From: from, To: to }).map(([label, [value, onChange]]) => (
    <TextInput
      key={label}
      label={label}
      size="xs"
      type="datetime-local"
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    />
  ));
}
