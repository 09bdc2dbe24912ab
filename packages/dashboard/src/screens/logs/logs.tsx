import { Badge, Button, Group, Select, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useServices } from '../../console/console.ts';
import { urlOf } from '../../console/request.ts';
import type { ApiKey, AuditEntry } from '../../console/types.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Empty } from '../../parts/empty.tsx';
import { exampleCurl } from '../../parts/example.ts';
import { instantOf } from '../../parts/instant-of.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { ServiceSelect } from '../../parts/service-select.tsx';
import { SpanInputs } from '../../parts/span-inputs.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { useActors } from './actors.ts';
import { EntryDetail } from './entry-detail.tsx';

export function Screen() {
  const api = useConsole();
  const { services, publicUrl } = useServices();
  const [service, setService] = useFilter('service');
  const [keyId, setKey] = useFilter('key');
  const [status, setStatus] = useFilter('status');
  const [route, setRoute] = useFilter('route');
  const [suppressed, setSuppressed] = useFilter('suppressed');
  const [from, setFrom] = useFilter('from');
  const [to, setTo] = useFilter('to');
  const [requestId, setRequestId] = useFilter('request');
  const [following, setFollowing] = useState(false);
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const actorOf = useActors();
  const { data: keys } = useQuery({
    queryKey: api.key('keys', null),
    queryFn: () => api.get<{ keys: ApiKey[] }>('/keys', { query: { mode: api.mode } }).then((answer) => answer.keys),
  });

  const filter = {
    mode: api.mode,
    service,
    key: keyId,
    status,
    route,
    suppressed,
    request: requestId,
    from: instantOf(from)?.getTime(),
    to: instantOf(to)?.getTime(),
  };
  const fileAs = (format: string): string => urlOf(api.url('/audit/export'), { ...filter, format });

  return (
    <>
      <ScreenTitle
        actions={
          <>
            <Switch
              label="Live tail"
              checked={following}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />
            <Button component="a" href={fileAs('csv')} download variant="default" size="xs">
              Export CSV
            </Button>
            <Button component="a" href={fileAs('jsonl')} download variant="default" size="xs">
              Export JSONL
            </Button>
          </>
        }
      >
        Logs
      </ScreenTitle>
      <Group mb="sm" gap="xs" align="flex-end">
        <ServiceSelect value={service} onChange={setService} />
        <Select
          label="Key"
          size="xs"
          clearable
          searchable
          placeholder="all"
          data={(keys ?? []).map(({ id, name, prefix, last4 }) => ({
            value: id,
            label: `${name} (${prefix}…${last4})`,
          }))}
          value={keyId}
          onChange={setKey}
        />
        <Select
          label="Status"
          size="xs"
          clearable
          placeholder="all"
          data={['2xx', '3xx', '4xx', '5xx', '400', '401', '403', '404', '409', '422', '429']}
          value={status}
          onChange={setStatus}
          w={100}
        />
        <Select
          label="Effects"
          size="xs"
          clearable
          placeholder="all"
          data={[{ value: 'true', label: 'with suppressed effects' }]}
          value={suppressed}
          onChange={setSuppressed}
        />
        <SearchInput label="Route" placeholder="/v1/schedules/:id" value={route} onChange={setRoute} />
        <SearchInput label="Request id" placeholder="req_…" value={requestId} onChange={setRequestId} />
        <SpanInputs from={[from, setFrom]} to={[to, setTo]} />
      </Group>
      <DataList<AuditEntry>
        label={`Requests in ${api.mode} mode`}
        queryKey={api.key('audit', filter)}
        readPage={(cursor, signal) =>
          api
            .get<{ entries: AuditEntry[]; cursor: string | null }>('/audit', {
              query: { ...filter, limit: 100, cursor },
              signal,
            })
            .then((page) => ({ rows: page.entries, cursor: page.cursor }))
        }
        columns={columnsWith(actorOf)}
        idOf={({ id }) => id}
        onOpen={setOpen}
        {...(following ? { followMs: 1_000 } : {})}
        empty={
          <Empty title="No request matches" curl={exampleCurl(publicUrl, services[0], api.mode)}>
            Every request in {api.mode} mode stands here, refused ones too. Send one with a {api.mode} key:
          </Empty>
        }
      />
      <EntryDetail entry={open} actorOf={actorOf} onClose={() => setOpen(null)} />
    </>
  );
}

function columnsWith(actorOf: (entry: AuditEntry) => string): Column<AuditEntry>[] {
  return [
    { name: 'Time', width: '150px', cell: ({ at }) => <When at={at} /> },
    { name: 'Mode', width: '80px', wide: true, cell: ({ mode }) => <ModeBadge mode={mode} /> },
    { name: 'Request', width: 'minmax(90px, 2fr)', cell: ({ method, route }) => `${method} ${route}` },
    { name: 'Status', width: '52px', cell: (entry) => <StatusBadge status={entry.status} /> },
    { name: 'Actor', width: 'minmax(80px, 1fr)', wide: true, cell: actorOf },
    { name: 'Took', width: '75px', wide: true, cell: ({ durationMs }) => `${durationMs.toFixed(1)} ms` },
    {
      name: 'Suppressed',
      width: '110px',
      wide: true,
      cell: ({ suppressed }) =>
        suppressed.length === 0 ? '' : <Badge color="orange">{suppressed.length} held back</Badge>,
    },
  ];
}
