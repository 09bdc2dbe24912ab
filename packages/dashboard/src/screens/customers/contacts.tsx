import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { Danger } from '../../parts/danger.tsx';
import { ContactForm } from './contact-form.tsx';
import { Panel, PanelButton } from './panel.tsx';
import type { Contact, Customer } from './types.ts';
import { usePart } from './use-part.ts';

/** The people of a customer, the primary one first. */
export function Contacts({ customer }: { readonly customer: Customer }) {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const [form, setForm] = useState<Contact | 'new' | null>(null);
  const { rows, more, error } = usePart<Contact>(customer, 'contacts');
  const sorted = rows?.toSorted((a, b) => Number(b.is_primary) - Number(a.is_primary));
  return (
    <Panel
      title="Contacts"
      error={error}
      actions={<PanelButton onClick={() => setForm('new')}>Add a contact</PanelButton>}
    >
      {rows?.length === 0 && <Text size="sm">None: nobody is told of the onboarding.</Text>}
      <Stack gap="xs">
        {sorted?.map((contact) => (
          <div key={contact.id}>
            <Group gap="xs" wrap="nowrap">
              <Text size="sm" fw={600} dir="auto" lineClamp={2} title={contact.name}>
                {contact.name}
              </Text>
              {contact.is_primary && <Badge size="sm">Primary</Badge>}
            </Group>
            <Text size="sm">
              <Anchor href={`mailto:${contact.email}`}>{contact.email}</Anchor>
              {contact.title !== null && `, ${contact.title}`}
            </Text>
            <Group gap={4} wrap="nowrap" mt={4}>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Change ${contact.name}`}
                onClick={() => setForm(contact)}
              >
                Change
              </Button>
              <Danger
                action="Remove"
                size="compact-xs"
                label={`Remove ${contact.name}`}
                title={`Remove ${contact.name}?`}
                run={() => api.service('onboarding').delete(`/contacts/${contact.id}`)}
                onDone={changed}
              >
                Both modes share this contact.{' '}
                {contact.is_primary && 'It is the primary one, and nobody takes its place by himself.'}
              </Danger>
            </Group>
          </div>
        ))}
      </Stack>
      {more && <Text size="sm">Only the newest 100 are shown.</Text>}
      {form !== null && (
        <ContactForm
          customer={customer}
          contact={form === 'new' ? null : form}
          isFirst={rows?.length === 0}
          onClose={() => setForm(null)}
        />
      )}
    </Panel>
  );
}
