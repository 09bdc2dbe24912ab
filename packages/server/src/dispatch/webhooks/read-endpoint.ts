import { refuse } from '../../core/errors.ts';
import type { ServiceContract } from '../../core/service.ts';
import { matchesEvent } from './decide-subscription.ts';

const maxEvents = 50;
const maxText = 200;

/** Event types as an endpoint names them, each known to its service; every type when none are named. */
export function readEvents(events: readonly string[] | undefined, { webhooks, title }: ServiceContract): string[] {
  if (events === undefined) return ['*'];
  const offered = Object.keys(webhooks?.events ?? {});
  if (events.length === 0 || events.length > maxEvents) {
    throw refuse('invalid_input', `"events" must name 1 to ${maxEvents} event types, or ["*"] for all.`, {
      param: 'events',
    });
  }
  for (const [index, pattern] of events.entries()) {
    const isPattern = pattern === '*' || pattern.endsWith('.*');
    const known = isPattern ? offered.some((type) => matchesEvent(pattern, type)) : offered.includes(pattern);
    if (known) continue;
    throw refuse(
      'invalid_input',
      `${title} has no event "${pattern.slice(0, 100)}"; there are: ${offered.join(', ')}, or "*" for all.`,
      { param: `events[${index}]` },
    );
  }
  return [...new Set(events)];
}

/** Whom the events are to be about, where a service can tell. */
export function readSubject(subject: string | null | undefined, { webhooks, title }: ServiceContract): string | null {
  if (subject === undefined || subject === null) return null;
  if (webhooks?.subject === undefined) {
    throw refuse('invalid_input', `Events of ${title} cannot be chosen by a subject; leave it out.`, {
      param: 'subject',
    });
  }
  return readText('subject', subject);
}

/** A text for people; an empty one is none. */
export function readDescription(description: string | null | undefined): string | null {
  return description === undefined || description === null || description.trim() === ''
    ? null
    : readText('description', description);
}

function readText(name: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= maxText) return trimmed;
  throw refuse('invalid_input', `"${name}" must have 1 to ${maxText} characters.`, { param: name });
}
