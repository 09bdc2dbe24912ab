import { Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import { SharedNote } from './shared-note.tsx';
import { type Customer, statuses, words } from './types.ts';

interface CustomerFormProps {
  readonly customer: Customer | null;
  readonly onDone?: (customer: Customer) => void;
  readonly onClose: () => void;
}

/** Makes a customer, or changes one. */
export function CustomerForm({ customer, onDone, onClose }: CustomerFormProps) {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const service = api.service('onboarding');
  const [fields, setFields] = useState<TextFields>({
    name: customer?.name ?? '',
    slug: customer?.slug ?? '',
    domain: customer?.domain ?? '',
    plan: customer?.plan ?? '',
    slack_channel_id: customer?.slack_channel_id ?? '',
  });
  const [status, setStatus] = useState<string>(customer?.status ?? 'onboarding');
  const form = { fields, setFields };
  const { name = '', slug = '', ...others } = fields;
  const optional = Object.fromEntries(Object.entries(others).map(([field, text]) => [field, text.trim() || null]));
  const tagged = customer === null && api.mode === 'test' ? { metadata: { test: true } } : {};
  // Without a slug, the server makes one of the name.
  const body = { name, ...(slug === '' ? {} : { slug }), status, ...optional, ...tagged };
  return (
    <FormDialog
      title={customer === null ? 'New customer' : `Change ${customer.name}`}
      action={`${customer === null ? 'Create' : 'Change'} in ${api.mode} mode`}
      onClose={onClose}
      run={() =>
        customer === null
          ? service.post<Customer>('/customers', { body })
          : service.patch<Customer>(`/customers/${customer.id}`, { body })
      }
      onDone={async (made) => {
        await changed();
        onDone?.(made);
      }}
    >
      <SharedNote />
      {customer === null && api.mode === 'test' && (
        <Text size="sm">It gets the mark “test: true”, by which test records are folded and cleaned up.</Text>
      )}
      <TextField {...form} name="name" label="Name" required />
      <TextField
        {...form}
        name="slug"
        label="Slug"
        placeholder="made of the name"
        description="Names the customer in addresses, such as /customers/acme."
      />
      <Select
        label="Status"
        allowDeselect={false}
        data={statuses.map((value) => ({ value, label: words(value) }))}
        value={status}
        onChange={(value) => value !== null && setStatus(value)}
      />
      <TextField {...form} name="domain" label="Domain" placeholder="acme.example" />
      <TextField {...form} name="plan" label="Plan" />
      <TextField {...form} name="slack_channel_id" label="Slack channel" placeholder="C024BE91L" />
    </FormDialog>
  );
}
