import { Alert, Badge, Button, Grid, Group, List, Loader, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { Danger } from '../../parts/danger.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { showDone, showProblem } from '../../parts/show-problem.ts';
import { useGo } from '../../shell/use-go.ts';
import { DocumentView } from './document-view.tsx';
import { ExportMenu } from './export-menu.tsx';
import { findingOf } from './field-input.tsx';
import { sections } from './fields.ts';
import { InvoiceForm } from './invoice-form.tsx';
import { valueAt } from './patch-of.ts';
import { severityColors, stateColors, stateOf } from './states.ts';
import type { Invoice } from './types.ts';
import { useClient } from './use-client.ts';

/** An invoice: the document beside what was read of it. */
export function Screen() {
  const { invoiceId = '' } = useParams({ strict: false }) as { invoiceId?: string };
  const api = useConsole();
  const { clients, error: clientError, client, headers } = useClient();
  const { data: invoice, error } = useQuery({
    queryKey: api.key('invoices', 'one', invoiceId, client?.id),
    queryFn: () => api.service('invoices').get<Invoice>(`/invoices/${invoiceId}`, { headers }),
    enabled: client !== null,
    refetchInterval: ({ state }) => (state.data?.status === 'processing' ? 1_000 : false),
  });
  const problem = clientError ?? error;
  if (problem !== null) return <Unseen problem={problem} />;
  if (clients !== undefined && client === null) {
    return <Unseen problem={new Error(`There is no client in ${api.mode} mode, and so no invoice.`)} />;
  }
  if (invoice === undefined) return <Loader role="progressbar" aria-label="Loading" />;
  return <Review invoice={invoice} headers={headers} />;
}

function Unseen({ problem }: { readonly problem: unknown }) {
  return (
    <Stack>
      <ScreenTitle>Invoice</ScreenTitle>
      <ProblemAlert error={problem} title="This invoice cannot be shown" />
      <ScreenLink to="/invoices">All invoices of this mode</ScreenLink>
    </Stack>
  );
}

interface ReviewProps {
  readonly invoice: Invoice;
  readonly headers: Readonly<Record<string, string>>;
}

function Review({ invoice, headers }: ReviewProps) {
  const api = useConsole();
  const go = useGo();
  const queries = useQueryClient();
  const [active, setActive] = useState<string | null>(null);
  const service = api.service('invoices');
  const path = `/invoices/${invoice.id}`;
  const keep = useCallback(
    (changed: Invoice): void => {
      queries.setQueryData(api.key('invoices', 'one', changed.id, changed.clientId), changed);
      void queries.invalidateQueries({ queryKey: api.key('invoices', 'list') });
    },
    [queries, api],
  );
  const confirm = useMutation({
    mutationFn: () => service.post<Invoice>(`${path}/confirm`, { headers }),
    onSuccess: (changed) => {
      keep(changed);
      showDone('The invoice is confirmed.');
    },
    onError: showProblem,
  });
  const again = useMutation({
    mutationFn: () => service.post(`${path}/reprocess`, { headers, body: {} }),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.key('invoices', 'one', invoice.id) }),
    onError: showProblem,
  });
  const state = stateOf(invoice);
  const places = Object.entries(invoice.evidence).flatMap(([at, { page, box }]) =>
    box === null ? [] : [{ path: at, label: labelOf(at), page, box, active: at === active }],
  );
  // Into the field of the value, from where the keyboard goes on.
  const pick = (at: string): void => {
    setActive(at);
    const [field] = document.querySelectorAll<HTMLElement>(`form [data-path="${CSS.escape(at)}"]`);
    field?.focus();
  };
  return (
    <>
      <ScreenTitle
        actions={
          <>
            <ExportMenu path={`${path}/export`} headers={headers} name={invoice.invoiceNumber ?? invoice.id} />
            <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
              Read again
            </Button>
            <Button
              size="xs"
              loading={confirm.isPending}
              disabled={state !== 'to review'}
              onClick={() => confirm.mutate()}
            >
              {state === 'confirmed' ? 'Confirmed' : 'Confirm'}
            </Button>
            <Danger
              action="Delete"
              size="xs"
              title="Delete the invoice?"
              run={() => service.delete(path, { headers })}
              onDone={() => {
                void queries.invalidateQueries({ queryKey: api.key('invoices', 'list') });
                void go({ to: '/invoices', search: (now) => ({ mode: now.mode, client: now.client }) });
              }}
            >
              The invoice goes with its file, in {api.mode} mode; endpoints hear of it.
            </Danger>
          </>
        }
      >
        Invoice {invoice.invoiceNumber ?? ''}
      </ScreenTitle>
      <Group gap="xs" mb="sm">
        <Badge color={stateColors[state] ?? 'gray'}>{state}</Badge>
        <Text size="sm">
          {Math.round(invoice.confidence.overall * 100)} % sure in all, version {invoice.version}
        </Text>
      </Group>
      {invoice.error !== null && (
        <Alert color="red" mb="sm" title="It could not be read the last time">
          {invoice.error.message} What was read before stands below.
        </Alert>
      )}
      <Grid>
        <Grid.Col span={{ base: 12, md: 6 }} className="document-column">
          <DocumentView
            invoice={invoice}
            headers={headers}
            places={places}
            value={active === null ? null : textOf(valueAt(invoice, active))}
            onPick={pick}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Findings invoice={invoice} onPick={pick} />
          <InvoiceForm
            key={invoice.version}
            invoice={invoice}
            headers={headers}
            active={active}
            onActive={setActive}
            onSaved={(changed) => {
              keep(changed);
              showDone('The corrections are saved.');
            }}
          />
        </Grid.Col>
      </Grid>
    </>
  );
}

function Findings({ invoice, onPick }: { readonly invoice: Invoice; readonly onPick: (path: string) => void }) {
  const { issues } = invoice.validation;
  return (
    <section aria-label="Findings">
      <Title order={2} size="h4">
        Findings
      </Title>
      {issues.length === 0 && <Text size="sm">Nothing is odd about it.</Text>}
      <List size="sm" mb="sm" listStyleType="none">
        {issues.map((issue) => (
          <List.Item key={`${issue.code} ${issue.path} ${issue.message}`}>
            <Badge size="sm" color={severityColors[issue.severity]} mr={6}>
              {issue.severity}
            </Badge>
            <button type="button" className="open" onClick={() => onPick(issue.path)}>
              {labelOf(issue.path)}
            </button>
            : {findingOf(issue)}
          </List.Item>
        ))}
      </List>
      {invoice.duplicateOf !== null && (
        <Text size="sm" mb="sm">
          It has come before:{' '}
          <ScreenLink
            to="/invoices/$invoiceId"
            params={{ invoiceId: invoice.duplicateOf }}
            search={{ client: invoice.clientId }}
          >
            the first one
          </ScreenLink>
          .
        </Text>
      )}
    </section>
  );
}

const labels = new Map(sections.flatMap(({ fields }) => fields.map(({ path, label }) => [path, label] as const)));

function labelOf(path: string): string {
  return labels.get(path) ?? (path === '' ? 'The document' : path);
}

function textOf(value: unknown): string | null {
  return value === null || typeof value === 'object' ? null : String(value);
}
