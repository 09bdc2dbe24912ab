import { TextInput } from '@mantine/core';
import { useState } from 'react';

interface SearchInputProps {
  readonly placeholder: string;
  readonly value: string | null;
  readonly onSearch: (text: string | null) => void;
}

/** A text to search by, taken when it is complete: on Enter, and when it is left. */
export function SearchInput({ placeholder, value, onSearch }: SearchInputProps) {
  const [text, setText] = useState(value ?? '');
  const search = (): void => onSearch(text.trim() || null);
  return (
    <TextInput
      label="Search"
      size="xs"
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={search}
      onKeyDown={(event) => event.key === 'Enter' && search()}
    />
  );
}
