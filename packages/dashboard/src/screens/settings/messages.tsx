import { Badge, Button, Drawer, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useIsAdmin } from '../../console/console.ts';
import type { Mode } from '../../console/types.ts';
import { type Column, DataList } from '../../parts/data-list.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Json } from '../../parts/json.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { When } from '../../parts/when.tsx';

export interface Message {
  readonly id: string;
  readonly service: string;
  readonly channel: string;
  readonly mode: Mode;
  readonly kind: string | null;
  readonly recipient: string | null;
  readonly status: 'pending' | 'sent' | 'failed' | 'suppressed';
  readonly reason: string | null;
  readonly attempts: number;
  readonly lastStatusCode: number | null;
  readonly answer: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

/** Messages of the mode, those that left and those that were held back. */
export function Messages() {
  const api = useConsole();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Paper withBorder p="md" component="section" aria-label="Messages">
      <Title order={2} size="h4" mb="xs">
        Messages in {api.mode} mode
      </Title>
      <DataList<Message>
        label={`Messages in ${api.mode} mode`}
        queryKey={api.key('messages')}
        readPage={(cursor, signal) =>
          api
            .get<{ messages: Message[]; cursor: string | null }>('/messages', {
              query: { mode: api.mode, limit: 100, cursor },
              signal,
            })
            .then((page) => ({ rows: page.messages, cursor: page.cursor }))
        }
        columns={columns}
        idOf={({ id }) => id}
        onOpen={({ id }) => setOpen(id)}
        empty={<Text size="sm">No message was to leave yet. Send a test message above.</Text>}
      />
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size="lg" title="Message">
        {open !== null && <Detail id={open} />}
      </Drawer>
    </Paper>
  );
}

function Detail({ id }: { readonly id: string }) {
  const api = useConsole();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: api.key('messages', 'one', id),
    queryFn: () => api.get<Message & { payload: unknown }>(`/messages/${id}`),
  });
  const again = useMutation({
    mutationFn: () => api.post(`/messages/${id}/send-again`, { body: {} }),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.key('messages') }),
  });
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  return (
    <Stack>
      <Facts
        facts={{
          Channel: data.channel,
          Kind: data.kind,
          Mode: <ModeBadge mode={data.mode} />,
          State: <Badge color={messageColors[data.status]}>{data.status}</Badge>,
          Why: data.reason,
          'To whom': data.recipient,
          Attempts: data.attempts,
          'Last status': data.lastStatusCode,
          'The answer': data.answer,
          Ended: <When at={data.finishedAt} empty="not yet" />,
        }}
      />
      <Title order={2} size="h4">
        {data.status === 'suppressed' ? 'What would have left' : 'What it says'}
      </Title>
      <Json value={data.payload} label="the payload" />
      <ProblemAlert error={again.error} />
      {data.status === 'failed' && (
        <Group>
          <Button disabled={!isAdmin} loading={again.isPending} onClick={() => again.mutate()}>
            Send it again
          </Button>
        </Group>
      )}
    </Stack>
  );
}

export const messageColors = { pending: 'blue', sent: 'green', failed: 'red', suppressed: 'yellow' } as const;

const columns: Column<Message>[] = [
  { name: 'Kind', width: 'minmax(110px, 1fr)', cell: ({ kind, channel }) => `${channel}: ${kind ?? 'message'}` },
  { name: 'State', width: '110px', cell: ({ status }) => <Badge color={messageColors[status]}>{status}</Badge> },
  { name: 'To', width: 'minmax(100px, 1fr)', wide: true, cell: ({ recipient }) => recipient ?? '–' },
  { name: 'Why', width: '120px', wide: true, cell: ({ reason }) => reason ?? '–' },
  { name: 'Time', width: '160px', wide: true, cell: ({ createdAt }) => <When at={createdAt} /> },
];
