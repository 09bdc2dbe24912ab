import { Badge } from '@mantine/core';
import type { Mode } from '../console/types.ts';

/** A mode in words and shape as well as in colour. */
export function ModeBadge({ mode }: { readonly mode: Mode }) {
  return mode === 'test' ? (
    <Badge color="yellow" variant="light" style={{ border: '1px dashed currentColor' }}>
      ⚠ test
    </Badge>
  ) : (
    <Badge color="indigo">live</Badge>
  );
}
