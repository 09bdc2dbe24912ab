import { Drawer, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import type { AuditEntry, Effect } from '../../console/types.ts';
import { Facts } from '../../parts/facts.tsx';
import { Json } from '../../parts/json.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { When } from '../../parts/when.tsx';

interface EntryDetailProps {
  readonly entry: AuditEntry | null;
  readonly actorOf: (entry: AuditEntry) => string;
  readonly onClose: () => void;
}

export function EntryDetail({ entry, actorOf, onClose }: EntryDetailProps) {
  return (
    <Drawer opened={entry !== null} onClose={onClose} position="right" size="lg" title="Request">
      {entry !== null && <Detail entry={entry} actor={actorOf(entry)} />}
    </Drawer>
  );
}

function Detail({ entry, actor }: { readonly entry: AuditEntry; readonly actor: string }) {
  const api = useConsole();
  const { data: effects = [] } = useQuery({
    queryKey: api.key('effects', { request: entry.requestId }),
    queryFn: () =>
      api
        .get<{ effects: Effect[] }>('/effects', { query: { request: entry.requestId } })
        .then((answer) => answer.effects),
  });
  return (
    <Stack>
      <Facts
        facts={{
          Request: `${entry.method} ${entry.route}`,
          'Request id': <span className="code">{entry.requestId}</span>,
          Mode: <ModeBadge mode={entry.mode} />,
          Time: <When at={entry.at} />,
          Status: <StatusBadge status={entry.status} />,
          'Error code': entry.code,
          Operation: entry.operation,
          Actor: actor,
          Address: entry.address,
          Took: `${entry.durationMs.toFixed(2)} ms`,
          'Idempotency key': entry.idempotencyKey && (
            <span className="code">
              {entry.idempotencyKey}
              {entry.idempotentReplay && ' (answered again, nothing was done)'}
            </span>
          ),
          Event: entry.event,
          Target: entry.target && (
            <span className="code">
              {entry.target.type} {entry.target.display_id ?? ''} {entry.target.id}
            </span>
          ),
        }}
      />
      {entry.diff !== null && (
        <>
          <Title order={2} size="h4">
            Changes, before and after
          </Title>
          <Json value={entry.diff} label="what the request changed" />
        </>
      )}
      <Title order={2} size="h4">
        Suppressed effects
      </Title>
      {entry.suppressed.length === 0 && <Text size="sm">None: this request held nothing back.</Text>}
      {entry.suppressed.map((effect, index) => {
        const stored = effects.find(({ name, state }) => name === effect.name && state === 'suppressed');
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
          <Stack key={index} gap={4}>
            <Text fw={600}>{effect.name}</Text>
            <Json value={effect.payload ?? stored?.payload} label={`what ${effect.name} would have sent`} />
          </Stack>
        );
      })}
      {effects.length > 0 && (
        <ScreenLink to="/effects" search={{ request: entry.requestId }}>
          All effects of this request
        </ScreenLink>
      )}
    </Stack>
  );
}
