import { Badge, Group, Select } from '@mantine/core';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import type { Job } from './types.ts';

/** Every document that came in, whatever became of it: what could not be read has no invoice. */
export function UploadsTab() {
  const api = useConsole();
  const [status, setStatus] = useFilter('status');
  const curl = useCurl('invoices');
  return (
    <>
      <Group mb="sm">
        <Select
          label="Status"
          size="xs"
          clearable
          placeholder="all"
          data={Object.keys(colors)}
          value={status}
          onChange={setStatus}
        />
      </Group>
      <DataList<Job>
        label={`Uploads in ${api.mode} mode`}
        queryKey={api.key('invoices', 'list', 'jobs', status)}
        readPage={readList(api.service('invoices'), '/jobs', { status })}
        columns={columns}
        idOf={({ id }) => id}
        empty={
          <Empty
            title={`No document came in ${api.mode} mode`}
            curl={curl({ path: '/invoices', headers: { 'x-client-id': `cl_${api.mode}_…` }, file: 'invoice.pdf' })}
          >
            What is uploaded on the first tab or by the API is listed with what became of it.
          </Empty>
        }
      />
    </>
  );
}

const colors = { processing: 'blue', completed: 'green', failed: 'red' } as const;

const columns: Column<Job>[] = [
  {
    name: 'File',
    width: 'minmax(130px, 1fr)',
    cell: ({ sourceFile, invoiceId, clientId }) =>
      invoiceId === null ? (
        sourceFile
      ) : (
        <ScreenLink to="/invoices/$invoiceId" params={{ invoiceId }} search={{ client: clientId }}>
          {sourceFile}
        </ScreenLink>
      ),
  },
  { name: 'Status', width: '110px', cell: ({ status }) => <Badge color={colors[status]}>{status}</Badge> },
  { name: 'Why', width: 'minmax(120px, 2fr)', cell: ({ error }) => error?.message ?? '–' },
  { name: 'Came by', width: '100px', wide: true, cell: ({ source, kind }) => (kind === 'reprocess' ? kind : source) },
  { name: 'Time', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
];
