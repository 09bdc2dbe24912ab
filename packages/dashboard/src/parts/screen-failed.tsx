import { Button, Stack } from '@mantine/core';
import { ProblemAlert } from './problem-alert.tsx';

/** In place of a screen that could not be drawn; a newer server has other files than an old page knows. */
export function ScreenFailed({ error }: { readonly error: unknown }) {
  return (
    <Stack maw={600}>
      <ProblemAlert error={error} title="This screen could not be shown" />
      <Button variant="default" onClick={() => window.location.reload()}>
        Reload the page
      </Button>
    </Stack>
  );
}
