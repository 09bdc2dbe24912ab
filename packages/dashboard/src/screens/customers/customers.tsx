import { Badge, Button, Group, Select, Switch, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useConsole, useIsAdmin } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import type { Mode, Page } from '../../console/types.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { CleanUp } from './clean-up.tsx';
import { CustomerForm } from './customer-form.tsx';
import { foldTestRows, isTestRow } from './fold-test-rows.ts';
import { ImportCsv } from './import-csv.tsx';
import { type Customer, statuses, words } from './types.ts';
import { useKept } from './use-kept.ts';

/** Both modes' customers: the data of onboarding is shared. */
export function Screen() {
  const api = useConsole();
  const isAdmin = useIsAdmin();
  const curl = useCurl('onboarding');
  const [status, setStatus] = useFilter('status');
  const [search, setSearch] = useFilter('search');
  const [folded, setFolded] = useKept('customers.fold-test-rows', false);
  const [expanded, setExpanded] = useState(false);
  const [creating, setCreating] = useState(false);
  const [importing, setImporting] = useState(false);
  const read = readList<Customer>(api.service('onboarding'), '/customers', { status, q: search });
  const fold = folded && isAdmin && !expanded && search === null;
  return (
    <>
      <ScreenTitle
        actions={
          <>
            {isAdmin && <CleanUp />}
            <Button component="a" href={api.service('onboarding').url('/customers/export')} download variant="default">
              Export CSV
            </Button>
            <Button variant="default" onClick={() => setImporting(true)}>
              Import CSV
            </Button>
            <Button onClick={() => setCreating(true)}>New customer</Button>
          </>
        }
      >
        Customers
      </ScreenTitle>
      <Text size="sm" mb="sm">
        Both modes share these customers; what test mode changes is changed, but what it would send is held back.
      </Text>
      <Group mb="sm" align="flex-end">
        <SearchInput placeholder="words of it or its people" value={search} onChange={setSearch} />
        <Select
          label="Status"
          size="xs"
          clearable
          placeholder="all"
          data={statuses.map((value) => ({ value, label: words(value) }))}
          value={status}
          onChange={setStatus}
        />
        {isAdmin && (
          <Switch
            label="Collapse test rows"
            description="Those whose metadata says test: true"
            checked={folded}
            onChange={(event) => {
              setFolded(event.currentTarget.checked);
              setExpanded(false);
            }}
          />
        )}
      </Group>
      <DataList<Customer | Folded>
        label="Customers"
        queryKey={api.key('onboarding', 'customers', status, search, fold)}
        readPage={async (cursor, signal): Promise<Page<Customer | Folded>> => {
          const page = await read(cursor, signal);
          if (!fold) return page;
          const { rows, test } = foldTestRows(page.rows);
          const line = test === 0 ? [] : [{ id: `folded ${cursor}`, folded: test }];
          return { rows: [...rows, ...line], cursor: page.cursor };
        }}
        columns={columns(() => setExpanded(true))}
        idOf={({ id }) => id}
        empty={
          <Empty title="There is no customer" curl={curl({ path: '/customers', body: newCustomerOf(api.mode) })}>
            A customer is a company that is being onboarded. Make one here, or by the API.
          </Empty>
        }
      />
      {importing && <ImportCsv onClose={() => setImporting(false)} />}
      {creating && <CustomerForm customer={null} onClose={() => setCreating(false)} />}
    </>
  );
}

/** As a caller makes one; in test mode with the mark by which it is found again. */
function newCustomerOf(mode: Mode): object {
  return { name: 'Acme Inc', ...(mode === 'test' ? { metadata: { test: true } } : {}) };
}

interface Folded {
  readonly id: string;
  readonly folded: number;
}

function columns(onExpand: () => void): Column<Customer | Folded>[] {
  const of =
    (cell: (customer: Customer) => ReactNode) =>
    (row: Customer | Folded): ReactNode =>
      'folded' in row ? null : cell(row);
  return [
    {
      name: 'Name',
      width: 'minmax(140px, 2fr)',
      cell: (row) =>
        'folded' in row ? (
          <button type="button" className="open" onClick={onExpand}>
            {row.folded} test records
          </button>
        ) : (
          <span className="with-mark">
            <ScreenLink to="/customers/$ref" params={{ ref: row.slug }}>
              {row.name}
            </ScreenLink>
            {isTestRow(row) && <ModeBadge mode="test" />}
          </span>
        ),
    },
    { name: 'Status', width: '120px', cell: of(({ status }) => <Badge>{words(status)}</Badge>) },
    { name: 'No.', width: '60px', wide: true, cell: of(({ display_id }) => display_id) },
    { name: 'Domain', width: 'minmax(100px, 1fr)', wide: true, cell: of(({ domain }) => domain ?? '–') },
    { name: 'Created', width: '160px', wide: true, cell: of(({ created_at }) => <When at={created_at} />) },
  ];
}
