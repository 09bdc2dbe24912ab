import { PasswordInput, TextInput } from '@mantine/core';

interface EmailFieldProps {
  readonly label?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

export function EmailField({ label = 'E-mail', value, onText }: EmailFieldProps) {
  return (
    <TextInput
      label={label}
      type="email"
      autoComplete="username"
      required
      value={value}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}

interface PasswordFieldProps {
  readonly label?: string;
  readonly description?: string;
  /** A password that is being chosen, where password managers offer one; else the present one. */
  readonly isNew?: boolean;
  readonly required?: boolean;
  readonly value: string;
  readonly onText: (text: string) => void;
}

export function PasswordField(props: PasswordFieldProps) {
  const { label = 'Password', description, isNew = false, required = true, value, onText } = props;
  return (
    <PasswordInput
      label={label}
      {...(description === undefined ? {} : { description })}
      {...(isNew ? { autoComplete: 'new-password', minLength: 10 } : { autoComplete: 'current-password' })}
      required={required}
      value={value}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}
