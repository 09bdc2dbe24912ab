import { Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import type { Client } from './types.ts';

/** Makes a client, or changes one. */
export function ClientForm({ client, onClose }: { readonly client: Client | null; readonly onClose: () => void }) {
  const api = useConsole();
  const queries = useQueryClient();
  const [fields, setFields] = useState<TextFields>({
    name: client?.name ?? '',
    companyCode: client?.companyCode ?? '',
    vatCode: client?.vatCode ?? '',
    country: client?.country ?? '',
    email: client?.email ?? '',
    externalId: client?.externalId ?? '',
    defaultCurrency: client?.defaultCurrency ?? '',
  });
  const [status, setStatus] = useState<string>(client?.status ?? 'active');
  const form = { fields, setFields };
  const body = {
    ...Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.trim() || null])),
    name: fields.name,
    status,
  };
  const service = api.service('invoices');
  return (
    <FormDialog
      title={client === null ? 'New client' : `Change ${client.name}`}
      action={client === null ? `Create in ${api.mode} mode` : `Change in ${api.mode} mode`}
      onClose={onClose}
      run={() =>
        client === null ? service.post('/clients', { body }) : service.patch(`/clients/${client.id}`, { body })
      }
      onDone={() => queries.invalidateQueries({ queryKey: api.key('invoices', 'clients') })}
    >
      <TextField {...form} name="name" label="Name" required />
      <TextField {...form} name="companyCode" label="Company code" />
      <TextField {...form} name="vatCode" label="VAT number" />
      <TextField {...form} name="country" label="Country" placeholder="LT" />
      <TextField {...form} name="email" label="E-mail" type="email" />
      <TextField {...form} name="externalId" label="Your own id" />
      <TextField {...form} name="defaultCurrency" label="Currency of documents that show none" placeholder="EUR" />
      {client !== null && client.ingest.mailbox !== null && (
        <TextInput
          readOnly
          label="Its mailbox"
          description={`Each document of a message to it becomes an upload in ${api.mode} mode.`}
          value={client.ingest.mailbox}
        />
      )}
      {client !== null && (
        <Select
          label="Status"
          description="Archived clients take no uploads."
          allowDeselect={false}
          data={['active', 'archived']}
          value={status}
          onChange={(value) => value !== null && setStatus(value)}
        />
      )}
    </FormDialog>
  );
}
