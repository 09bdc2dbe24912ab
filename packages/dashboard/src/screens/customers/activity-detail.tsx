import { Drawer, Stack, Table, Text, Title } from '@mantine/core';
import { Facts } from '../../parts/facts.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { When } from '../../parts/when.tsx';
import type { Activity } from './types.ts';

interface ActivityDetailProps {
  readonly entry: Activity | null;
  readonly actor: string;
  readonly onClose: () => void;
}

/** One entry of the feed: what changed, by which request, and what that held back. */
export function ActivityDetail({ entry, actor, onClose }: ActivityDetailProps) {
  return (
    <Drawer opened={entry !== null} onClose={onClose} position="right" size="lg" title="Activity">
      {entry !== null && <Detail entry={entry} actor={actor} />}
    </Drawer>
  );
}

function Detail({ entry, actor }: { readonly entry: Activity; readonly actor: string }) {
  // The logs stand in the mode of the call, whichever is shown.
  const scope = { mode: entry.mode === 'test' ? 'test' : undefined, request: entry.request_id };
  return (
    <Stack>
      <Facts
        facts={{
          Event: entry.event_type,
          Mode: <ModeBadge mode={entry.mode} />,
          Actor: actor,
          Time: <When at={entry.timestamp} />,
          'Request id': <span className="code">{entry.request_id}</span>,
          'Held back': entry.suppressed_effects,
        }}
      />
      {entry.changes.length > 0 && (
        <>
          <Title order={2} size="h4">
            Changes
          </Title>
          <Table aria-label="Changes">
            <Table.Thead>
              <Table.Tr>
                {['Field', 'Before', 'After'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entry.changes.map(({ field, old_value, new_value }) => (
                <Table.Tr key={field}>
                  <Table.Th scope="row">{field}</Table.Th>
                  <Table.Td>{written(old_value)}</Table.Td>
                  <Table.Td>{written(new_value)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      <Text size="sm">
        <ScreenLink to="/admin/logs" search={scope}>
          The request in the logs
        </ScreenLink>
        {entry.suppressed_effects > 0 && (
          <>
            {', '}
            <ScreenLink to="/effects" search={scope}>
              what it held back
            </ScreenLink>
          </>
        )}
      </Text>
    </Stack>
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
