import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { service as shortlinks } from '../../../../../examples/shortlinks/service.ts';
import type { Service } from '../../core/service.ts';
import { services } from '../../services/index.ts';
import { describeEvents } from './describe-events.ts';

const all: readonly Service[] = [...services, shortlinks];
const sending = all.filter(({ contract }) => contract.webhooks !== undefined);

describe.each(sending)('$contract.name', (service) => {
  const events = describeEvents(service);

  test('every event that it offers is described, and no other', () => {
    expect(events.map(({ type }) => type)).toEqual(Object.keys(service.contract.webhooks?.events ?? {}));
  });

  test('the body that the dialect makes is what its schema says, field for field', () => {
    for (const { type, schema, example } of events) {
      expect({ type, problems: Compile(schema).Errors(example) }).toEqual({ type, problems: [] });
      expect(Object.keys(example as object), type).toEqual(Object.keys(schema.properties));
    }
  });

  test('a body of another event, or without its data, is not', () => {
    for (const { type, schema, example } of events) {
      const word = 'event' in (example as object) ? 'event' : 'type';
      expect(Compile(schema).Check({ ...(example as object), [word]: 'something.else' }), type).toBe(false);
      expect(Compile(schema).Check({ ...(example as object), data: {} }), type).toBe(false);
    }
  });
});

test('headers whose beginning the operator chose are shown under it', () => {
  const randomness = all.find(({ contract }) => contract.name === 'randomness');
  if (randomness === undefined) throw new Error('there is no randomness');
  const [event] = describeEvents(randomness, { webhookHeaderPrefix: 'X-Acme' });
  expect(Object.keys(event?.headers ?? {})).toEqual([
    'X-Acme-Event',
    'X-Acme-Delivery',
    'X-Acme-Timestamp',
    'X-Acme-Signature',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
  ]);
});

test('a service that tells nobody has no events', () => {
  const silent = all.find(({ contract }) => contract.webhooks === undefined);
  if (silent === undefined) throw new Error('every service tells somebody');
  expect(describeEvents(silent)).toEqual([]);
});
