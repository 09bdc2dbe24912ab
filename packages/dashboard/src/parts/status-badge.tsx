import { Badge } from '@mantine/core';

/** An HTTP status, coloured by its class. */
export function StatusBadge({ status }: { readonly status: number }) {
  return <Badge color={status >= 500 ? 'red' : status >= 400 ? 'orange' : 'green'}>{status}</Badge>;
}
