import { Badge } from '@mantine/core';
import type { Column } from '../../parts/data-list.tsx';
import { When } from '../../parts/when.tsx';
import type { Delivery } from './types.ts';

const colors: Readonly<Record<string, string>> = {
  scheduled: 'blue',
  retrying: 'orange',
  succeeded: 'green',
  dead_letter: 'red',
  expired: 'red',
  canceled: 'gray',
};

/** How late the first byte of a delivery left. */
export function lateness(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 10_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const deliveryColumns: readonly Column<Delivery>[] = [
  { name: 'Due', width: '150px', cell: ({ scheduled_for }) => <When at={scheduled_for} /> },
  { name: 'Status', width: '120px', cell: ({ status }) => <Badge color={colors[status] ?? 'gray'}>{status}</Badge> },
  { name: 'Late by', width: '75px', cell: ({ dispatch_latency_ms }) => lateness(dispatch_latency_ms) },
  { name: 'Attempts', width: '80px', wide: true, cell: ({ attempt_count }) => attempt_count },
  { name: 'Answer', width: '80px', wide: true, cell: ({ last_status_code }) => last_status_code ?? '–' },
  {
    name: 'Why',
    width: 'minmax(100px, 1fr)',
    wide: true,
    cell: ({ dead_letter_reason, deferral }) => dead_letter_reason ?? deferral ?? '',
  },
  { name: 'Schedule', width: 'minmax(100px, 1fr)', wide: true, cell: ({ schedule_id }) => schedule_id },
];
