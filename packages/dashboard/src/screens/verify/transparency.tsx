import { Alert, Button, Group, Select, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Verdict, verifyConsistency } from '../../../../client/src/verify.ts';
import { request } from '../../console/request.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { PublicFrame } from './public-frame.tsx';

interface Day {
  readonly date: string;
  readonly root: string;
  readonly leafCount: number;
  readonly height?: number;
  readonly publishedAt?: string | number;
  readonly logSize: number;
  readonly logRoot: string;
}

/** The published days, and the proof that the log only grew between two of them, computed here. */
export function Screen() {
  const { data, error } = useQuery({
    queryKey: ['merkle'],
    queryFn: () => request<{ roots: Day[] }>('GET', '/api/merkle').then(({ roots }) => roots),
  });
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const prove = useMutation({
    mutationFn: async (): Promise<Verdict> => {
      const answer = await request<{ from: Day; to: Day; proof: string[] }>('GET', '/api/merkle/consistency', {
        query: { from, to },
      });
      return verifyConsistency(answer.from, answer.to, answer.proof);
    },
  });
  const dates = data?.map(({ date }) => date) ?? [];
  return (
    <PublicFrame title="Transparency log">
      <Text>
        Every day’s live outcomes are the leaves of a tree whose root is published when the day is over; the days
        themselves are a log that only grows (RFC 6962). A proof of inclusion is checked on the Verify page.
      </Text>
      <ProblemAlert error={error ?? prove.error} />
      {dates.length === 0 && data !== undefined && (
        <Text>No day is published yet: the first one is when today is over.</Text>
      )}
      {dates.length > 0 && (
        <>
          <Table.ScrollContainer
            className="wide-table"
            minWidth={640}
            scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
          >
            <Table aria-label="Published days">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Day (UTC)</Table.Th>
                  <Table.Th>Outcomes</Table.Th>
                  <Table.Th>Root</Table.Th>
                  <Table.Th>Days in the log</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data?.map((day) => (
                  <Table.Tr key={day.date}>
                    <Table.Td>{day.date}</Table.Td>
                    <Table.Td>{day.leafCount}</Table.Td>
                    <Table.Td className="code">{day.root}</Table.Td>
                    <Table.Td>{day.logSize}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          <Group align="flex-end">
            <Select label="From" data={dates} value={from} onChange={setFrom} />
            <Select label="To" data={dates} value={to} onChange={setTo} />
            <Button disabled={from === null || to === null} loading={prove.isPending} onClick={() => prove.mutate()}>
              Prove that it only grew
            </Button>
          </Group>
          {prove.data !== undefined && (
            <Alert
              role="status"
              color={prove.data.ok ? 'green' : 'red'}
              title={prove.data.ok ? '✓ The log only grew, your browser finds' : '✗ Mismatch'}
            >
              {prove.data.ok ? 'No published day between them was changed or taken away.' : prove.data.reason}
            </Alert>
          )}
        </>
      )}
    </PublicFrame>
  );
}
