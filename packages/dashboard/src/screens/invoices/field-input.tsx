import { NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import { wordsOf } from './evidence-words.ts';
import type { Field } from './fields.ts';
import type { Evidence, Issue } from './types.ts';
import { whenPointed } from './when-pointed.ts';

interface FieldInputProps {
  readonly field: Field;
  readonly text: string;
  readonly changed: boolean;
  readonly evidence: Evidence | undefined;
  readonly issues: readonly Issue[];
  readonly active: boolean;
  readonly disabled: boolean;
  readonly onActive: (path: string) => void;
  readonly onChange: (text: string) => void;
}

/** One value to look at and correct: how sure it is, what is odd about it, and its place on the page while it is looked at. */
export function FieldInput(props: FieldInputProps) {
  const { field, text, changed, evidence, issues, active, disabled, onActive, onChange } = props;
  const error = issues.find(({ severity }) => severity === 'error');
  const common = {
    label: field.label,
    size: 'xs',
    disabled,
    'data-path': field.path,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    description: changed ? 'changed, not saved yet' : wordsOf(evidence),
    error: error === undefined ? false : findingOf(error),
    onFocus: () => onActive(field.path),
    ...whenPointed(() => onActive(field.path)),
    styles: active ? { input: { borderColor: 'var(--mantine-color-anchor)', borderWidth: 2 } } : {},
    value: text,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  return (
    <div>
      {field.choices !== undefined ? (
        <NativeSelect {...common} data={[{ value: '', label: '–' }, ...field.choices.map(choiceOf)]} />
      ) : field.kind === 'long' ? (
        <Textarea {...common} autosize minRows={2} />
      ) : (
        <TextInput
          {...common}
          {...(field.kind === 'day' ? { placeholder: 'YYYY-MM-DD' } : {})}
          {...(field.kind === 'amount' || field.kind === 'count' ? { inputMode: 'decimal' as const } : {})}
        />
      )}
      {issues
        .filter((issue) => issue !== error)
        .map((issue) => (
          <Text key={issue.code + issue.message} size="xs">
            ⚠ {findingOf(issue)}
          </Text>
        ))}
    </div>
  );
}

export function findingOf({ message, expected, actual }: Issue): string {
  const [wanted, found] = [expected ?? '', actual ?? ''];
  return [message, wanted === '' ? '' : `Expected ${wanted}.`, found === '' ? '' : `Found ${found}.`]
    .filter((part) => part !== '')
    .join(' ');
}

function choiceOf(value: string): { value: string; label: string } {
  return { value, label: value.replaceAll('_', ' ') };
}
