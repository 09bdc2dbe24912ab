import { describe, expect, test } from 'vitest';
import { service as shortlinks } from '../../../../examples/shortlinks/service.ts';
import { problemOfPayload } from '../core/event-payload.ts';
import { services } from './index.ts';

/*
 * What each event says. That what is really emitted is of this form is proven by every story that emits: the harness holds
 * each event against its schema.
 */
describe.each([...services, shortlinks])('$contract.name', ({ contract, eventPayloads = {} }) => {
  test('declares what each of its events says, and no others', () => {
    expect(Object.keys(eventPayloads)).toEqual(Object.keys(contract.webhooks?.events ?? {}));
  });

  test('shows one of each that it could send', () => {
    for (const [event, payload] of Object.entries(eventPayloads)) {
      expect(problemOfPayload(payload, JSON.parse(JSON.stringify(payload.sample))), event).toBeNull();
    }
  });

  test('does not take an empty one for it', () => {
    for (const [event, payload] of Object.entries(eventPayloads)) {
      expect(problemOfPayload(payload, {}), event).not.toBeNull();
    }
  });
});
