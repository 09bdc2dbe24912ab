import { Anchor, Button, List, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../console/request.ts';
import { Json } from '../../parts/json.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useFilter } from '../../parts/use-filter.ts';

interface Answer {
  readonly verified: boolean;
  readonly reason: string;
  readonly outcomes?: readonly { readonly shortId: string; readonly endpoint: string; readonly nonce: number }[];
}

/** Every outcome of one client seed under one published hash. */
export function HashTab() {
  const [clientSeed, setClientSeed] = useFilter('clientSeed');
  const [serverHash, setServerHash] = useFilter('serverHash');
  const [fields, setFields] = useState({ clientSeed: clientSeed ?? '', serverHash: serverHash ?? '' });
  const { data, error, isFetching } = useQuery({
    queryKey: ['verify-hash', clientSeed, serverHash],
    queryFn: () => request<Answer>('GET', '/api/verifyServerHash', { query: { clientSeed, serverHash } }),
    enabled: clientSeed !== null && serverHash !== null,
  });
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setClientSeed(fields.clientSeed);
          setTimeout(() => setServerHash(fields.serverHash));
        }}
      >
        <Stack>
          <TextInput
            label="Client seed"
            required
            value={fields.clientSeed}
            onChange={(event) => setFields({ ...fields, clientSeed: event.currentTarget.value })}
          />
          <TextInput
            label="Server hash"
            required
            value={fields.serverHash}
            onChange={(event) => setFields({ ...fields, serverHash: event.currentTarget.value })}
          />
          <Button type="submit" w="fit-content" loading={isFetching}>
            Find outcomes
          </Button>
        </Stack>
      </form>
      <ProblemAlert error={error} />
      {data !== undefined && (
        <>
          <Text>{data.reason}</Text>
          <List size="sm">
            {data.outcomes?.map((outcome) => (
              <List.Item key={outcome.shortId}>
                <Anchor href={`/o/${outcome.shortId}`} underline="always">
                  {outcome.shortId}
                </Anchor>{' '}
                {outcome.endpoint}, nonce {outcome.nonce}
              </List.Item>
            ))}
          </List>
          <Json value={data} label="the answer" />
        </>
      )}
    </Stack>
  );
}
