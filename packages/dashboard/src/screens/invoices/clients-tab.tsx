import { Badge, Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { Danger } from '../../parts/danger.tsx';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { ClientForm } from './client-form.tsx';
import { FirstClient } from './first-client.tsx';
import type { Client } from './types.ts';

export function ClientsTab() {
  const api = useConsole();
  const queries = useQueryClient();
  const [search, setSearch] = useFilter('search');
  const [changing, setChanging] = useState<Client | 'new' | null>(null);
  const service = api.service('invoices');
  const key = api.key('invoices', 'clients');
  const columns: Column<Client>[] = [
    { name: 'Name', width: 'minmax(120px, 2fr)', cell: ({ name }) => name },
    {
      name: 'Status',
      width: '90px',
      wide: true,
      cell: ({ status }) => <Badge color={status === 'active' ? 'green' : 'gray'}>{status}</Badge>,
    },
    {
      name: 'Invoices',
      width: '80px',
      cell: ({ id, name }) => (
        <ScreenLink to="/invoices" search={{ tab: undefined, search: undefined, client: id }}>
          <span aria-hidden="true">show</span>
          <span className="unseen">Invoices of {name}</span>
        </ScreenLink>
      ),
    },
    { name: 'VAT number', width: 'minmax(100px, 1fr)', wide: true, cell: ({ vatCode }) => vatCode ?? '–' },
    { name: 'Id', width: 'minmax(120px, 1fr)', wide: true, cell: ({ id }) => <span className="code">{id}</span> },
    { name: 'Created', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
    {
      name: 'Actions',
      width: '90px',
      cell: ({ id, name }) => (
        <Danger
          action="Delete"
          label={`Delete ${name}`}
          title={`Delete ${name}?`}
          typed={name}
          run={() => service.delete(`/clients/${id}`, { query: { cascade: true } })}
          onDone={() => void queries.invalidateQueries({ queryKey: api.key('invoices') })}
        >
          The client goes with all its invoices, uploads and files in {api.mode} mode.
        </Danger>
      ),
    },
  ];
  return (
    <>
      <Group mb="sm" justify="space-between" align="flex-end">
        <SearchInput placeholder="part of the name" value={search} onChange={setSearch} />
        <Button size="xs" onClick={() => setChanging('new')}>
          New client
        </Button>
      </Group>
      <DataList<Client>
        label={`Clients in ${api.mode} mode`}
        queryKey={[...key, 'list', search]}
        readPage={readList(service, '/clients', { q: search })}
        columns={columns}
        idOf={({ id }) => id}
        onOpen={setChanging}
        empty={<FirstClient />}
      />
      {changing !== null && (
        <ClientForm client={changing === 'new' ? null : changing} onClose={() => setChanging(null)} />
      )}
    </>
  );
}
