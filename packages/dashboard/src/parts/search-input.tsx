import { TextInput } from '@mantine/core';
import { useState } from 'react';

interface SearchInputProps {
  readonly label?: string;
  readonly placeholder: string;
  readonly value: string | null;
  readonly onChange: (text: string | null) => void;
}

/** A text to narrow a list by. Takes effect when it is left or entered: each letter would be another list. */
export function SearchInput({ label = 'Search', placeholder, value, onChange }: SearchInputProps) {
  const [text, setText] = useState(value ?? '');
  const settle = (): void => {
    if (text.trim() !== (value ?? '')) onChange(text.trim() || null);
  };
  return (
    <TextInput
      label={label}
      size="xs"
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === 'Enter' && settle()}
    />
  );
}
