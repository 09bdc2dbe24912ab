import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import { SharedNote } from './shared-note.tsx';
import type { Contact, Customer } from './types.ts';

interface ContactFormProps {
  readonly customer: Customer;
  readonly contact: Contact | null;
  /** Whether it would be the first, which is primary anyway. */
  readonly isFirst: boolean;
  readonly onClose: () => void;
}

/** Adds a contact to a customer, or changes one. */
export function ContactForm({ customer, contact, isFirst, onClose }: ContactFormProps) {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const service = api.service('onboarding');
  const [fields, setFields] = useState<TextFields>({
    name: contact?.name ?? '',
    email: contact?.email ?? '',
    title: contact?.title ?? '',
  });
  const [primary, setPrimary] = useState(contact?.is_primary ?? isFirst);
  const form = { fields, setFields };
  const body = { ...fields, title: fields['title']?.trim() || null, is_primary: primary };
  return (
    <FormDialog
      title={contact === null ? `New contact of ${customer.name}` : `Change ${contact.name}`}
      action={`${contact === null ? 'Add' : 'Change'} in ${api.mode} mode`}
      onClose={onClose}
      run={() =>
        contact === null
          ? service.post(`/customers/${customer.id}/contacts`, { body })
          : service.patch(`/contacts/${contact.id}`, { body })
      }
      onDone={changed}
    >
      <SharedNote />
      <TextField {...form} name="name" label="Name" required />
      <TextField {...form} name="email" label="E-mail" type="email" required />
      <TextField {...form} name="title" label="Title" placeholder="Head of operations" />
      <Checkbox
        label="Primary"
        description="Notifications go to this one; it takes over from another."
        checked={primary}
        onChange={(event) => setPrimary(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
