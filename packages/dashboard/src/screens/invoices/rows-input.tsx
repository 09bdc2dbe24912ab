import { ActionIcon, Button, Group, Table, Text, TextInput, Title } from '@mantine/core';
import { useRef } from 'react';
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
  /** The rows to show, each by the number that it was stored under; numbers from `stored` on are rows that came. */
  readonly order: readonly number[];
  readonly stored: number;
  readonly columns: readonly (Field & { readonly width: number })[];
  readonly textOf: (path: string) => string;
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly issues: readonly Issue[];
  readonly active: string | null;
  readonly disabled: boolean;
  readonly onActive: (path: string) => void;
  readonly onChange: (path: string, text: string) => void;
  readonly onOrder: (order: readonly number[]) => void;
}

/** The lines of an invoice, or its taxes, as a table of values. */
export function RowsInput(props: RowsInputProps) {
  const { title, list, noun, order, stored, columns, textOf, evidence, issues, active, disabled } = props;
  const { onActive, onChange, onOrder } = props;
  const section = useRef<HTMLElement>(null);
  // Never a number again that a row had: what was typed in it would come back.
  const next = useRef(stored);
  const width = columns.reduce((sum, column) => sum + column.width, 80);
  /** After it is drawn: the keyboard goes on in the row that came, or beside the one that went. */
  const focus = (find: () => HTMLElement | null | undefined): void => {
    setTimeout(() => find()?.focus());
  };
  const add = (): void => {
    const row = next.current++;
    onOrder([...order, row]);
    focus(() => section.current?.querySelector(`[data-path^="${list}[${row}]."]`));
  };
  const remove = (place: number): void => {
    onOrder(order.filter((_, index) => index !== place));
    focus(() => {
      const left = section.current?.querySelectorAll<HTMLElement>('[data-remove]') ?? [];
      return left[Math.min(place, left.length - 1)] ?? section.current?.querySelector<HTMLElement>('[data-add]');
    });
  };
  return (
    <section aria-label={title} ref={section}>
      <Group justify="space-between" mb={4}>
        <Title order={3} size="h5">
          {title}
        </Title>
        <Button size="compact-xs" variant="default" disabled={disabled} onClick={add} data-add>
          Add a {noun}
        </Button>
      </Group>
      {order.length === 0 && <Text size="sm">None.</Text>}
      {order.length > 0 && (
        <Table.ScrollContainer
          className="wide-table"
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
                <Table.Th>
                  <span className="unseen">Remove</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {order.map((row, place) => (
                <Table.Tr key={row}>
                  {columns.map(({ path: name, label }) => {
                    const path = `${list}[${row}].${name}`;
                    const finding = issues.find((issue) => issue.path === path);
                    return (
                      <Table.Td key={name} p={2}>
                        <TextInput
                          size="xs"
                          aria-label={`${label} of ${noun} ${place + 1}`}
                          title={row < stored ? wordsOf(evidence[path]) : 'added by hand'}
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
                  <Table.Td p={2}>
                    <ActionIcon
                      variant="subtle"
                      color="red"
                      disabled={disabled}
                      aria-label={`Remove ${noun} ${place + 1}`}
                      onClick={() => remove(place)}
                      data-remove
                    >
                      <span aria-hidden="true">✕</span>
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}
