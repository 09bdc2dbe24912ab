import { expect, test } from 'vitest';
import {
  type EventBody,
  parseoBody,
  pivotalBody,
  provableBody,
  standardBody,
  type WebhookEvent,
} from './event-body.ts';

const event: WebhookEvent = {
  id: 'evt_7G6f5E4d3C2b1A0z9Y8xWv',
  type: 'customer.updated',
  mode: 'test',
  workspaceId: 'ws_1',
  subject: null,
  occurredAt: Date.parse('2026-04-14T12:34:56.700Z'),
  createdAt: Date.parse('2026-04-14T12:34:56.789Z'),
  data: { object: { id: 'cus_1', name: 'Müller' } },
};

test.each<[string, EventBody, Partial<WebhookEvent>, unknown]>([
  [
    'provable: the time at which it was queued',
    provableBody,
    { type: 'outcome.created', mode: 'live', data: { endpoint: '/api/ints', values: [37] } },
    {
      id: event.id,
      event: 'outcome.created',
      timestamp: '2026-04-14T12:34:56.789Z',
      data: { endpoint: '/api/ints', values: [37] },
    },
  ],
  [
    'parseo: with its mode and client',
    parseoBody,
    { type: 'invoice.failed', subject: 'cl_test_9Z8y', data: { job: { id: 'job_test_abc' } } },
    {
      id: event.id,
      type: 'invoice.failed',
      apiVersion: '2026-04-01',
      createdAt: '2026-04-14T12:34:56.789Z',
      occurredAt: '2026-04-14T12:34:56.700Z',
      mode: 'test',
      clientId: 'cl_test_9Z8y',
      data: { job: { id: 'job_test_abc' } },
    },
  ],
  [
    'pivotal: of a test key, without changed fields',
    pivotalBody,
    {},
    {
      id: event.id,
      type: 'customer.updated',
      created_at: '2026-04-14T12:34:56.700Z',
      org_id: 'ws_1',
      livemode: false,
      api_version: 'v1',
      data: { object: { id: 'cus_1', name: 'Müller' }, previous_attributes: null },
    },
  ],
  [
    'pivotal: of a live key, with changed fields',
    pivotalBody,
    { mode: 'live', data: { object: { id: 'cus_1' }, previous_attributes: { name: 'Muller' } } },
    {
      id: event.id,
      type: 'customer.updated',
      created_at: '2026-04-14T12:34:56.700Z',
      org_id: 'ws_1',
      livemode: true,
      api_version: 'v1',
      data: { object: { id: 'cus_1' }, previous_attributes: { name: 'Muller' } },
    },
  ],
  [
    'standard: the time at which it happened',
    standardBody,
    {},
    { type: 'customer.updated', timestamp: '2026-04-14T12:34:56.700Z', data: event.data },
  ],
])('%s', (_, body, happened, expected) => {
  expect(JSON.parse(body({ ...event, ...happened }).toString('utf8'))).toEqual(expected);
});
