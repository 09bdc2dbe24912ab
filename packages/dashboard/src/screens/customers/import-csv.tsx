import { Alert, Button, FileInput, Group, List, Modal, Progress, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { upload } from '../../console/upload.ts';
import { useChanged } from '../../console/use-changed.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

interface Report {
  readonly dry_run: boolean;
  readonly customers: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly stopped: Fault | null;
  readonly errors: readonly Fault[];
}

interface Fault {
  readonly line: number;
  readonly message: string;
  readonly field: string | null;
}

/** Takes in a file of customers: read through first, so that what is wrong with it is known before anything is stored. */
export function ImportCsv({ onClose }: { readonly onClose: () => void }) {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState(0);
  const send = useMutation({
    mutationFn: (dryRun: boolean) => {
      setShare(0);
      const url = api.service('onboarding').url(`/customers/import?dry_run=${dryRun}`);
      return upload<Report>(url, file ?? new Blob(), { headers: { 'content-type': 'text/csv' }, onProgress: setShare });
    },
    onSuccess: async ({ dry_run }) => {
      if (!dry_run) await changed();
    },
  });
  const report = send.data;
  const checked = report?.dry_run === true;
  return (
    <Modal opened onClose={onClose} title="Import customers from CSV" size="lg">
      <Stack>
        <Text size="sm">
          The first line names the columns, as in an export: name, slug, domain, status and others; lines with one slug
          are one customer with several contacts. Customers that are there already are changed.
        </Text>
        {api.mode === 'test' && (
          <Text size="sm">
            <ModeBadge mode="test" /> Customers are really stored, for both modes to see; what that would send is held
            back.
          </Text>
        )}
        <FileInput
          label="File"
          placeholder="customers.csv"
          accept="text/csv,.csv"
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            send.reset();
          }}
        />
        {send.isPending && (
          <div>
            <Text size="sm" role="status">
              {share < 1 ? `Sending, ${Math.round(share * 100)} %` : 'Taking it in …'}
            </Text>
            <Progress value={share * 100} animated={share >= 1} aria-label="Progress of the import" />
          </div>
        )}
        <ProblemAlert error={send.error} title="The file was not taken" />
        {report !== undefined && <Outcome report={report} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            variant={checked ? 'default' : 'filled'}
            disabled={file === null}
            loading={send.isPending}
            onClick={() => send.mutate(true)}
          >
            Check the file
          </Button>
          {checked && report.customers > report.failed && (
            <Button loading={send.isPending} onClick={() => send.mutate(false)}>
              Import in {api.mode} mode
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** What is listed of what is wrong; the rest is likely to be the same. */
const mostShown = 50;

function Outcome({ report }: { readonly report: Report }) {
  const { dry_run, customers, created, updated, unchanged, failed, stopped, errors } = report;
  const wrong = stopped === null ? errors : [stopped, ...errors];
  return (
    <>
      <Alert color={wrong.length === 0 ? 'green' : 'orange'} role="status">
        {dry_run
          ? `The file names ${customers} customers, ${failed} of which are wrong. Nothing is stored yet.`
          : `${created} customers made, ${updated} changed, ${unchanged} as they were, ${failed} not taken.`}
      </Alert>
      {wrong.length > 0 && (
        <List size="sm" aria-label="What is wrong with the file">
          {wrong.slice(0, mostShown).map(({ line, field, message }) => (
            <List.Item key={`${line} ${field} ${message}`}>
              Line {line}
              {field === null ? '' : `, ${field}`}: {message}
            </List.Item>
          ))}
          {wrong.length > mostShown && <List.Item>and {wrong.length - mostShown} more</List.Item>}
        </List>
      )}
    </>
  );
}
