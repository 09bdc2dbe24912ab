import { Drawer, Group, Select, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useConsole, useServices } from '../../console/console.ts';
import type { ServiceInfo, ServiceList } from '../../console/types.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { exampleCurl } from '../../parts/example.ts';
import { Json } from '../../parts/json.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { NotFound } from '../../shell/not-found.tsx';
import { type Row, shownIn } from './shown-in.ts';

/** The lists of a service that this dashboard knows nothing of but what it declares. */
export function Screen() {
  const { service: name } = useParams({ strict: false }) as { service: string };
  const { services } = useServices();
  const [chosen, choose] = useFilter('list');
  // Nothing is known of any service before the first answer.
  if (services.length === 0) return null;
  const service = services.find((one) => one.name === name);
  const list = service?.lists.find(({ operation }) => operation === chosen) ?? service?.lists[0];
  if (service === undefined || list === undefined) return <NotFound />;
  return (
    <>
      <ScreenTitle>{service.title}</ScreenTitle>
      <Text size="sm" mb="sm">
        {service.description}
      </Text>
      {service.lists.length > 1 && (
        <Group mb="sm">
          <Select
            label="List"
            size="xs"
            allowDeselect={false}
            data={service.lists.map(({ operation, summary }) => ({ value: operation, label: summary }))}
            value={list.operation}
            onChange={choose}
          />
        </Group>
      )}
      <Rows key={list.operation} service={service} list={list} />
    </>
  );
}

/** A dozen columns would be unreadable; the whole row is one click away. */
const mostColumns = 6;

function Rows({ service, list }: { readonly service: ServiceInfo; readonly list: ServiceList }) {
  const api = useConsole();
  const { publicUrl } = useServices();
  const [open, setOpen] = useState<Row | null>(null);
  const { path, items, next, maxLimit } = list;
  const limit = maxLimit === null ? undefined : Math.min(maxLimit, 100);
  const columns = list.columns.slice(0, mostColumns).map(
    ({ name }, index): Column<Row> => ({
      name,
      width: index === 0 ? 'minmax(140px, 1fr)' : 'minmax(90px, 1fr)',
      wide: index > 1,
      cell: (row) => shownIn(name, row[name]),
    }),
  );
  return (
    <>
      <DataList<Row>
        label={`${list.summary}, in ${api.mode} mode`}
        queryKey={api.key('service', service.name, list.operation)}
        readPage={async (cursor, signal) => {
          const page = await api.service(service.name).get<Row>(path, { query: { limit, cursor }, signal });
          // What stands in these fields is what the service declares to answer.
          return { rows: page[items] as Row[], cursor: page[next] as string | null };
        }}
        columns={columns}
        idOf={(row) => JSON.stringify(list.columns.map(({ name }) => row[name]))}
        onOpen={setOpen}
        empty={
          <Empty title="There is nothing yet" curl={exampleCurl(publicUrl, service, api.mode, path)}>
            What calls with keys of {api.mode} mode make stands here.
          </Empty>
        }
      />
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size="lg" title={list.summary}>
        <Stack>{open !== null && <Json value={open} label="the row" />}</Stack>
      </Drawer>
    </>
  );
}
