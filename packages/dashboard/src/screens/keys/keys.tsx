import { Badge, Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useIsAdmin, useServices } from '../../console/console.ts';
import type { ApiKey } from '../../console/types.ts';
import { Danger } from '../../parts/danger.tsx';
import { Empty } from '../../parts/empty.tsx';
import { exampleCurl } from '../../parts/example.ts';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { When } from '../../parts/when.tsx';
import { KeyForm } from './key-form.tsx';
import { RotateKey } from './rotate-key.tsx';
import { ShownKey } from './shown-key.tsx';

type KeyWithText = ApiKey & { readonly key: string };

export function Screen() {
  const api = useConsole();
  const queries = useQueryClient();
  const isAdmin = useIsAdmin();
  const { services, publicUrl } = useServices();
  const [service, setService] = useFilter('service');
  const [form, setForm] = useState<ApiKey | 'new' | null>(null);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  // Held by this screen alone: it is gone with a reload, another screen or another mode.
  const [shown, setShown] = useState<KeyWithText | null>(null);
  const key = api.key('keys', service);
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () =>
      api.get<{ keys: ApiKey[] }>('/keys', { query: { mode: api.mode, service } }).then(({ keys }) => keys),
  });
  const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: api.key('keys') });

  return (
    <>
      <ScreenTitle
        actions={
          <>
            <Select
              aria-label="Service"
              placeholder="All services"
              clearable
              data={services.map(({ name, title }) => ({ value: name, label: title }))}
              value={service}
              onChange={setService}
            />
            <Button disabled={!isAdmin} onClick={() => setForm('new')}>
              Create a key
            </Button>
          </>
        }
      >
        API keys
      </ScreenTitle>
      {!isAdmin && (
        <Text mb="sm">You are a member: an owner or admin of this workspace makes, changes and revokes its keys.</Text>
      )}
      <ProblemAlert error={error} />
      {shown !== null && <ShownKey apiKey={shown} onClose={() => setShown(null)} />}
      {data?.length === 0 && (
        <Empty title={`There is no ${api.mode} key here`} curl={exampleCurl(publicUrl, services[0], api.mode)}>
          A key belongs to this workspace, one service and one mode. A live key sees and changes live data, and what it
          causes leaves; a test key never does either. <a href="/docs/api">The API pages</a> say what each mode may do.
          Create a key, then send it:
        </Empty>
      )}
      {data !== undefined && data.length > 0 && (
        <Table.ScrollContainer
          className="wide-table"
          minWidth={860}
          scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
        >
          <Table aria-label="API keys" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                {['Key', 'Last used', 'Requests', 'Restrictions', 'State', 'Actions'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((one) => (
                <KeyRow
                  key={one.id}
                  apiKey={one}
                  isAdmin={isAdmin}
                  onEdit={() => setForm(one)}
                  onRotate={() => setRotating(one)}
                  onRevoke={async () => {
                    await api.post(`/keys/${one.id}/revoke`, { body: {} });
                    await reload();
                  }}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {form !== null && (
        <KeyForm
          editing={form === 'new' ? null : form}
          service={service}
          onClose={() => setForm(null)}
          onDone={async (made) => {
            setForm(null);
            if (made !== null) setShown(made);
            await reload();
          }}
        />
      )}
      {rotating !== null && (
        <RotateKey
          apiKey={rotating}
          onClose={() => setRotating(null)}
          onDone={async (made) => {
            setRotating(null);
            setShown(made);
            await reload();
          }}
        />
      )}
    </>
  );
}

interface KeyRowProps {
  readonly apiKey: ApiKey;
  readonly isAdmin: boolean;
  readonly onEdit: () => void;
  readonly onRotate: () => void;
  readonly onRevoke: () => Promise<void>;
}

function KeyRow({ apiKey, isAdmin, onEdit, onRotate, onRevoke }: KeyRowProps) {
  const { id, name, service, mode, prefix, last4, revokedAt, expiresAt } = apiKey;
  const state = revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt <= Date.now() ? 'expired' : 'active';
  return (
    <Table.Tr>
      <Table.Td miw={170} maw={260}>
        <Text size="sm" fw={600} dir="auto" lineClamp={3} title={name}>
          {name}
        </Text>
        <Text size="xs" className="code whole">
          {prefix}…{last4}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed">
            {service}
          </Text>
          <ModeBadge mode={mode} />
        </Group>
      </Table.Td>
      <Table.Td className="whole">
        <When at={apiKey.lastUsedAt} />
        <Text size="xs" c="dimmed">
          created <When at={apiKey.createdAt} />
        </Text>
      </Table.Td>
      <Table.Td>
        <ScreenLink to="/admin/logs" search={{ key: id }}>
          {apiKey.usageCount}
        </ScreenLink>
      </Table.Td>
      <Table.Td>
        <Restrictions apiKey={apiKey} />
      </Table.Td>
      <Table.Td>
        <Badge color={state === 'active' ? 'green' : 'gray'}>{state}</Badge>
      </Table.Td>
      <Table.Td>
        {state === 'active' && (
          <Group gap={4} wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              disabled={!isAdmin}
              onClick={onEdit}
              aria-label={`Change ${name}`}
            >
              Change
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={!isAdmin}
              onClick={onRotate}
              aria-label={`Rotate ${name}`}
            >
              Rotate
            </Button>
            <Danger
              action="Revoke"
              title={`Revoke “${name}”?`}
              label={`Revoke ${name}`}
              disabled={!isAdmin}
              run={onRevoke}
            >
              The {mode} key {prefix}…{last4} of {service} stops working at once, everywhere, for good. Its row stays
              here.
            </Danger>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Restrictions({ apiKey }: { readonly apiKey: ApiKey }) {
  const { service, scopes, boundTo, allowedIps, allowedReferers, rateLimit, expiresAt } = apiKey;
  const { services } = useServices();
  const all = Object.keys(services.find(({ name }) => name === service)?.scopes ?? {});
  const unscoped = all.length > 1 && all.every((scope) => scopes.includes(scope));
  return (
    <Stack gap={0}>
      <Text size="xs">{unscoped ? 'all scopes' : scopes.join(', ')}</Text>
      {boundTo !== null && <Text size="xs">only for {boundTo}</Text>}
      {allowedIps.length > 0 && <Text size="xs">from {allowedIps.join(', ')}</Text>}
      {allowedReferers.length > 0 && <Text size="xs">on {allowedReferers.join(', ')}</Text>}
      {rateLimit?.perMinute != null && <Text size="xs">{rateLimit.perMinute} requests a minute</Text>}
      {rateLimit?.perHour != null && <Text size="xs">{rateLimit.perHour} requests an hour</Text>}
      {expiresAt !== null && (
        <Text size="xs">
          until <When at={expiresAt} />
        </Text>
      )}
    </Stack>
  );
}
