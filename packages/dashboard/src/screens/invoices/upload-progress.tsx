import { Group, Progress, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { upload } from '../../console/upload.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import type { Job } from './types.ts';

interface UploadProgressProps {
  readonly file: File;
  readonly scenario: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One document on its way: how much of it has left, then how far it is read. */
export function UploadProgress({ file, scenario, headers }: UploadProgressProps) {
  const api = useConsole();
  const queries = useQueryClient();
  const [share, setShare] = useState(0);
  const [sent, setSent] = useState<{ jobId: string } | { error: unknown } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a document is sent once, as it was when it was dropped
  useEffect(() => {
    const stop = new AbortController();
    const form = new FormData();
    if (api.mode === 'test') form.set('hints.testScenario', scenario);
    form.set('file', file);
    const url = api.service('invoices').url('/invoices');
    upload<{ jobId: string }>(url, form, { headers, onProgress: setShare, signal: stop.signal }).then(
      setSent,
      (error: unknown) => {
        if (!stop.signal.aborted) setSent({ error });
      },
    );
    return () => stop.abort();
  }, []);
  const jobId = sent !== null && 'jobId' in sent ? sent.jobId : null;
  const { data: job, error } = useQuery({
    queryKey: api.key('invoices', 'job', jobId),
    queryFn: () => api.service('invoices').get<Job>(`/jobs/${jobId}`),
    enabled: jobId !== null,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === 'processing' ? 500 : false),
  });
  const over = job !== undefined && job.status !== 'processing';
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: api.key('invoices', 'list') });
  }, [over, queries, api]);
  const words = wordsOf(sent === null, share, job);
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{file.name}</Text>
        <Text size="sm" role="status" aria-label={`State of ${file.name}`}>
          {job?.status === 'completed' && job.invoiceId !== null ? (
            <ScreenLink
              to="/invoices/$invoiceId"
              params={{ invoiceId: job.invoiceId }}
              search={{ client: job.clientId }}
            >
              Read: show the invoice
            </ScreenLink>
          ) : (
            words
          )}
        </Text>
      </Group>
      {!over && !(sent !== null && 'error' in sent) && (
        <Progress
          value={jobId === null ? share * 100 : 100}
          animated={jobId !== null}
          aria-label={`Progress of ${file.name}`}
        />
      )}
      <ProblemAlert
        error={sent !== null && 'error' in sent ? sent.error : error}
        title={`${file.name} was not taken`}
      />
    </div>
  );
}

function wordsOf(sending: boolean, share: number, job: Job | undefined): string {
  if (sending) return `sending, ${Math.round(share * 100)} %`;
  if (job?.status === 'failed')
    return `Could not be read: ${job.error?.message ?? job.error?.code ?? 'nobody knows why'}`;
  return `being read${job?.stage == null ? '' : ` (${job.stage})`} …`;
}
