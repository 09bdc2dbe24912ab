import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { verifyOutcome } from '../../../../client/src/verify.ts';
import { request } from '../../console/request.ts';
import { Json } from '../../parts/json.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { readPermalink } from './read-permalink.ts';
import { VerdictAlert } from './verdict.tsx';

type Found = Readonly<Record<string, unknown>> & { readonly reason: string; readonly serverSeed?: string };

export function LookUpTab() {
  const [text, setText] = useState('');
  const find = useMutation({
    mutationFn: () => request<Found>('GET', '/api/verifyShortId', { query: readPermalink(text) }),
  });
  const found = find.data;
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          find.mutate();
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Short id or permalink"
            required
            style={{ flex: 1 }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" loading={find.isPending}>
            Look it up
          </Button>
        </Group>
      </form>
      <ProblemAlert error={find.error} />
      {found !== undefined && (
        <>
          {found.mode === 'test' && (
            <Alert color="yellow" title="⚠ TEST outcome">
              Computed from its inputs: it proves nothing about chance.
            </Alert>
          )}
          {found.serverSeed === undefined ? (
            <Alert color="blue" role="status" title="Not revealed yet">
              {found.reason} Once the seed is revealed, your browser can derive the values again.
            </Alert>
          ) : (
            <VerdictAlert verdict={verifyOutcome(found, found.serverSeed)} />
          )}
          <Json value={found} label="the record" />
        </>
      )}
    </Stack>
  );
}
