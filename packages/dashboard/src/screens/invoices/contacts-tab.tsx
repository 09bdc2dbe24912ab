import { Badge, Button, Group, Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { Danger } from '../../parts/danger.tsx';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { ContactForm } from './contact-form.tsx';
import type { Contact } from './types.ts';

export function ContactsTab() {
  const api = useConsole();
  const curl = useCurl('invoices');
  const queries = useQueryClient();
  const [search, setSearch] = useFilter('search');
  const [role, setRole] = useFilter('role');
  const [changing, setChanging] = useState<Contact | 'new' | null>(null);
  const service = api.service('invoices');
  const columns: Column<Contact>[] = [
    { name: 'Name', width: 'minmax(120px, 2fr)', cell: ({ name }) => name },
    { name: 'Has been', width: '120px', wide: true, cell: ({ roles }) => roles.join(', ') || '–' },
    { name: 'VAT number', width: 'minmax(100px, 1fr)', wide: true, cell: ({ vatCode }) => vatCode ?? '–' },
    { name: 'From', width: '100px', cell: ({ source }) => <Badge>{source}</Badge> },
    { name: 'Created', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
    {
      name: 'Actions',
      width: '90px',
      cell: ({ id, name }) => (
        <Danger
          action="Delete"
          label={`Delete ${name}`}
          title={`Delete ${name}?`}
          run={() => service.delete(`/contacts/${id}`)}
          onDone={() => void queries.invalidateQueries({ queryKey: api.key('invoices', 'contacts') })}
        >
          Invoices in {api.mode} mode keep what was printed on them and lose the link to this contact.
        </Danger>
      ),
    },
  ];
  return (
    <>
      <Group mb="sm" justify="space-between" align="flex-end">
        <Group align="flex-end" gap="xs">
          <SearchInput placeholder="name or address" value={search} onChange={setSearch} />
          <Select
            label="Has been"
            size="xs"
            clearable
            placeholder="either"
            data={['seller', 'buyer']}
            value={role}
            onChange={setRole}
          />
        </Group>
        <Button size="xs" onClick={() => setChanging('new')}>
          New contact
        </Button>
      </Group>
      <DataList<Contact>
        label={`Contacts in ${api.mode} mode`}
        queryKey={api.key('invoices', 'contacts', search, role)}
        readPage={readList(service, '/contacts', { q: search, role })}
        columns={columns}
        idOf={({ id }) => id}
        onOpen={setChanging}
        empty={
          <Empty
            title={`There is no contact in ${api.mode} mode`}
            curl={curl({ path: '/contacts', body: { name: 'Seller GmbH', roles: ['seller'] } })}
          >
            Sellers and buyers come here by themselves when an invoice is read; make one to have its invoices matched.
          </Empty>
        }
      />
      {changing !== null && (
        <ContactForm contact={changing === 'new' ? null : changing} onClose={() => setChanging(null)} />
      )}
    </>
  );
}
