import { Alert, Button, FileButton, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useScope } from '../../shell/scope.ts';
import { scenarios } from './states.ts';
import type { Client } from './types.ts';
import { UploadProgress } from './upload-progress.tsx';

interface UploadDropProps {
  readonly client: Client;
  readonly headers: Readonly<Record<string, string>>;
}

interface Upload {
  readonly number: number;
  readonly file: File;
  readonly scenario: string;
}

/** Takes documents by drop or by choice and shows how far each of them is. */
export function UploadDrop({ client, headers }: UploadDropProps) {
  const { mode } = useScope();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [over, setOver] = useState(false);
  const [scenario, setScenario] = useState<string>('success');
  const take = (files: readonly File[]): void =>
    setUploads((now) => [
      ...files.map((file, index) => ({ number: now.length + index, file, scenario })).reverse(),
      ...now,
    ]);
  if (client.status === 'archived') {
    return (
      <Alert color="gray">{client.name} is archived and takes no uploads; make it active under “Clients” first.</Alert>
    );
  }
  return (
    <section aria-label="Upload">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same by keyboard */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take([...event.dataTransfer.files]);
        }}
      >
        <Paper withBorder p="md" className="drop" data-over={over || undefined}>
          <Group justify="space-between" align="flex-end">
            <div>
              <Text fw={600}>Drop invoices of {client.name} here</Text>
              <Text size="sm">
                {mode === 'test'
                  ? 'Test mode reads nothing of them: the outcome below stands in for what would be read.'
                  : 'PDF, PNG, JPEG, WebP, TIFF, or XML (UBL, CII, Factur-X, FatturaPA).'}
              </Text>
            </div>
            <Group align="flex-end" gap="xs">
              {mode === 'test' && (
                <Select
                  label="Outcome"
                  size="xs"
                  allowDeselect={false}
                  data={[...scenarios]}
                  value={scenario}
                  onChange={(value) => value !== null && setScenario(value)}
                />
              )}
              <FileButton multiple onChange={take} accept={accepted}>
                {(props) => (
                  <Button size="xs" {...props}>
                    Choose files
                  </Button>
                )}
              </FileButton>
            </Group>
          </Group>
        </Paper>
      </div>
      <Stack gap="xs" mt={uploads.length === 0 ? 0 : 'xs'}>
        {uploads.map((upload) => (
          <UploadProgress key={upload.number} {...upload} headers={headers} />
        ))}
      </Stack>
    </section>
  );
}

const accepted = 'application/pdf,image/png,image/jpeg,image/webp,image/tiff,application/xml,text/xml';
