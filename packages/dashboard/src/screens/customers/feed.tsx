import { Badge, Button, Group, SegmentedControl, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { readList } from '../../console/read-list.ts';
import { urlOf } from '../../console/request.ts';
import type { ApiKey, Member } from '../../console/types.ts';
import { nameOfMember, useMembers } from '../../console/use-members.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { instantOf } from '../../parts/instant-of.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { SpanInputs } from '../../parts/span-inputs.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { ActivityDetail } from './activity-detail.tsx';
import { Panel } from './panel.tsx';
import { type Activity, happenings } from './types.ts';

interface FeedProps {
  readonly customerId: string;
  /** What happened to one onboarding of the customer alone. */
  readonly onboardingId?: string;
  readonly title?: string;
}

/** What happened to a customer in either mode, newest first. */
export function Feed({ customerId, onboardingId, title = 'Activity' }: FeedProps) {
  const api = useConsole();
  const members = useMembers();
  const [of, setOf] = useFilter('feed');
  const [actor, setActor] = useFilter('actor');
  const [kind, setKind] = useFilter('kind');
  const [from, setFrom] = useFilter('from');
  const [to, setTo] = useFilter('to');
  const [open, setOpen] = useState<Activity | null>(null);
  const service = api.service('onboarding');
  const path = `/customers/${customerId}/activity`;
  const filters = {
    mode: of,
    actor,
    event_type: kind,
    onboarding_id: onboardingId,
    created_after: instantOf(from)?.toISOString(),
    created_before: instantOf(to)?.toISOString(),
  };
  const narrowed = [of, actor, kind, from, to].some((filter) => filter !== null);
  return (
    <Panel
      title={title}
      actions={
        <Button
          component="a"
          href={urlOf(service.url(`${path}/export`), filters)}
          download
          size="compact-sm"
          variant="default"
        >
          Export CSV
        </Button>
      }
    >
      <Group mb="xs" gap="xs" align="flex-end">
        <SegmentedControl
          aria-label="Mode of the activity"
          size="xs"
          value={of ?? 'both'}
          onChange={(value) => setOf(value === 'both' ? null : value)}
          data={[
            { value: 'both', label: 'Both modes' },
            { value: 'live', label: 'Live' },
            { value: 'test', label: 'Test' },
          ]}
        />
        <ActorSelect members={members} value={actor} onChange={setActor} />
        <Select
          label="Kind"
          size="xs"
          clearable
          searchable
          placeholder="all"
          data={[...happenings]}
          value={kind}
          onChange={setKind}
        />
        <SpanInputs from={[from, setFrom]} to={[to, setTo]} />
      </Group>
      <DataList<Activity>
        label={title}
        queryKey={api.key('onboarding', 'activity', customerId, filters)}
        readPage={readList(service, path, filters)}
        columns={columnsWith(members)}
        idOf={({ id }) => id}
        onOpen={setOpen}
        empty={<Text size="sm">{narrowed ? 'Nothing matches.' : 'Nothing happened yet.'}</Text>}
      />
      <ActivityDetail entry={open} actor={open === null ? '' : actorOf(open, members)} onClose={() => setOpen(null)} />
    </Panel>
  );
}

interface ActorSelectProps {
  readonly members: readonly Member[];
  readonly value: string | null;
  readonly onChange: (actor: string | null) => void;
}

/** Keys act under their names, people under their ids. */
function ActorSelect({ members, value, onChange }: ActorSelectProps) {
  const api = useConsole();
  const { data: keys = [] } = useQuery({
    queryKey: api.key('keys', 'onboarding', 'both modes'),
    queryFn: () =>
      api.get<{ keys: ApiKey[] }>('/keys', { query: { service: 'onboarding' } }).then((answer) => answer.keys),
  });
  return (
    <Select
      label="Actor"
      size="xs"
      clearable
      searchable
      placeholder="all"
      data={[
        { group: 'Keys', items: [...new Set(keys.map(({ name }) => name))] },
        { group: 'People', items: members.map(({ personId, name }) => ({ value: personId, label: name })) },
      ]}
      value={value}
      onChange={onChange}
    />
  );
}

/** As the reference words it, and no id where a name is known. */
function actorOf({ actor, actor_type }: Activity, members: readonly Member[]): string {
  if (actor_type === 'api_key') return `API: ${actor}`;
  return actor_type === 'person' ? nameOfMember(members, actor) : `Interlock (${actor})`;
}

function columnsWith(members: readonly Member[]): Column<Activity>[] {
  return [
    { name: 'Event', width: 'minmax(120px, 1.5fr)', cell: ({ event_type }) => event_type },
    { name: 'Mode', width: '70px', cell: ({ mode }) => <ModeBadge mode={mode} /> },
    {
      name: 'Changed',
      width: 'minmax(80px, 1fr)',
      wide: true,
      cell: ({ changes }) => changes.map(({ field }) => field).join(', '),
    },
    { name: 'Actor', width: 'minmax(100px, 1fr)', wide: true, cell: (entry) => actorOf(entry, members) },
    {
      name: 'Held back',
      width: '80px',
      wide: true,
      cell: ({ suppressed_effects: count }) => count > 0 && <Badge color="orange">{count}</Badge>,
    },
    { name: 'Time', width: '155px', wide: true, cell: ({ timestamp }) => <When at={timestamp} /> },
  ];
}
