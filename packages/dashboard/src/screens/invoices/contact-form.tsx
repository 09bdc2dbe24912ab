import { Checkbox, Group, Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import type { Contact } from './types.ts';

/** Makes a contact, or changes one. */
export function ContactForm({ contact, onClose }: { readonly contact: Contact | null; readonly onClose: () => void }) {
  const api = useConsole();
  const queries = useQueryClient();
  const [fields, setFields] = useState<TextFields>({
    name: contact?.name ?? '',
    companyCode: contact?.companyCode ?? '',
    vatCode: contact?.vatCode ?? '',
    email: contact?.email ?? '',
    phone: contact?.phone ?? '',
  });
  const [kind, setKind] = useState<string>(contact?.kind ?? 'company');
  const [roles, setRoles] = useState<readonly string[]>(contact?.roles ?? []);
  const form = { fields, setFields };
  const body = {
    ...Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.trim() || null])),
    name: fields.name,
    kind,
    roles,
  };
  const service = api.service('invoices');
  return (
    <FormDialog
      title={contact === null ? 'New contact' : `Change ${contact.name}`}
      action={contact === null ? `Create in ${api.mode} mode` : `Change in ${api.mode} mode`}
      onClose={onClose}
      run={() =>
        contact === null ? service.post('/contacts', { body }) : service.patch(`/contacts/${contact.id}`, { body })
      }
      onDone={() => queries.invalidateQueries({ queryKey: api.key('invoices', 'contacts') })}
    >
      <TextField {...form} name="name" label="Name" required />
      <Select
        label="Kind"
        allowDeselect={false}
        data={['company', 'person']}
        value={kind}
        onChange={(value) => value !== null && setKind(value)}
      />
      <Checkbox.Group label="Has been" value={[...roles]} onChange={setRoles}>
        <Group mt={4}>
          <Checkbox value="seller" label="Seller" />
          <Checkbox value="buyer" label="Buyer" />
        </Group>
      </Checkbox.Group>
      <TextField {...form} name="companyCode" label="Company code" />
      <TextField {...form} name="vatCode" label="VAT number" />
      <TextField {...form} name="email" label="E-mail" type="email" />
      <TextField {...form} name="phone" label="Telephone" />
    </FormDialog>
  );
}
