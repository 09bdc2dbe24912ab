import {
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  Radio,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole, useServices } from '../../console/console.ts';
import type { ApiKey, Mode, ServiceInfo } from '../../console/types.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

interface KeyFormProps {
  readonly editing: ApiKey | null;
  readonly service: string | null;
  readonly onClose: () => void;
  /** With the key's text when one was made in the mode that is shown. */
  readonly onDone: (made: (ApiKey & { readonly key: string }) | null) => void;
}

export function KeyForm({ editing, service: chosen, onClose, onDone }: KeyFormProps) {
  const api = useConsole();
  const { services } = useServices();
  const [fields, setFields] = useState({
    name: editing?.name ?? '',
    service: editing?.service ?? chosen ?? services[0]?.name ?? '',
    mode: editing?.mode ?? api.mode,
    boundTo: '',
    scopes: editing?.scopes ?? null,
    expires: editing?.expiresAt == null ? '' : localInput(editing.expiresAt),
    ips: editing?.allowedIps.join('\n') ?? '',
    referers: editing?.allowedReferers.join('\n') ?? '',
    perMinute: editing?.rateLimit?.perMinute ?? '',
    perHour: editing?.rateLimit?.perHour ?? '',
  });
  const set = (change: Partial<typeof fields>): void => setFields((now) => ({ ...now, ...change }));
  const service = services.find(({ name }) => name === fields.service);
  const windows = rateWindows(service, fields.mode);
  const scopes = service?.scopes ?? {};
  const save = useMutation({
    mutationFn: async () => {
      const body = {
        name: fields.name,
        ...(fields.scopes === null ? {} : { scopes: fields.scopes }),
        allowedIps: linesOf(fields.ips),
        allowedReferers: linesOf(fields.referers),
        expiresAt: fields.expires === '' ? null : new Date(fields.expires).getTime(),
        ...(windows.length === 0 ? {} : { rateLimit: rateLimitOf(fields, windows) }),
      };
      if (editing !== null) {
        await api.patch(`/keys/${editing.id}`, { body });
        return null;
      }
      return api.post<ApiKey & { key: string }>('/keys', {
        body: {
          ...body,
          service: fields.service,
          mode: fields.mode,
          ...(fields.boundTo.trim() === '' ? {} : { boundTo: fields.boundTo.trim() }),
        },
      });
    },
    onSuccess: onDone,
  });
  return (
    <Modal opened onClose={onClose} title={editing === null ? 'Create a key' : `Change “${editing.name}”`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            required
            maxLength={100}
            data-autofocus
            value={fields.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          {editing === null && (
            <>
              <Select
                label="Service"
                allowDeselect={false}
                data={services.map(({ name, title }) => ({ value: name, label: title }))}
                value={fields.service}
                onChange={(service) => service !== null && set({ service, scopes: null, boundTo: '' })}
              />
              <Radio.Group
                label="Mode"
                description="A key keeps its mode for ever."
                value={fields.mode}
                onChange={(mode) => set({ mode: mode as Mode })}
              >
                <Group mt={4}>
                  <Radio value="live" label="Live" />
                  <Radio value="test" label="Test" />
                </Group>
              </Radio.Group>
              {fields.service === 'invoices' && (
                <TextInput
                  label="Only for one client"
                  description={`The id of a client of ${fields.mode} mode, for good; all of them when empty.`}
                  placeholder={fields.mode === 'test' ? 'cl_test_…' : 'cl_live_…'}
                  value={fields.boundTo}
                  onChange={(event) => set({ boundTo: event.currentTarget.value })}
                />
              )}
            </>
          )}
          <Checkbox.Group
            label="Scopes"
            value={[...(fields.scopes ?? Object.keys(scopes))]}
            onChange={(value) => set({ scopes: value })}
          >
            <Stack gap={4} mt={4}>
              {Object.entries(scopes).map(([scope, permits]) => (
                <Checkbox key={scope} value={scope} label={`${scope}: ${permits}`} />
              ))}
            </Stack>
          </Checkbox.Group>
          <TextInput
            label="Expires"
            description="Never when empty; in your own time zone."
            type="datetime-local"
            value={fields.expires}
            onChange={(event) => set({ expires: event.currentTarget.value })}
          />
          {windows.length > 0 && (
            <Group grow align="start">
              {windows.map((name) => (
                <NumberInput
                  key={name}
                  label={name === 'perMinute' ? 'Requests a minute' : 'Requests an hour'}
                  description="Less than the plan allows; as the plan says when empty."
                  min={1}
                  allowDecimal={false}
                  value={fields[name]}
                  onChange={(value) => set({ [name]: value })}
                />
              ))}
            </Group>
          )}
          <Textarea
            label="IP allowlist"
            description="Addresses or ranges such as 203.0.113.0/24, one a line; from anywhere when empty."
            autosize
            minRows={2}
            value={fields.ips}
            onChange={(event) => set({ ips: event.currentTarget.value })}
          />
          <Textarea
            label="Referer allowlist"
            description="Web origins such as https://example.com, one a line; any when empty."
            autosize
            minRows={2}
            value={fields.referers}
            onChange={(event) => set({ referers: event.currentTarget.value })}
          />
          {editing === null && fields.mode !== api.mode && (
            <Text size="sm">
              You look at {api.mode} mode; this {fields.mode} key is listed in {fields.mode} mode.
            </Text>
          )}
          <ProblemAlert error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {editing === null ? `Create the ${fields.mode} key` : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type RateWindow = 'perMinute' | 'perHour';

const windowMs = { perMinute: 60_000, perHour: 3_600_000 } as const;

/** The windows in which a service counts the requests of a key; none where it counts addresses. */
function rateWindows(service: ServiceInfo | undefined, mode: Mode): readonly RateWindow[] {
  const rule = service?.modes.limits[mode];
  if (rule?.per !== 'key') return [];
  return (['perMinute', 'perHour'] as const).filter(
    (name) => rule.windowMs === windowMs[name] || rule.also?.windowMs === windowMs[name],
  );
}

function rateLimitOf(fields: Readonly<Record<RateWindow, string | number>>, windows: readonly RateWindow[]) {
  const set = windows.filter((name) => fields[name] !== '').map((name) => [name, Number(fields[name])] as const);
  return set.length === 0 ? null : Object.fromEntries(set);
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** As an input of the browser takes an instant: in local time. */
function localInput(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
