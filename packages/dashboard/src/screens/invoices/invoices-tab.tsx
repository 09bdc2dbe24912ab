import { Badge, Group, Loader, Select } from '@mantine/core';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { ClientSelect } from './client-select.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FirstClient } from './first-client.tsx';
import { findingsColors, stateColors, stateOf, states } from './states.ts';
import type { Client, ListedInvoice } from './types.ts';
import { UploadDrop } from './upload-drop.tsx';
import { useClient } from './use-client.ts';

export function InvoicesTab() {
  const { clients, error, client, choose, headers } = useClient();
  if (clients === undefined)
    return error === null ? <Loader role="progressbar" aria-label="Loading" /> : <ProblemAlert error={error} />;
  if (client === null) return <FirstClient />;
  return <InvoicesOf key={client.id} {...{ clients, client, choose, headers }} />;
}

interface InvoicesOfProps {
  readonly clients: readonly Client[];
  readonly client: Client;
  readonly choose: (id: string | null) => void;
  readonly headers: Readonly<Record<string, string>>;
}

function InvoicesOf({ clients, client, choose, headers }: InvoicesOfProps) {
  const api = useConsole();
  const curl = useCurl('invoices');
  const [state, setState] = useFilter('state');
  const [search, setSearch] = useFilter('search');
  const filter = { ...(state === null ? {} : states[state]?.query), q: search };
  return (
    <>
      <UploadDrop client={client} headers={headers} />
      <Group my="sm" gap="xs" align="flex-end">
        <ClientSelect clients={clients} client={client} choose={choose} />
        <Select
          label="State"
          size="xs"
          clearable
          placeholder="all"
          data={Object.entries(states).map(([value, { label }]) => ({ value, label }))}
          value={state}
          onChange={setState}
        />
        <SearchInput placeholder="number or party" value={search} onChange={setSearch} />
        <ExportMenu path="/invoices/export" query={filter} headers={headers} name="invoices" label="Export the list" />
      </Group>
      <DataList<ListedInvoice>
        label={`Invoices in ${api.mode} mode`}
        queryKey={api.key('invoices', 'list', client.id, state, search)}
        readPage={readList(api.service('invoices'), '/invoices', filter, headers)}
        columns={columns}
        idOf={({ id }) => id}
        empty={
          <Empty
            title={
              state === null && search === null
                ? `There is no invoice in ${api.mode} mode`
                : `No invoice in ${api.mode} mode matches`
            }
            curl={curl({ path: '/invoices', headers: { 'x-client-id': client.id }, file: 'invoice.pdf' })}
          >
            Drop a PDF, a picture or an XML invoice above, or send it by the API.
          </Empty>
        }
      />
    </>
  );
}

const columns: Column<ListedInvoice>[] = [
  {
    name: 'Number',
    width: 'minmax(120px, 1fr)',
    cell: ({ id, clientId, invoiceNumber, sourceFile }) => (
      <ScreenLink to="/invoices/$invoiceId" params={{ invoiceId: id }} search={{ client: clientId }}>
        {invoiceNumber ?? sourceFile}
      </ScreenLink>
    ),
  },
  {
    name: 'State',
    width: '110px',
    cell: (row) => <Badge color={stateColors[stateOf(row)] ?? 'gray'}>{stateOf(row)}</Badge>,
  },
  { name: 'Seller', width: 'minmax(120px, 1fr)', wide: true, cell: ({ seller }) => seller.name ?? '–' },
  { name: 'Issued', width: '100px', wide: true, cell: ({ issueDate }) => issueDate ?? '–' },
  {
    name: 'Gross',
    width: '130px',
    cell: ({ totals, currency }) => (totals.gross === null ? '–' : `${totals.gross} ${currency ?? ''}`),
  },
  {
    name: 'Findings',
    width: '110px',
    wide: true,
    cell: ({ validation }) => <Badge color={findingsColors[validation.status]}>{validation.status}</Badge>,
  },
  {
    name: 'Sure',
    width: '60px',
    wide: true,
    cell: ({ confidence }) => `${Math.round(confidence.overall * 100)} %`,
  },
  { name: 'Uploaded', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
];
