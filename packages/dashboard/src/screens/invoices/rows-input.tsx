import { Table, TextInput, Title } from '@mantine/core';
import { wordsOf } from './evidence-words.ts';
import { findingOf } from './field-input.tsx';
import type { Field } from './fields.ts';
import type { Evidence, Issue } from './types.ts';
import { whenPointed } from './when-pointed.ts';

interface RowsInputProps {
  readonly title: string;
  /** Such as `lineItems`. */
  readonly list: string;
  readonly noun: string;
  readonly count: number;
  readonly columns: readonly (Field & { readonly width: number })[];
  readonly textOf: (path: string) => string;
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly issues: readonly Issue[];
  readonly active: string | null;
  readonly disabled: boolean;
  readonly onActive: (path: string) => void;
  readonly onChange: (path: string, text: string) => void;
}

/** The lines of an invoice, or its taxes, as a table of values. */
export function RowsInput(props: RowsInputProps) {
  const { title, list, noun, count, columns, textOf, evidence, issues, active, disabled, onActive, onChange } = props;
  if (count === 0) return null;
  const width = columns.reduce((sum, column) => sum + column.width, 40);
  return (
    <section aria-label={title}>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      <Table.ScrollContainer
        minWidth={width}
        maxHeight={480}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': title, role: 'region' } }}
      >
        <Table aria-label={title} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ path, label, width: least }) => (
                <Table.Th key={path} miw={least}>
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Array.from({ length: count }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is named by its place
              <Table.Tr key={row}>
                {columns.map(({ path: name, label }) => {
                  const path = `${list}[${row}].${name}`;
                  const finding = issues.find((issue) => issue.path === path);
                  return (
                    <Table.Td key={name} p={2}>
                      <TextInput
                        size="xs"
                        aria-label={`${label} of ${noun} ${row + 1}`}
                        title={wordsOf(evidence[path])}
                        data-path={path}
                        disabled={disabled}
                        error={finding === undefined ? false : findingOf(finding)}
                        styles={active === path ? { input: { borderColor: 'var(--mantine-color-anchor)' } } : {}}
                        value={textOf(path)}
                        onFocus={() => onActive(path)}
                        {...whenPointed(() => onActive(path))}
                        onChange={(event) => onChange(path, event.currentTarget.value)}
                      />
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
