import { Button, Group, SimpleGrid, Stack, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { FieldInput } from './field-input.tsx';
import { lineFields, sections, taxFields } from './fields.ts';
import { type Draft, type Orders, patchOf, valueAt } from './patch-of.ts';
import { RowsInput } from './rows-input.tsx';
import type { Invoice } from './types.ts';

interface InvoiceFormProps {
  readonly invoice: Invoice;
  readonly headers: Readonly<Record<string, string>>;
  readonly active: string | null;
  readonly onActive: (path: string) => void;
  readonly onSaved: (invoice: Invoice) => void;
}

/** All values of an invoice, to be corrected; what is saved is what was changed, against the version that was read. */
export function InvoiceForm({ invoice, headers, active, onActive, onSaved }: InvoiceFormProps) {
  const api = useConsole();
  const [draft, setDraft] = useState<Draft>({});
  const [orders, setOrders] = useState<Orders>({});
  const patch = patchOf(invoice, draft, orders);
  const dirty = Object.keys(patch).length > 0;
  const disabled = invoice.status === 'processing';
  const save = useMutation({
    mutationFn: () =>
      api.service('invoices').patch<Invoice>(`/invoices/${invoice.id}`, {
        body: patch,
        headers: { ...headers, 'if-match': `"v${invoice.version}"` },
      }),
    onSuccess: onSaved,
  });
  const stored = (path: string): string => String(valueAt(invoice, path) ?? '');
  const textOf = (path: string): string => draft[path] ?? stored(path);
  const undo = (): void => {
    setDraft({});
    setOrders({});
  };
  const change = (path: string, text: string): void => setDraft((now) => ({ ...now, [path]: text }));
  const rowsOf = (list: 'lineItems' | 'taxes') => ({
    list,
    order: orders[list] ?? invoice[list].map((_, row) => row),
    stored: invoice[list].length,
    onOrder: (order: readonly number[]) => setOrders((now) => ({ ...now, [list]: order })),
    textOf,
    evidence: invoice.evidence,
    issues: invoice.validation.issues,
    active,
    disabled,
    onActive,
    onChange: change,
  });
  return (
    <form
      aria-label="What was read"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        <Group justify="flex-end" className="save-bar">
          <Button variant="default" size="xs" disabled={!dirty} onClick={undo}>
            Undo the changes
          </Button>
          <Button type="submit" size="xs" disabled={!dirty} loading={save.isPending}>
            Save the corrections
          </Button>
        </Group>
        <ProblemAlert error={save.error} />
        {sections.map(({ title, fields }) => (
          <section key={title} aria-label={title}>
            <Title order={3} size="h5" mb={4}>
              {title}
            </Title>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
              {fields.map((field) => (
                <FieldInput
                  key={field.path}
                  field={field}
                  text={textOf(field.path)}
                  changed={draft[field.path] !== undefined && draft[field.path] !== stored(field.path)}
                  evidence={invoice.evidence[field.path]}
                  issues={invoice.validation.issues.filter(({ path }) => path === field.path)}
                  active={active === field.path}
                  disabled={disabled}
                  onActive={onActive}
                  onChange={(text) => change(field.path, text)}
                />
              ))}
            </SimpleGrid>
          </section>
        ))}
        <RowsInput title="Lines" noun="line" columns={lineFields} {...rowsOf('lineItems')} />
        <RowsInput title="Taxes" noun="tax" columns={taxFields} {...rowsOf('taxes')} />
      </Stack>
    </form>
  );
}
