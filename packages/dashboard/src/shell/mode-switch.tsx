import { SegmentedControl } from '@mantine/core';
import type { Mode } from '../console/types.ts';
import { useGo } from './use-go.ts';

/** Re-scopes every screen; the address bar keeps it. What a screen has open belongs to its mode and closes. */
export function ModeSwitch({ mode }: { readonly mode: Mode }) {
  const go = useGo();
  return (
    <SegmentedControl
      aria-label="Mode"
      size="xs"
      value={mode}
      color={mode === 'test' ? 'yellow.4' : 'indigo'}
      autoContrast
      data={[
        { value: 'live', label: 'Live' },
        { value: 'test', label: 'Test' },
      ]}
      onChange={(value) =>
        void go({
          to: '.',
          search: ({ workspace }) => ({ workspace, mode: value === 'test' ? 'test' : undefined }),
        })
      }
    />
  );
}
